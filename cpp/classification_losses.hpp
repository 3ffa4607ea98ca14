// Losses of labels and classes (theory L7-L14, L18).
#pragma once

#include "losses.hpp"
#include "members.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace rosenblatt {

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

struct BinaryCrossEntropy : ElementwiseLoss {
    double p_min = 0, smoothing = 0;

    static constexpr auto name = "BinaryCrossEntropy";
    static constexpr std::array fields{field<&BinaryCrossEntropy::p_min>("p_min"),
                                       field<&BinaryCrossEntropy::smoothing>("smoothing")};

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        logistic_link(s, std::ptrdiff_t(rows) * outputs);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        if (smoothing == 0) return of(block, scale, [](T y) { return y; });
        const T kept = T(1 - smoothing), spread = T(smoothing / 2);
        return of(block, scale, [=](T y) { return kept * y + spread; });
    }

  private:
    template <class T, class Smoothed>
    double of(const ScoredRows<T> &block, double scale, Smoothed smoothed) const {
        LogBounds<T> bounded(p_min);
        return sum_over_outputs(block, scale, [bounded, smoothed](T s, T label) {
            const T y = smoothed(label);
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

// Rows of scores to softmax probabilities, in place.
template <class T> void softmax_link(T *s, int rows, int outputs) {
    for (int row = 0; row < rows; ++row, s += outputs) {
        const T top = *std::max_element(s, s + outputs);
        for (int k = 0; k < outputs; ++k) s[k] -= top;
        apply_with_tail(s, outputs, [](T x) { return vmath::exp(x); });
        T sum = 0;
        for (int k = 0; k < outputs; ++k) sum += s[k];
        for (int k = 0; k < outputs; ++k) s[k] /= sum;
    }
}

struct CategoricalCrossEntropy : ClassLoss {
    double p_min = 0, smoothing = 0;

    static constexpr auto name = "CategoricalCrossEntropy";
    static constexpr std::array fields{field<&CategoricalCrossEntropy::p_min>("p_min"),
                                       field<&CategoricalCrossEntropy::smoothing>("smoothing")};

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        softmax_link(s, rows, outputs);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return smoothing == 0 ? of<false>(block, scale) : of<true>(block, scale);
    }

  private:
    template <bool smooth, class T> double of(const ScoredRows<T> &block, double scale) const {
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
            if constexpr (smooth)
                total -= double(w) * smoothing / n * double(sum_of_ln_p(s, n, top, bounded));
            for (int k = 0; k < n; ++k) s[k] = vmath::exp(s[k] - top);
            T sum = 0;
            for (int k = 0; k < n; ++k) sum += s[k];
            const T factor = T(scale * double(w)), share = factor / sum;
            for (int k = 0; k < n; ++k) s[k] *= share;
            if constexpr (smooth) {
                const T spread = T(smoothing / n) * factor;
                for (int k = 0; k < n; ++k) s[k] -= spread;
            }
            const double kept = smooth ? 1 - smoothing : 1;
            s[code] -= smooth ? T(kept) * factor : factor;
            total -= double(w) * kept * double(bounded(s_y - std::log(sum)));
        }
        return total;
    }

    // Of all classes, from scores of which `top` is the largest.
    template <class T> static T sum_of_ln_p(const T *s, int n, T top, const LogBounds<T> &bounded) {
        T sum = 0, total = 0;
        for (int k = 0; k < n; ++k) sum += vmath::exp(s[k] - top);
        const T ln_sum = std::log(sum);
        for (int k = 0; k < n; ++k) total += bounded(s[k] - top - ln_sum);
        return total;
    }
};

struct BinaryFocal : ElementwiseLoss {
    double gamma = 0;

    static constexpr auto name = "BinaryFocal";
    static constexpr std::array fields{field<&BinaryFocal::gamma>("gamma")};

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        logistic_link(s, std::ptrdiff_t(rows) * outputs);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [g = T(gamma)](T s, T y) {
            const T sign = 2 * y - 1, x = sign * s; // x is the logit towards the label
            T e = vmath::exp(-std::abs(x));
            T tail = vmath::log1p_unit(e);
            T ln_p = -tail - (x < 0 ? -x : T(0)), ln_q = -tail - (x > 0 ? x : T(0));
            T small = e / (1 + e), large = 1 / (1 + e);
            T p = x >= 0 ? large : small, q = x >= 0 ? small : large;
            T power = vmath::exp(g * ln_q);
            T p_ln_p = p != 0 ? p * ln_p : T(0);
            return LossAndGradient<T>{-power * ln_p, sign * power * (g * p_ln_p - q)};
        });
    }
};

struct CategoricalFocal : ClassLoss {
    double gamma = 0;

    static constexpr auto name = "CategoricalFocal";
    static constexpr std::array fields{field<&CategoricalFocal::gamma>("gamma")};

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        softmax_link(s, rows, outputs);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        const int n = block.outputs;
        double total = 0;
        for (int row = 0; row < block.rows; ++row) {
            T *s = block.scores + std::ptrdiff_t(row) * n;
            const int code = std::clamp(int(block.targets[row]), 0, n - 1);
            const T w = block.weight(row);
            if (w == 0) {
                std::fill(s, s + n, T(0));
                continue;
            }
            const T top = *std::max_element(s, s + n), s_y = s[code] - top;
            for (int k = 0; k < n; ++k) s[k] = vmath::exp(s[k] - top);
            // 1 - p_y from the other classes, which keeps its digits as p_y goes to 1.
            const T own = s[code];
            s[code] = 0;
            T others = 0;
            for (int k = 0; k < n; ++k) others += s[k];
            const T sum = own + others, q = others / sum;
            const T ln_p = s_y >= 0 ? -std::log1p(others) : s_y - std::log(sum);
            const T power = std::pow(q, T(gamma));
            const T ratio = q != 0 ? ln_p / q : T(-1);
            const T factor = T(scale * double(w)) * power * (1 - T(gamma) * (own / sum) * ratio);
            const T share = factor / sum;
            for (int k = 0; k < n; ++k) s[k] *= share;
            s[code] = -factor * q;
            total -= double(w) * double(power * ln_p);
        }
        return total;
    }
};

} // namespace rosenblatt
