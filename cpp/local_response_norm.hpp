// Local response normalisation: the layer that `network/local_response_norm.py` specifies.
#pragma once

#include "pictures.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rosenblatt {

struct LocalResponseNormSpec {
    int size;
    double alpha, beta, k;
};

// y_c = x_c / d_c^β, d_c = k + α Σ x_j² over the channels j around c; dx_c = dy_c / d_c^β - 2 α β x_c Σ
// dy_j y_j / d_j (theory C7).
template <class T> struct LocalResponseNorm {
    static constexpr bool in_place = false;
    Picture in;
    int n_outputs;
    LocalResponseNormSpec norm;

    std::vector<ParameterRange> parameters() const { return {}; }
    UnitWeights unit_weights() const { return {0, 0, 0}; }
    std::size_t scratch_size(int) const { // a row written out, and three numbers of each channel
        return std::size_t(n_outputs) + 3 * std::size_t(in.channels);
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *y) const {
        for_each_pixel(pass, input, [&](const T *x, std::ptrdiff_t at, T *squares, T *d, T *) {
            divisors(x, squares, d);
            for (int c = 0; c < in.channels; ++c) y[at + c] = x[c] * power(d[c]);
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &input, const T *y, T *dy,
                                    T *dx) const {
        if (!dx) return;
        const T factor = T(2 * norm.alpha * norm.beta);
        for_each_pixel(pass, input, [&](const T *x, std::ptrdiff_t at, T *squares, T *d, T *shares) {
            const int n = in.channels;
            divisors(x, squares, d);
            for (int c = 0; c < n; ++c) shares[c] = dy[at + c] * y[at + c] / d[c];
            for (int c = 0; c < n; ++c)
                dx[at + c] = dy[at + c] * power(d[c]) - factor * x[c] * sum_around(shares, c);
        });
    }

  private:
    // Calls visit(pixel, its place among all rows, room for the channels, three times).
    template <class Visit> void for_each_pixel(const Pass<T> &pass, const Rows<T> &input, Visit visit) const {
        T *room = pass.scratch + n_outputs;
        for (int row = 0; row < pass.rows; ++row) {
            const T *x = dense_row(pass, input, row, n_outputs);
            for (int i = 0; i < n_outputs; i += in.channels)
                visit(x + i, std::ptrdiff_t(row) * n_outputs + i, room, room + in.channels,
                      room + 2 * in.channels);
        }
    }

    T sum_around(const T *values, int c) const {
        T sum = 0;
        const int last = std::min(in.channels - 1, c + norm.size / 2);
        for (int j = std::max(0, c - norm.size / 2); j <= last; ++j) sum += values[j];
        return sum;
    }

    void divisors(const T *x, T *squares, T *d) const {
        for (int c = 0; c < in.channels; ++c) squares[c] = x[c] * x[c];
        for (int c = 0; c < in.channels; ++c) d[c] = T(norm.k) + T(norm.alpha) * sum_around(squares, c);
    }

    // d^-β; of the usual β without a logarithm.
    T power(T d) const {
        if (norm.beta == 0.75) {
            const T root = std::sqrt(d);
            return 1 / (root * std::sqrt(root));
        }
        return std::pow(d, T(-norm.beta));
    }
};

} // namespace rosenblatt
