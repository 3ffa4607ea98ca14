// Policy gradients: log-likelihoods of actions, weighted by signed advantages (theory R1, R2).
#pragma once

#include "classification_losses.hpp"
#include "distribution_losses.hpp"
#include "losses.hpp"
#include "members.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace rosenblatt {

// Targets are the number of an action and its advantage, so the range of one alone is not to be seen.
struct PolicyGradient {
    double entropy = 0;

    static constexpr auto name = "PolicyGradient";
    static constexpr std::array fields{field<&PolicyGradient::entropy>("entropy")};

    static int target_columns(int) { return 2; }
    static bool accepts(double, double, int) { return true; }

    template <class T> static void inverse_link(T *s, int rows, int outputs) {
        softmax_link(s, rows, outputs);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        const int n = block.outputs;
        const T beta = T(entropy);
        double total = 0;
        T *s = block.scores;
        const T *y = block.targets;
        for (int row = 0; row < block.rows; ++row, s += n, y += 2) {
            // A number that is no action leads to the nearest one, and never beyond the row.
            const int action = y[0] > 0 ? int(std::min(y[0], T(n - 1))) : 0;
            const T advantage = y[1], w = block.weight(row);
            if (w == 0) {
                std::fill(s, s + n, T(0));
                continue;
            }
            const T top = *std::max_element(s, s + n);
            T sum = 0, weighted = 0; // Σ eᵗ and Σ t·eᵗ of t = s - top
            for (int k = 0; k < n; ++k) {
                s[k] -= top;
                const T e = vmath::exp(s[k]);
                sum += e;
                weighted += e != 0 ? e * s[k] : T(0);
            }
            const T log_sum = std::log(sum), chosen = s[action] - log_sum;
            const T spread = log_sum - weighted / sum; // the entropy
            const T factor = T(scale) * w;
            for (int k = 0; k < n; ++k) {
                const T p = vmath::exp(s[k]) / sum;
                const T of_entropy = p != 0 ? p * (s[k] - log_sum + spread) : T(0);
                s[k] = factor * (advantage * (p - T(k == action)) + beta * of_entropy);
            }
            total -= double(w) * (double(advantage) * double(chosen) + double(beta) * double(spread));
        }
        return total;
    }
};

// Two scores for each number of an action, as of Gaussian; targets are those numbers, then the advantage.
struct GaussianPolicyGradient {
    double entropy = 0, limit = 0;

    static constexpr auto name = "GaussianPolicyGradient";
    static constexpr std::array fields{field<&GaussianPolicyGradient::entropy>("entropy"),
                                       field<&GaussianPolicyGradient::limit>("limit")};

    static int target_columns(int outputs) { return outputs % 2 ? -1 : outputs / 2 + 1; }
    static bool accepts(double, double, int) { return true; }

    template <class T> void inverse_link(T *s, int rows, int outputs) const {
        MeanAndSpread::spread_link(s, rows, outputs, limit);
    }

    template <class T> double operator()(const ScoredRows<T> &block, double scale) const {
        const int numbers = block.outputs / 2;
        const T beta = T(entropy);
        double total = 0;
        T *s = block.scores;
        const T *y = block.targets;
        for (int row = 0; row < block.rows; ++row, y += numbers + 1) {
            const T advantage = y[numbers], w = block.weight(row), factor = T(scale) * w;
            double sum = 0;
            for (int i = 0; i < numbers; ++i, s += 2) {
                const Bounded<T> log_scale(s[1], limit);
                const T precision = vmath::exp(-log_scale.value), z = (y[i] - s[0]) * precision;
                const T of_mean = -advantage * z * precision;
                const T of_scale = (advantage * (1 - z) * (1 + z) - beta) * log_scale.slope;
                s[0] = w != 0 ? factor * of_mean : T(0);
                s[1] = w != 0 ? factor * of_scale : T(0);
                const T surprise = T(0.5) * z * z + log_scale.value + T(half_ln_2pi);
                sum += double(advantage * surprise - beta * (log_scale.value + T(half_ln_2pi + 0.5)));
            }
            total += w != 0 ? double(w) * sum : 0;
        }
        return total;
    }
};

} // namespace rosenblatt
