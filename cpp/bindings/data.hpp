// Matrices and data sets that Python hands over once and the engine reads at every call.
#pragma once

#include "../propagate.hpp"
#include "arrays.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rosenblatt::bindings {

// Keeps the values alive and owns a copy of the indices: what was checked cannot change afterwards.
template <class T> class MatrixHolder {
  public:
    explicit MatrixHolder(const In2<T> &X)
        : values_(nb::cast(X)),
          matrix_(Matrix<T>::dense(std::int64_t(X.shape(0)), checked_columns(X.shape(1)), X.data())) {
        require_aligned(X);
    }

    explicit MatrixHolder(const In2<std::uint8_t> &X)
        : values_(nb::cast(X)),
          matrix_(Matrix<T>::of_bytes(std::int64_t(X.shape(0)), checked_columns(X.shape(1)), X.data())) {}

    MatrixHolder(const In1<T> &values, const In1<std::int32_t> &column_of, const In1<std::int64_t> &starts,
                 std::size_t columns)
        : values_(nb::cast(values)) {
        require_aligned(values, column_of, starts);
        column_of_.reserve(1); // null would say dense
        column_of_.assign(column_of.data(), column_of.data() + column_of.shape(0));
        starts_.assign(starts.data(), starts.data() + starts.shape(0));
        require(!starts_.empty() && starts_[0] == 0, "a CSR matrix starts at 0");
        require(std::is_sorted(starts_.begin(), starts_.end()), "CSR rows overlap");
        require(starts_.back() == std::int64_t(values.shape(0)) && values.shape(0) == column_of_.size(),
                "CSR arrays do not fit together");
        const int n = checked_columns(columns);
        for (std::int32_t column : column_of_) require(column >= 0 && column < n, "CSR column out of range");
        matrix_ = Matrix<T>::csr(std::int64_t(starts_.size()) - 1, n, values.data(), column_of_.data(),
                                 starts_.data());
    }

    MatrixHolder(const MatrixHolder &) = delete;
    MatrixHolder &operator=(const MatrixHolder &) = delete;

    const Matrix<T> &matrix() const { return matrix_; }

  private:
    nb::object values_;
    std::vector<std::int32_t> column_of_;
    std::vector<std::int64_t> starts_;
    Matrix<T> matrix_;
};

template <class T> class DataHolder {
  public:
    DataHolder(nb::object X, In2<T> y, std::optional<In1<T>> weights, double mean_weight)
        : X_(std::move(X)), y_(std::move(y)), weights_(std::move(weights)),
          data_{nb::cast<const MatrixHolder<T> *>(X_)->matrix(), y_.data(),
                weights_ ? weights_->data() : nullptr, mean_weight} {
        require(std::int64_t(y_.shape(0)) == data_.X.rows, "one row of targets a row of inputs");
        require(!weights_ || std::int64_t(weights_->shape(0)) == data_.X.rows, "one weight a row of inputs");
        require(mean_weight > 0, "the mean weight must be positive");
        require_aligned(y_);
        if (weights_) require_aligned(*weights_);
        for (std::size_t i = 0; i < y_.size(); ++i) {
            const double value = double(y_.data()[i]);
            low_ = value < low_ || std::isnan(value) ? value : low_;
            high_ = value > high_ || std::isnan(value) ? value : high_;
        }
    }

    const Data<T> &data() const { return data_; }
    std::size_t target_columns() const { return y_.shape(1); }
    // The targets' range; NaN where a target is NaN.
    double low() const { return low_; }
    double high() const { return high_; }

  private:
    nb::object X_;
    In2<T> y_;
    std::optional<In1<T>> weights_;
    Data<T> data_;
    double low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
};

template <class T> void bind_data(nb::module_ &m, const std::string &suffix) {
    nb::class_<MatrixHolder<T>>(m, ("Matrix" + suffix).c_str())
        .def(nb::init<const In2<T> &>(), "X"_a.noconvert())
        .def(nb::init<const In2<std::uint8_t> &>(), "X"_a.noconvert())
        .def(nb::init<const In1<T> &, const In1<std::int32_t> &, const In1<std::int64_t> &, std::size_t>(),
             "values"_a.noconvert(), "column_of"_a.noconvert(), "starts"_a.noconvert(), "columns"_a);

    nb::class_<DataHolder<T>>(m, ("Data" + suffix).c_str())
        .def(nb::init<nb::object, In2<T>, std::optional<In1<T>>, double>(), "X"_a, "y"_a.noconvert(),
             "weights"_a.noconvert().none(), "mean_weight"_a);
}

} // namespace rosenblatt::bindings
