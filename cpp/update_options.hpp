// How a step moves the parameters once their gradient is known.
#pragma once

#include "chain.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

namespace rosenblatt {

// Parameters [begin, end) and what their learning rate and weight decay are multiplied by (theory N9).
struct RateRun {
    std::size_t begin, end;
    double lr_factor = 1, decay_factor = 1;
};

template <class T> struct UpdateOptions {
    Optimizer optimizer = SGD{};
    Clipping clipping = NoClipping{};
    Constraint constraint = NoConstraint{};
    Averaging averaging = NoAveraging{};
    T *mean = nullptr;                       // of the parameters, where they are averaged
    const T *low = nullptr, *high = nullptr; // of the parameters, where they are bounded
    std::vector<RateRun> rates{{0, std::numeric_limits<std::size_t>::max()}}; // of all parameters, in order

    bool clips() const { return !std::holds_alternative<NoClipping>(clipping); }
    bool bounds() const { return low; }
    bool constrains() const { return !std::holds_alternative<NoConstraint>(constraint); }
    bool averages() const {
        return std::visit([](auto rule) { return decltype(rule)::has_mean; }, averaging);
    }
    bool needs_norm() const {
        return std::visit([](auto rule) { return decltype(rule)::needs_norm; }, clipping);
    }
    bool optimizer_alone() const { return !clips() && !constrains() && !averages(); }

    // The phases from the gradient to the next step: the norm, the move, the projection, the average. A
    // projection needs whole units and a move takes ranges of parameters, so that they are phases apart; an
    // average joins the move where no projection comes between them.
    static constexpr int most_phases = 4;
    int phases() const { return int(needs_norm()) + 1 + (constrains() ? 1 + int(averages()) : 0); }

    std::size_t slots() const {
        return std::visit([](const auto &rule) { return std::size_t(rule.slots()); }, optimizer);
    }
};

// Brings the parameters [begin, end) back within their bounds; NaN passes.
template <class T>
[[gnu::noinline]] void bound(const UpdateOptions<T> &options, std::size_t begin, std::size_t end, T *theta) {
    const T *low = options.low, *high = options.high;
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) {
        const T x = theta[i] < low[i] ? low[i] : theta[i];
        theta[i] = x > high[i] ? high[i] : x;
    }
}

// The parameters [begin, end) after step t join their running mean.
template <class T>
[[gnu::noinline]] void average(const UpdateOptions<T> &options, std::int64_t t, std::size_t begin,
                               std::size_t end, const T *theta) {
    const T weight = T(std::visit([&](auto rule) { return rule.weight(t); }, options.averaging));
    T *means = options.mean;
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) means[i] += weight * (theta[i] - means[i]);
}

// Projects a task's part of every layer's units onto the constraint; the last layer's, the outputs, are free.
template <class T>
void project(const Constraint &constraint, const Chain<T> &chain, int task, int tasks, T *theta) {
    std::visit(
        [&](auto rule) {
            const auto project_units = [&](const UnitWeights &W) {
                const std::int64_t units = W.columns;
                rule.project(theta + W.offset, W.rows, W.columns, int(units * task / tasks),
                             int(units * (task + 1) / tasks));
            };
            std::optional<UnitWeights> before;
            for (const Layer<T> &layer : chain.layers)
                std::visit(
                    [&](const auto &l) {
                        if constexpr (HasUnitWeights<decltype(l)>) {
                            if (before) project_units(*before);
                            before = l.unit_weights();
                        }
                    },
                    layer);
            if (before && !chain.last_is_free) project_units(*before);
        },
        constraint);
}

} // namespace rosenblatt
