// Losses over raw scores: the native twins of losses.py (theory L1-L13).
// Each takes a block of rows, writes δ = w·scale·∂L/∂s over the scores, and returns Σ w·L;
// `accepts` guards the memory behind targets that serve as indices, given their range.
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

// The shared loop of the losses that treat every output alike, with L and ∂L/∂s of one output.
template <class T, class Output>
double sum_over_outputs(const ScoredRows<T> &block, double scale, Output output) {
    double total = 0;
    const int n = block.outputs;
    for (int row = 0; row < block.rows; ++row) {
        T *s = block.scores + std::ptrdiff_t(row) * n;
        const T *y = block.targets + std::ptrdiff_t(row) * n;
        const T w = block.weight(row), factor = T(scale * double(w));
        T sum = 0;
        for (int k = 0; k < n; ++k) {
            auto [loss, gradient] = output(s[k], y[k]);
            s[k] = w != 0 ? factor * gradient : T(0); // weight 0 is absence, also of an infinite L
            sum += loss;
        }
        if (w != 0) total += double(w) * double(sum);
    }
    return total;
}

template <class T> struct LossAndGradient {
    T loss, gradient;
};

struct SquaredError {
    static constexpr auto name = "SquaredError";
    static constexpr auto fields = no_fields<SquaredError>;
    static int target_columns(int outputs) { return outputs; }
    static bool accepts(double, double, int) { return true; }

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

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            T mean = vmath::exp(s);
            T y_ln_y = y > 0 ? y * std::log(y) : T(0);
            return LossAndGradient<T>{y_ln_y - y * s - y + mean, mean - y};
        });
    }
};

} // namespace rosenblatt
