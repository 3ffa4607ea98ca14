// The protocol of losses over raw scores, and their shared loops: the native twins of losses/ (theory L1-L3,
// L6-L14, L18-L21).
//
//   operator()(block, scale)         Σ w·L of a block of rows; δ = w·scale·∂L/∂s replaces the scores
//   target_columns(outputs)          targets of that many outputs; -1: they fit none
//   accepts(low, high, outputs)      whether targets of this range are valid; guards those that are indices
//   inverse_link(s, rows, outputs)   rows of scores to predictions, in place
#pragma once

#include "vmath.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace rosenblatt {

// A loss of each output alone, by its own target; predictions are scores unless it overrides inverse_link.
struct ElementwiseLoss {
    static int target_columns(int outputs) { return outputs; }
    static bool accepts(double, double, int) { return true; }
    template <class T> static void inverse_link(T *, int, int) {}
};

// A loss of a row's outputs against the code of its class, from 0.
struct ClassLoss {
    static int target_columns(int) { return 1; }
    static bool accepts(double low, double high, int outputs) { return low >= 0 && high < outputs; }
};

// A block of raw scores and their targets; weights may be null.
template <class T> struct ScoredRows {
    T *scores; // (rows, outputs), overwritten by δ
    const T *targets;
    const T *weights;
    int rows, outputs;

    T weight(int row) const { return weights ? weights[row] : T(1); }
};

template <class T> struct LossAndGradient {
    T loss, gradient;
};

// Terms over which losses are summed in T before they join a double.
inline constexpr std::ptrdiff_t summed_in_short = 512;

// The shared loop of the losses that treat every output alike, with L and ∂L/∂s of one output. The
// weight belongs to a row: rows of one output, and rows of equal weight, make one long vector.
template <class T, class Output>
double sum_over_outputs(const ScoredRows<T> &block, double scale, Output output) {
    double total = 0;
    const auto run = [&](std::ptrdiff_t begin, std::ptrdiff_t end, auto weight) {
        for (std::ptrdiff_t start = begin; start < end; start += summed_in_short) {
            const std::ptrdiff_t stop = std::min(end, start + summed_in_short);
            T *s = block.scores;
            const T *y = block.targets;
            const T factor = T(scale);
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (std::ptrdiff_t i = start; i < stop; ++i) {
                const T w = weight(i);
                const auto [loss, gradient] = output(s[i], y[i]);
                // Weight 0 is absence, also of an infinite L.
                s[i] = w != 0 ? factor * w * gradient : T(0);
                sum += w != 0 ? w * loss : T(0);
            }
            total += double(sum);
        }
    };
    const std::ptrdiff_t n = block.outputs, rows = block.rows;
    if (!block.weights)
        run(0, rows * n, [](std::ptrdiff_t) { return T(1); });
    else if (n == 1)
        run(0, rows, [w = block.weights](std::ptrdiff_t i) { return w[i]; });
    else
        for (std::ptrdiff_t row = 0; row < rows; ++row)
            run(row * n, (row + 1) * n, [w = block.weights[row]](std::ptrdiff_t) { return w; });
    return total;
}

// x = f(x) for an f that equals eˣ below vmath::exp's range, where NumPy's results are subnormal and not 0.
template <class T, class Function> void apply_with_tail(T *x, std::ptrdiff_t n, Function f) {
    constexpr T low = vmath::Format<T>::exp_min;
    int below = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) below |= x[i] < low;
    if (!below)
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = f(x[i]);
    else
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = x[i] < low ? std::exp(x[i]) : f(x[i]);
}

// Scores to probabilities. Those of float are computed in double and rounded once, so that no larger score
// has a smaller probability: the errors of float alone exceed what neighbouring scores differ by.
template <class T> void logistic_link(T *s, std::ptrdiff_t n) {
    if constexpr (std::is_same_v<T, float>)
        for (std::ptrdiff_t i = 0; i < n; ++i) s[i] = float(vmath::sigmoid(double(s[i])));
    else
        apply_with_tail(s, n, [](T x) { return vmath::sigmoid(x); });
}

} // namespace rosenblatt
