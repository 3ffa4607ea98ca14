// Layer normalisation (Ba et al. 2016), with the activation that follows it.
#pragma once

#include "elementwise.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace rosenblatt {

// y = g(γ h + β), h = (x - mean) / √(variance + ε), over the units of each row. The gradient stays in place;
// x and y do not, because the way back needs both.
template <class T> struct NormalizeRows {
    static constexpr bool in_place = false, gradient_in_place = true;
    int n_outputs;
    std::size_t offset; // of γ in the flat vector; β follows
    LayerNorm norm;
    Activation activation;
    int index; // in the chain

    std::vector<ParameterRange> parameters() const {
        const auto n = std::size_t(n_outputs);
        return {{offset, n, false}, {offset + n, n, false}};
    }
    // Mean and reciprocal deviation of each row.
    std::size_t saved_size(int rows) const { return 2 * std::size_t(rows); }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *output) const {
        T *saved_rows = pass.gradient ? pass.space->saved[std::size_t(index)] : nullptr;
        const T *gamma = pass.theta + offset, *beta = gamma + n_outputs;
        const int n = n_outputs;
        visit_from_output(activation, [&](auto g) {
            const T *x = input.dense;
            T *y = output;
            for (int row = 0; row < pass.rows; ++row, x += n, y += n) {
                const T *h = x;
                T factor = 1;
                Moments by = moments(h, n);
                if (!std::isfinite(by.scale)) { // shrunk in y, if the row is finite at all
                    factor = shrink(x, n, y);
                    h = y;
                    by = moments(h, n);
                }
                const T mean = by.mean, scale = by.scale;
#pragma omp simd
                for (int i = 0; i < n; ++i) y[i] = g.value(gamma[i] * ((h[i] - mean) * scale) + beta[i]);
                if (saved_rows) {
                    saved_rows[2 * row] = mean / factor;
                    saved_rows[2 * row + 1] = scale * factor;
                }
            }
        });
    }

    // With e = γ g'(z) dy: dx = (e - mean(e) - h mean(e h)) / √(variance + ε).
    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &input, const T *output, T *grad,
                                    T *) const {
        const T *saved_rows = pass.space->saved[std::size_t(index)];
        const T *gamma = pass.theta + offset;
        T *dgamma = pass.gradient + offset, *dbeta = dgamma + n_outputs;
        const int n = n_outputs;
        if (!pass.accumulate) std::fill_n(dgamma, 2 * std::size_t(n), T(0));
        visit_from_output(activation, [&](auto g) {
            const T *x = input.dense, *y = output;
            T *dy = grad;
            for (int row = 0; row < pass.rows; ++row, x += n, y += n, dy += n)
                backward_row(g, n, saved_rows[2 * row], saved_rows[2 * row + 1], gamma, x, y, dy, dgamma,
                             dbeta);
        });
    }

  private:
    struct Moments {
        T mean, scale; // the reciprocal deviation; NaN if the variance overflows
    };

    Moments moments(const T *x, int n) const {
        T sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < n; ++i) sum += x[i];
        const T mean = sum / T(n);
#pragma omp simd reduction(+ : squares)
        for (int i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
        const T variance = squares / T(n) + T(norm.epsilon);
        // 0 would silently replace the row by β.
        if (!std::isfinite(variance)) return {mean, std::numeric_limits<T>::quiet_NaN()};
        return {mean, 1 / std::sqrt(variance)};
    }

    // y = f x, f being the power of two with which the largest is about 2^53: then the squares fit a float,
    // and ε is negligible beside the variance, as it is beside that of x. Returns f.
    [[gnu::noinline]] static T shrink(const T *x, int n, T *y) {
        T largest = 0;
        for (int i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
        const T factor =
            std::isfinite(largest) && largest > 0 ? std::ldexp(T(1), 53 - std::ilogb(largest)) : 1;
        for (int i = 0; i < n; ++i) y[i] = factor * x[i];
        return factor;
    }

    // A function of its own: of pointers that a closure holds GCC makes a vector, and gathers.
    template <class G>
    static void backward_row(G g, int n, T mean, T scale, const T *gamma, const T *x, const T *y, T *dy,
                             T *dgamma, T *dbeta) {
        T sum = 0, sum_h = 0;
#pragma omp simd reduction(+ : sum, sum_h)
        for (int i = 0; i < n; ++i) {
            const T d = dy[i] * g.derivative(y[i]), h = (x[i] - mean) * scale, e = d * gamma[i];
            dgamma[i] += d * h;
            dbeta[i] += d;
            dy[i] = e;
            sum += e;
            sum_h += e * h;
        }
        const T mean_e = sum / T(n), mean_h = sum_h / T(n);
#pragma omp simd
        for (int i = 0; i < n; ++i) dy[i] = scale * (dy[i] - mean_e - (x[i] - mean) * scale * mean_h);
    }
};

} // namespace rosenblatt
