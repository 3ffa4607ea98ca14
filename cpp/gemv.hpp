// Products with a single row or column on one side, too thin for tiles.
#pragma once

#include "simd.hpp"

#include <algorithm>
#include <cstddef>

namespace rosenblatt {

// out[row] = first + m[row, :] · v, or += with `add`, with m of shape (rows, columns).
template <class T>
void dot_products(int rows, int columns, const T *m, const T *v, T first, bool add, T *out) {
    constexpr int w = simd::width<T>;
    for (int row = 0; row < rows; row += w, m += std::ptrdiff_t(w) * columns) {
        const int n = std::min(w, rows - row);
        simd::Vector<T> sum[w] = {};
        for (int column = 0; column < columns; column += w) {
            const int lanes = std::min(w, columns - column);
            const simd::Vector<T> x = simd::load_lanes(v + column, lanes);
            const T *from = m + column;
            if (n == w && lanes == w)
                for (int r = 0; r < w; ++r) sum[r] += simd::load(from + std::ptrdiff_t(r) * columns) * x;
            else
                for (int r = 0; r < n; ++r)
                    sum[r] += simd::load_lanes(from + std::ptrdiff_t(r) * columns, lanes) * x;
        }
        // The lanes of one sum are added up faster than those of as many as there could be.
        if (n == 1) {
            out[row] = (add ? out[row] : T(0)) + (simd::sum<T>(sum[0]) + first);
            return;
        }
        simd::Vector<T> total = simd::sums<T>(sum) + simd::broadcast(first);
        if (add) total += simd::load_lanes(out + row, n);
        simd::store_lanes(out + row, total, n);
    }
}

// out = start + Σ_row v[row] m[row, :]; `start` may be null for 0, or `out` itself.
template <class T>
void sum_of_scaled_rows(int rows, int columns, const T *m, const T *v, const T *start, T *out) {
    simd::for_each_strip<T>(columns, [=](int column, int lanes, auto vectors) {
        constexpr int w = simd::width<T>;
        simd::Vector<T> sum[vectors] = {};
        if (start)
            for (int i = 0; i < vectors; ++i) sum[i] = simd::load_lanes(start + column + i * w, lanes);
        const T *from = m + column;
        for (int row = 0; row < rows; ++row, from += columns) {
            const simd::Vector<T> factor = simd::broadcast(v[row]);
            for (int i = 0; i < vectors; ++i) sum[i] += factor * simd::load_lanes(from + i * w, lanes);
        }
        for (int i = 0; i < vectors; ++i) simd::store_lanes(out + column + i * w, sum[i], lanes);
    });
}

// out = start + Σ_j x[j] W[column of j, :], over the entries of a sparse row.
template <class T, class Entries>
void sum_of_entries(const Entries &x, int width, const T *W, const T *start, T *out) {
    simd::for_each_strip<T>(width, [=](int column, int lanes, auto vectors) {
        constexpr int w = simd::width<T>;
        simd::Vector<T> sum[vectors];
        for (int i = 0; i < vectors; ++i) sum[i] = simd::load_lanes(start + column + i * w, lanes);
        for (std::int64_t j = 0; j < x.size; ++j) {
            const T *from = W + std::ptrdiff_t(x.columns[j]) * width + column;
            const simd::Vector<T> factor = simd::broadcast(x.values[j]);
            for (int i = 0; i < vectors; ++i) sum[i] += factor * simd::load_lanes(from + i * w, lanes);
        }
        for (int i = 0; i < vectors; ++i) simd::store_lanes(out + column + i * w, sum[i], lanes);
    });
}

// out[row, :] = a[row] b, or += with `add`.
template <class T> void outer_product(int rows, int columns, const T *a, const T *b, bool add, T *out) {
    for (int row = 0; row < rows; ++row, out += columns) {
        const simd::Vector<T> factor = simd::broadcast(a[row]);
        simd::for_each_strip<T>(columns, [=](int column, int lanes, auto vectors) {
            for (int i = 0; i < vectors; ++i) {
                const int at = column + i * simd::width<T>;
                simd::Vector<T> product = factor * simd::load_lanes(b + at, lanes);
                if (add) product += simd::load_lanes(out + at, lanes);
                simd::store_lanes(out + at, product, lanes);
            }
        });
    }
}

} // namespace rosenblatt
