// Predictions of coalitions of columns, for Shapley values.
#pragma once

#include "../coalitions.hpp"
#include "call_guard.hpp"
#include "data.hpp"
#include "specs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace rosenblatt::bindings {

template <class T> class CheckedCoalitions {
  public:
    CheckedCoalitions(int units, const NamedFields &first, const NamedLayers &rest, const NamedFields &loss,
                      In1<T> theta, In1<T> state)
        : predictor_(made<Activation>(first), chain<T>(units, rest), made<Loss>(loss)),
          theta_(std::move(theta)), state_(std::move(state)) {
        require(!predictor_.rest().only_trains(), "a prediction drops no unit");
        require(theta_.shape(0) == predictor_.rest().n_parameters,
                "the network has another number of parameters");
        require(state_.shape(0) == predictor_.rest().n_state, "the network has another state");
        require_aligned(theta_, state_);
    }

    bool calls_blas() const { return predictor_.calls_blas(); }

    // Shares have a row for every row, of columns times units.
    void fill(In2<T> rows, In2<T> background, In2<double> sums, In1<std::int32_t> row_of,
              In1<std::int32_t> background_of, In1<std::int64_t> starts, In1<std::int32_t> steps, Out2<T> out,
              int threads) const {
        const CallGuard guard;
        require_aligned(rows, background, sums, row_of, background_of, starts, steps, out);
        const auto units = std::size_t(predictor_.units()), size = rows.shape(1);
        require(size % units == 0 && size > 0, "the shares of a row are columns times units");
        const int columns = checked_columns(size / units);
        require(background.shape(1) == size, "the background has other columns");
        require(sums.shape(0) == background.shape(0) && sums.shape(1) == units,
                "other sums of the background");
        const std::size_t n = row_of.shape(0);
        require(background_of.shape(0) == n && starts.shape(0) == n + 1, "walks have a row and a background");
        require(within(row_of, rows.shape(0)) && within(background_of, background.shape(0)) &&
                    within(steps, std::size_t(columns)),
                "a walk has rows and columns that there are");
        require(starts(0) == 0 && starts(n) == std::int64_t(steps.shape(0)) &&
                    std::is_sorted(starts.data(), starts.data() + n + 1),
                "walks follow one another");
        require(out.shape(0) == steps.shape(0) && out.shape(1) == std::size_t(predictor_.rest().n_scores()),
                "the output does not fit");
        require(!calls_blas() || gemm_pointer<T>, "no BLAS was handed in");
        nb::gil_scoped_release released;
        predictor_({rows.data(), background.data(), sums.data(), columns},
                   {row_of.data(), background_of.data(), starts.data(), steps.data(), std::int64_t(n)},
                   theta_.data(), state_.data(), out.data(), threads);
    }

  private:
    static bool within(const In1<std::int32_t> &numbers, std::size_t end) {
        return std::all_of(numbers.data(), numbers.data() + numbers.shape(0),
                           [end](std::int32_t number) { return number >= 0 && std::size_t(number) < end; });
    }

    CoalitionPredictor<T> predictor_;
    In1<T> theta_, state_;
};

template <class T> void bind_coalitions(nb::module_ &m, const std::string &suffix) {
    nb::class_<CheckedCoalitions<T>>(m, ("Coalitions" + suffix).c_str())
        .def(nb::init<int, const NamedFields &, const NamedLayers &, const NamedFields &, In1<T>, In1<T>>(),
             "units"_a, "first"_a, "rest"_a, "loss"_a, "theta"_a.noconvert(), "state"_a.noconvert())
        .def("calls_blas", &CheckedCoalitions<T>::calls_blas)
        .def("fill", &CheckedCoalitions<T>::fill, "rows"_a.noconvert(), "background"_a.noconvert(),
             "sums"_a.noconvert(), "row_of"_a.noconvert(), "background_of"_a.noconvert(),
             "starts"_a.noconvert(), "steps"_a.noconvert(), "out"_a.noconvert(), "threads"_a);
}

} // namespace rosenblatt::bindings
