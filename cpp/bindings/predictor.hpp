// Predictions over parameters whose memory is read at every call.
#pragma once

#include "../predictor.hpp"
#include "buffer_view.hpp"
#include "call_guard.hpp"
#include "data.hpp"
#include "specs.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace rosenblatt::bindings {

// Arrays that need no preparation are taken as they are; for any other the result is None, and Python
// converts them first.
template <class T> class CheckedPredictor {
  public:
    CheckedPredictor(int n_inputs, const NamedLayers &layers, const NamedFields &loss, In1<T> theta,
                     In1<T> state, bool both_classes, bool flat, nb::callable threads_for, bool fixed_cut)
        : predictor_(chain<T>(n_inputs, layers), made<Loss>(loss), both_classes, fixed_cut),
          theta_(std::move(theta)), state_(std::move(state)), flat_(flat),
          threads_for_(std::move(threads_for)), ndarray_(nb::module_::import_("numpy").attr("ndarray")),
          empty_(nb::module_::import_("numpy").attr("empty")),
          dtype_(nb::module_::import_("numpy").attr("dtype")(sizeof(T) == 4 ? "f4" : "f8")) {
        require(!predictor_.chain().only_trains(), "a prediction drops no unit");
        require(theta_.shape(0) == predictor_.chain().n_parameters,
                "the network has another number of parameters");
        require(state_.shape(0) == predictor_.chain().n_state, "the network has another state");
        require(!flat || predictor_.columns() == 1, "flat predictions have one column");
        require_aligned(theta_, state_);
    }

    bool calls_blas() const { return predictor_.calls_blas(); }

    // Of at least one row; None as well if a number is not finite.
    nb::object finite(nb::handle X) {
        const CallGuard guard;
        const BufferView<T> x(X.ptr(), Access::read);
        if (!accepts(X, x) || x.dimensions() != 2 || x.size(0) == 0) return nb::none();
        nb::object out = new_array(x.size(0), true);
        const BufferView<T> target(out.ptr(), Access::write);
        return predict(x, target, true) ? out : nb::none();
    }

    // Of any number of rows, or of a vector; into `out`, or for None a new array. None as well if a
    // prediction is not finite; inputs are unchecked.
    nb::object bare(nb::handle X, nb::handle out) {
        const CallGuard guard;
        const BufferView<T> x(X.ptr(), Access::read);
        if (!accepts(X, x)) return nb::none();
        nb::object result = out.is_none() ? new_array(rows(x), x.dimensions() == 2) : nb::borrow(out);
        const BufferView<T> target(result.ptr(), Access::write);
        if (!out.is_none() && !(out.type().is(ndarray_) && target && fits(x, target))) return nb::none();
        predict(x, target, false);
        const auto n = std::size_t(rows(x)) * std::size_t(predictor_.columns());
        return all_finite(target.data(), n) ? result : nb::none();
    }

    void fill(const MatrixHolder<T> &X, Out2<T> out, int threads, int at_once) {
        const CallGuard guard;
        const Matrix<T> &matrix = X.matrix();
        require_aligned(out);
        require(matrix.columns == predictor_.chain().n_inputs, "the inputs have another number of columns");
        require(std::int64_t(out.shape(0)) == matrix.rows &&
                    out.shape(1) == std::size_t(predictor_.columns()),
                "the output does not fit");
        require(!calls_blas() || gemm_pointer<T>, "no BLAS was handed in");
        nb::gil_scoped_release released;
        predictor_(matrix, theta_.data(), state_.data(), out.data(), threads, false, at_once);
    }

  private:
    // Multiplications from which the GIL is released, and more than one thread may pay.
    static constexpr std::int64_t large = 1'000'000;

    static std::int64_t rows(const BufferView<T> &x) { return x.dimensions() == 1 ? 1 : x.size(0); }

    bool accepts(nb::handle X, const BufferView<T> &x) const {
        return X.type().is(ndarray_) && x && (x.dimensions() == 1 || x.dimensions() == 2) &&
               x.size(x.dimensions() - 1) == predictor_.chain().n_inputs && (rows(x) == 1 || !calls_blas());
    }

    nb::object new_array(std::int64_t n_rows, bool by_row) const {
        const int n = predictor_.columns();
        if (by_row && flat_) return empty_(n_rows, dtype_);
        if (by_row) return empty_(nb::make_tuple(n_rows, n), dtype_);
        return flat_ ? empty_(nb::make_tuple(), dtype_) : empty_(n, dtype_);
    }

    bool fits(const BufferView<T> &x, const BufferView<T> &target) const {
        int dimension = 0;
        if (target.dimensions() != x.dimensions() - int(flat_)) return false;
        if (x.dimensions() == 2 && target.size(dimension++) != x.size(0)) return false;
        return flat_ || target.size(dimension) == predictor_.columns();
    }

    bool predict(const BufferView<T> &x, const BufferView<T> &target, bool finite) {
        const auto &chain = predictor_.chain();
        const auto X = Matrix<T>::dense(rows(x), chain.n_inputs, x.data());
        if (std::size_t(X.rows) * chain.n_parameters < std::size_t(large))
            return predictor_(X, theta_.data(), state_.data(), target.data(), 1, finite);
        const int threads = nb::cast<int>(threads_for_(X.rows));
        nb::gil_scoped_release released;
        return predictor_(X, theta_.data(), state_.data(), target.data(), threads, finite);
    }

    Predictor<T> predictor_;
    In1<T> theta_, state_;
    bool flat_;
    nb::callable threads_for_;
    nb::object ndarray_, empty_, dtype_;
};

template <class T> void bind_predictor(nb::module_ &m, const std::string &suffix) {
    nb::class_<CheckedPredictor<T>>(m, ("Predictor" + suffix).c_str())
        .def(nb::init<int, const NamedLayers &, const NamedFields &, In1<T>, In1<T>, bool, bool, nb::callable,
                      bool>(),
             "n_inputs"_a, "layers"_a, "loss"_a, "theta"_a.noconvert(), "state"_a.noconvert(),
             "both_classes"_a, "flat"_a, "threads_for"_a, "fixed_cut"_a = false)
        .def("calls_blas", &CheckedPredictor<T>::calls_blas)
        .def("finite", &CheckedPredictor<T>::finite, nb::arg("X").none())
        .def("bare", &CheckedPredictor<T>::bare, nb::arg("X").none(), nb::arg("out").none())
        .def("fill", &CheckedPredictor<T>::fill, "X"_a, "out"_a.noconvert(), "threads"_a, "at_once"_a = 0);
}

} // namespace rosenblatt::bindings
