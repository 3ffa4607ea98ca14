// Negative log likelihoods with several scores a target (theory L19-L21).
#pragma once

#include "gamma_functions.hpp"
#include "losses.hpp"
#include "members.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace rosenblatt {

// The loop over rows and targets; output(s, y) returns L and replaces a target's scores by ∂L/∂s.
template <class T, class Output>
double sum_over_targets(const ScoredRows<T> &block, double scale, int per_target, Output output) {
    double total = 0;
    const int targets = block.outputs / per_target;
    T *s = block.scores;
    const T *y = block.targets;
    for (int row = 0; row < block.rows; ++row) {
        const T w = block.weight(row), factor = T(scale) * w;
        double sum = 0;
        for (int target = 0; target < targets; ++target, ++y, s += per_target) {
            sum += double(output(s, *y));
            for (int i = 0; i < per_target; ++i) s[i] = w != 0 ? factor * s[i] : T(0);
        }
        total += w != 0 ? double(w) * sum : 0;
    }
    return total;
}

// ℓ = B tanh(t/B), within (-B, B), and its slope.
template <class T> struct Bounded {
    T value, slope;

    Bounded(T t, double limit) {
        const T h = vmath::tanh(t / T(limit));
        value = T(limit) * h;
        slope = (1 - h) * (1 + h);
    }
};

inline constexpr double half_ln_2pi = 0.91893853320467274178;

// Two scores a target: a mean, or its logarithm, and the bounded logarithm of a spread.
struct MeanAndSpread {
    static int target_columns(int outputs) { return outputs % 2 ? -1 : outputs / 2; }
    static bool accepts(double, double, int) { return true; }

    template <class T> static void spread_link(T *s, int rows, int outputs, double limit) {
        for (std::ptrdiff_t i = 1; i < std::ptrdiff_t(rows) * outputs; i += 2)
            s[i] = vmath::exp(Bounded<T>(s[i], limit).value);
    }
};

struct Gaussian : MeanAndSpread {
    double limit = 0;

    static constexpr auto name = "Gaussian";
    static constexpr std::array fields{field<&Gaussian::limit>("limit")};

    template <class T> void inverse_link(T *s, int rows, int outputs) const {
        spread_link(s, rows, outputs, limit);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_targets(block, scale, 2, [this](T *s, T y) {
            const Bounded<T> log_scale(s[1], limit);
            const T precision = vmath::exp(-log_scale.value), z = (y - s[0]) * precision;
            s[0] = -z * precision;
            s[1] = (1 - z) * (1 + z) * log_scale.slope;
            return T(0.5) * z * z + log_scale.value + T(half_ln_2pi);
        });
    }
};

struct NegativeBinomial : MeanAndSpread {
    double limit = 0;

    static constexpr auto name = "NegativeBinomial";
    static constexpr std::array fields{field<&NegativeBinomial::limit>("limit")};

    template <class T> void inverse_link(T *s, int rows, int outputs) const {
        for (std::ptrdiff_t i = 0; i < std::ptrdiff_t(rows) * outputs; i += 2)
            s[i] = s[i] < vmath::Format<T>::exp_min ? std::exp(s[i]) : vmath::exp(s[i]);
        spread_link(s, rows, outputs, limit);
    }

    // In doubles whatever T: gamma functions of nearly equal arguments cancel.
    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        return sum_over_targets(block, scale, 2, [this](T *s, T count) {
            const Bounded<double> log_dispersion(double(s[1]), limit);
            const double y = double(count), u = double(s[0]) + log_dispersion.value;
            const double r = std::exp(-log_dispersion.value), e = std::exp(-std::abs(u));
            const double p = (u < 0 ? e : 1) / (1 + e), q = (u < 0 ? 1 : e) / (1 + e);
            const double softplus = std::max(u, 0.0) + std::log1p(e);
            if (!(y >= 0)) {
                s[0] = s[1] = std::numeric_limits<T>::quiet_NaN();
                return std::numeric_limits<double>::quiet_NaN();
            }
            s[0] = T(r * p - y * q);
            s[1] = T(log_dispersion.slope * (r * (digamma(y + r) - digamma(r) + p - softplus) - y * q));
            return (y + r) * softplus - y * u - (log_gamma(y + r) - log_gamma(r) - log_gamma(y + 1));
        });
    }
};

// Of each target the means, then the logits of the weights, then the bounded logarithms of the scales.
struct GaussianMixture {
    int components = 0;
    double limit = 0;

    static constexpr int most_components = 32;
    static constexpr auto name = "GaussianMixture";
    static constexpr std::array fields{field<&GaussianMixture::components>("components"),
                                       field<&GaussianMixture::limit>("limit")};

    int target_columns(int outputs) const {
        if (components < 1 || components > most_components || outputs % (3 * components)) return -1;
        return outputs / (3 * components);
    }
    static bool accepts(double, double, int) { return true; }

    // eˣ over their sum in place; ln Σ eˣ.
    template <class T> static T softmax(T *x, int n) {
        const T top = *std::max_element(x, x + n);
        T sum = 0;
        for (int i = 0; i < n; ++i) sum += x[i] = vmath::exp(x[i] - top);
        for (int i = 0; i < n; ++i) x[i] /= sum;
        return top + std::log(sum);
    }

    template <class T> void inverse_link(T *s, int rows, int outputs) const {
        const int K = components, targets = target_columns(outputs);
        if (targets < 1) return; // no mixture, which a predictor is not asked about
        const std::ptrdiff_t n = std::ptrdiff_t(rows) * targets;
        for (std::ptrdiff_t i = 0; i < n; ++i, s += 3 * K) {
            softmax(s + K, K);
            for (int k = 0; k < K; ++k) {
                s[k] *= s[K + k];
                s[2 * K + k] = vmath::exp(Bounded<T>(s[2 * K + k], limit).value);
            }
        }
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        const int K = components;
        return sum_over_targets(block, scale, 3 * K, [this, K](T *s, T y) {
            std::array<T, most_components> share{}, z{}, precision{};
            T *mean = s, *logit = s + K, *spread = s + 2 * K;
            for (int k = 0; k < K; ++k) {
                const Bounded<T> log_scale(spread[k], limit);
                precision[k] = vmath::exp(-log_scale.value);
                z[k] = (y - mean[k]) * precision[k];
                share[k] = logit[k] - T(0.5) * z[k] * z[k] - log_scale.value;
                spread[k] = log_scale.slope;
            }
            const T all = softmax(logit, K), joint = softmax(share.data(), K);
            for (int k = 0; k < K; ++k) {
                mean[k] = -share[k] * z[k] * precision[k];
                logit[k] -= share[k];
                spread[k] *= share[k] * (1 - z[k]) * (1 + z[k]);
            }
            return all - joint + T(half_ln_2pi);
        });
    }
};

} // namespace rosenblatt
