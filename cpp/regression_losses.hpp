// Losses of numbers (theory L1-L3, L6, L18).
#pragma once

#include "losses.hpp"
#include "members.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

namespace rosenblatt {

struct SquaredError : ElementwiseLoss {
    static constexpr auto name = "SquaredError";
    static constexpr auto fields = no_fields<SquaredError>;

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            T error = s - y;
            return LossAndGradient<T>{T(0.5) * error * error, error};
        });
    }
};

struct Huber : ElementwiseLoss {
    double delta = 0;

    static constexpr auto name = "Huber";
    static constexpr std::array fields{field<&Huber::delta>("delta")};

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [d = T(delta)](T s, T y) {
            T error = s - y, size = std::abs(error);
            T bounded = error > d ? d : (error < -d ? -d : error);
            T loss = size <= d ? T(0.5) * error * error : d * (size - T(0.5) * d);
            return LossAndGradient<T>{loss, bounded};
        });
    }
};

struct LogCosh : ElementwiseLoss {
    static constexpr auto name = "LogCosh";
    static constexpr auto fields = no_fields<LogCosh>;

    // ln cosh e = ½ ln(1 + sinh² e) near 0, where sinh² = t²/(1 - t²) for t = tanh e, and
    // |e| + ln(1 + e^(-2|e|)) - ln 2 from where sinh² would pass 1: one logarithm for both.
    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            constexpr T ln2 = T(0.69314718055994530942);
            T error = s - y, size = std::abs(error);
            T t = vmath::tanh(error), t2 = t * t;
            bool near = size < T(0.875);
            T log = vmath::log1p_unit(near ? t2 / (1 - t2) : vmath::exp(-2 * size));
            return LossAndGradient<T>{near ? T(0.5) * log : size - ln2 + log, t};
        });
    }
};

struct AbsoluteError : ElementwiseLoss {
    static constexpr auto name = "AbsoluteError";
    static constexpr auto fields = no_fields<AbsoluteError>;

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_outputs(block, scale, [](T s, T y) {
            T error = s - y;
            T sign = error > 0 ? T(1) : (error < 0 ? T(-1) : error); // 0 is 0, and NaN passes
            return LossAndGradient<T>{std::abs(error), sign};
        });
    }
};

// Scores of a target's levels are adjacent.
struct Quantile : ElementwiseLoss {
    std::vector<double> levels; // never changed, nor copied within an epoch

    static constexpr auto name = "Quantile";
    static constexpr std::array fields{ListField{"levels"}};

    static Quantile from(std::span<const double> values) {
        if (values.empty()) throw std::invalid_argument("Quantile takes at least one level");
        Quantile made;
        made.levels.assign(values.begin(), values.end());
        return made;
    }

    int n_levels() const { return int(levels.size()); }
    int target_columns(int outputs) const { return outputs % n_levels() ? -1 : outputs / n_levels(); }

    template <class T> static LossAndGradient<T> pinball(T tau, T s, T y) {
        T u = y - s;
        T slope = u > 0 ? -tau : (u < 0 ? 1 - tau : u);
        return {u > 0 ? tau * u : (tau - 1) * u, slope};
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        if (levels.size() == 1)
            return sum_over_outputs(block, scale,
                                    [tau = T(levels[0])](T s, T y) { return pinball(tau, s, y); });
        double total = 0;
        const int targets = block.outputs / n_levels();
        T *s = block.scores;
        const T *y = block.targets;
        for (int row = 0; row < block.rows; ++row) {
            const T w = block.weight(row), factor = T(scale) * w;
            T sum = 0;
            for (int target = 0; target < targets; ++target, ++y)
                for (double level : levels) {
                    const auto [loss, gradient] = pinball(T(level), *s, *y);
                    *s++ = w != 0 ? factor * gradient : T(0);
                    sum += loss;
                }
            total += w != 0 ? double(w) * double(sum) : 0;
        }
        return total;
    }
};

struct Poisson : ElementwiseLoss {
    static constexpr auto name = "Poisson";
    static constexpr auto fields = no_fields<Poisson>;

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
