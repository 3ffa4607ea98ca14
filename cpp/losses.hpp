// Losses over raw scores: the native twins of losses.py (theory L1-L13).
// Each takes a block of rows, writes δ = w·scale·∂L/∂s over the scores, and returns Σ w·L;
// `accepts` guards the memory behind targets that serve as indices, given their range;
// `inverse_link` turns rows of scores into predictions, in place.
#pragma once

#include "members.hpp"
#include "vmath.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rosenblatt {

// A block of raw scores with what they are compared to; weights may be null.
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

// x = f(x) for f that is eˣ where x < vmath::exp's range, whose results NumPy does not round to 0 either.
template <class T, class Function> void apply_with_tail(T *x, std::ptrdiff_t n, Function f) {
    constexpr T low = vmath::Format<T>::exp_min;
    int below = 0;
    for (std::ptrdiff_t i = 0; i < n; ++i) below |= x[i] < low;
    if (!below)
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = f(x[i]);
    else
        for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = x[i] < low ? std::exp(x[i]) : f(x[i]);
}

struct SquaredError {
    static constexpr auto name = "SquaredError";
    static constexpr auto fields = no_fields<SquaredError>;
    static int target_columns(int outputs) { return outputs; }
    static bool accepts(double, double, int) { return true; }

    template <class T> static void inverse_link(T *, int, int) {}

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            T error = s - y;
            return LossAndGradient<T>{T(0.5) * error * error, error};
        });
    }
};

// ln p bounded to p in [p_min, 1 - p_min]; p_min = 0 sets no bound.
template <class T> struct LogBounds {
    T low, high;

    explicit LogBounds(double p_min)
        : low(T(p_min > 0 ? std::log(p_min) : -std::numeric_limits<double>::infinity())),
          high(T(std::log1p(-p_min))) {}

    T operator()(T ln_p) const {
        ln_p = ln_p < low ? low : ln_p;
        return ln_p > high ? high : ln_p;
    }
};

struct BinaryCrossEntropy {
    double p_min = 0;

    static constexpr auto name = "BinaryCrossEntropy";
    static constexpr std::array fields{Field<BinaryCrossEntropy>{"p_min", &BinaryCrossEntropy::p_min}};
    static int target_columns(int outputs) { return outputs; }
    static bool accepts(double, double, int) { return true; }

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        apply_with_tail(s, std::ptrdiff_t(rows) * outputs, [](T x) { return vmath::sigmoid(x); });
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        LogBounds<T> bounded(p_min);
        return sum_over_outputs(block, scale, [bounded](T s, T y) {
            T e = vmath::exp(-std::abs(s));
            T tail = vmath::log1p_unit(e);
            T ln_p = bounded(-tail - (s < 0 ? -s : T(0)));
            T ln_q = bounded(-tail - (s > 0 ? s : T(0)));
            T small = e / (1 + e);
            T p = s >= 0 ? 1 - small : small;
            // Where a logit is infinite, 0 · ln 0 counts as 0.
            T of_one = y != 0 ? y * ln_p : T(0), of_zero = y != 1 ? (1 - y) * ln_q : T(0);
            return LossAndGradient<T>{-(of_one + of_zero), p - y};
        });
    }
};

struct CategoricalCrossEntropy {
    double p_min = 0;

    static constexpr auto name = "CategoricalCrossEntropy";
    static constexpr std::array fields{
        Field<CategoricalCrossEntropy>{"p_min", &CategoricalCrossEntropy::p_min}};
    static int target_columns(int) { return 1; }
    static bool accepts(double low, double high, int outputs) { return low >= 0 && high < outputs; }

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        for (int row = 0; row < rows; ++row, s += outputs) {
            const T top = *std::max_element(s, s + outputs);
            for (int k = 0; k < outputs; ++k) s[k] -= top;
            apply_with_tail(s, outputs, [](T x) { return vmath::exp(x); });
            T sum = 0;
            for (int k = 0; k < outputs; ++k) sum += s[k];
            for (int k = 0; k < outputs; ++k) s[k] /= sum;
        }
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        LogBounds<T> bounded(p_min);
        const int n = block.outputs;
        double total = 0;
        for (int row = 0; row < block.rows; ++row) {
            T *s = block.scores + std::ptrdiff_t(row) * n;
            // Checked when the data came in; held here too, because they may have been changed since.
            const int code = std::clamp(int(block.targets[row]), 0, n - 1);
            const T w = block.weight(row);
            if (w == 0) {
                std::fill(s, s + n, T(0));
                continue;
            }
            const T top = *std::max_element(s, s + n), s_y = s[code] - top;
            for (int k = 0; k < n; ++k) s[k] = vmath::exp(s[k] - top);
            T sum = 0;
            for (int k = 0; k < n; ++k) sum += s[k];
            const T factor = T(scale * double(w)), share = factor / sum;
            for (int k = 0; k < n; ++k) s[k] *= share;
            s[code] -= factor;
            total -= double(w) * double(bounded(s_y - std::log(sum)));
        }
        return total;
    }
};

struct Poisson {
    static constexpr auto name = "Poisson";
    static constexpr auto fields = no_fields<Poisson>;
    static int target_columns(int outputs) { return outputs; }
    static bool accepts(double, double, int) { return true; }

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        apply_with_tail(s, std::ptrdiff_t(rows) * outputs, [](T x) { return vmath::exp(x); });
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            T mean = vmath::exp(s);
            T y_ln_y = y > 0 ? y * std::log(y) : T(0);
            return LossAndGradient<T>{y_ln_y - y * s - y + mean, mean - y};
        });
    }
};

} // namespace rosenblatt
