// What surrounds the optimiser's move within a step: the gradient is finished before, and afterwards the
// weights are constrained and averaged.
#pragma once

#include "chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace rosenblatt {

template <class T> struct UpdateOptions {
    Clipping clipping = NoClipping{};
    Constraint constraint = NoConstraint{};
    Averaging averaging = NoAveraging{};
    T *mean = nullptr; // of the parameters, where they are averaged

    bool empty() const { return !clips() && !constrains() && !averages(); }
    bool clips() const { return !std::holds_alternative<NoClipping>(clipping); }
    bool constrains() const { return !std::holds_alternative<NoConstraint>(constraint); }
    bool averages() const {
        return std::visit([](auto rule) { return decltype(rule)::has_mean; }, averaging);
    }
    bool needs_norm() const {
        return std::visit([](auto rule) { return decltype(rule)::needs_norm; }, clipping);
    }

    // The stretch's parameters join their mean, as they are after step t.
    [[gnu::noinline]] void average(std::int64_t t, std::size_t begin, std::size_t end, const T *theta) const {
        const T weight = T(std::visit([&](auto rule) { return rule.weight(t); }, averaging));
        T *means = mean;
#pragma omp simd
        for (std::size_t i = begin; i < end; ++i) means[i] += weight * (theta[i] - means[i]);
    }
};

enum class Phase { gradients, norm, move, constrain, average };

// The phases of a step, in order: `passes` for the gradients, then those options the move. A constraint sees
// whole units and the move stretches of parameters, so that neither can do the other's work; an average joins
// the move where nothing comes between them.
class Phases {
  public:
    static constexpr int most = 5;

    template <class T> Phases(int passes, const UpdateOptions<T> &options) : passes_(passes) {
        add(Phase::gradients);
        if (options.needs_norm()) add(Phase::norm);
        add(Phase::move);
        if (options.constrains()) add(Phase::constrain);
        if (options.constrains() && options.averages()) add(Phase::average);
    }

    int size() const { return passes_ - 1 + size_; }
    Phase operator[](int i) const { return phases_[std::size_t(std::max(0, i - passes_ + 1))]; }

  private:
    void add(Phase phase) { phases_[std::size_t(size_++)] = phase; }

    std::array<Phase, most> phases_{};
    int passes_, size_ = 0;
};

// Penalties that join every optimiser's move. The others would each make a loop of its own for each of them,
// and take a pass over the gradient instead, as clipping does.
template <class Term>
inline constexpr bool joins_move = std::is_same_v<Term, L2> || std::is_same_v<Term, Unpenalised>;

// Penalises and bounds a stretch of the gradient. Returns the sums of the penalty and of the squared gradient
// before it is bounded. A function of its own: of pointers that a closure holds GCC makes no vectors.
template <class T, class Term, class Bound>
[[gnu::noinline]] std::pair<T, T> finish_stretch(Term penalty, Bound bounded, T scale, std::size_t size,
                                                 const T *gradient, const T *theta, T *finished) {
    T value = 0, square = 0;
#pragma omp simd reduction(+ : value, square)
    for (std::size_t i = 0; i < size; ++i) {
        const T w = theta[i], g = gradient[i] + scale * penalty.gradient(w);
        value += penalty.value(w);
        square += g * g;
        finished[i] = bounded(g);
    }
    return {value, square};
}

// The same by a clipping; `norm` is that of the whole gradient, where the clipping asks for it.
template <class T, class Term>
std::pair<T, T> finish_gradient(Term penalty, const Clipping &clipping, Norm norm, T scale, std::size_t size,
                                const T *gradient, const T *theta, T *finished) {
    return std::visit(
        [&](auto rule) {
            return finish_stretch(penalty, rule.template at<T>(norm), scale, size, gradient, theta, finished);
        },
        clipping);
}

// ‖·‖² of a stretch of the penalised gradient, by Norm's scale or not; in double, because a square may not
// fit a float.
template <bool scaled, class T, class Term>
double squared_norm(Term penalty, T scale, std::size_t size, const T *gradient, const T *theta) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < size; ++i) {
        double g = double(gradient[i] + scale * penalty.gradient(theta[i]));
        if constexpr (scaled) g *= Norm::scale;
        sum += g * g;
    }
    return sum;
}

// Brings share `item` of `items` of the units of every layer back to the constraint, but for the last layer:
// the outputs stay free.
template <class T>
void constrain(const Constraint &constraint, const Chain<T> &chain, int item, int items, T *theta) {
    std::visit(
        [&](auto rule) {
            const Dense<T> *before = nullptr;
            for (const Layer<T> &layer : chain.layers) {
                const auto *dense = std::get_if<Dense<T>>(&layer);
                if (!dense) continue;
                if (before) {
                    const std::int64_t units = before->n_outputs;
                    rule.project(theta + before->offset, before->n_inputs, before->n_outputs,
                                 int(units * item / items), int(units * (item + 1) / items));
                }
                before = dense;
            }
        },
        constraint);
}

} // namespace rosenblatt
