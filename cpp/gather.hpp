// Rows of a batch, copied together.
#pragma once

#include "matrix.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rosenblatt {

// Copies `rows` rows in the given order. Rows that come later, in this block or the next, are prefetched: as
// many as fill a part of the first cache.
template <class T>
void gather(const T *source, std::size_t columns, const Order &order, int rows, T *target) {
    constexpr std::size_t line = 64 / sizeof(T), ahead_elements = 16384 / sizeof(T);
    const auto ahead = std::int64_t(std::clamp<std::size_t>(ahead_elements / columns, 4, 64));
    for (int row = 0; row < rows; ++row) {
        if (row + ahead < order.count) {
            const T *later = source + std::size_t(order[row + ahead]) * columns;
            for (std::size_t i = 0; i < columns; i += line) __builtin_prefetch(later + i);
            __builtin_prefetch(later + columns - 1);
        }
        simd::copy(source + std::size_t(order[row]) * columns, int(columns),
                   target + std::size_t(row) * columns);
    }
}

// The same of bytes, as shares of 255.
template <class T>
void gather(const std::uint8_t *source, std::size_t columns, const Order &order, int rows, T *target) {
    for (int row = 0; row < rows; ++row) {
        const std::uint8_t *from = source + std::size_t(order[row]) * columns;
        T *to = target + std::size_t(row) * columns;
#pragma omp simd
        for (std::size_t i = 0; i < columns; ++i) to[i] = T(float(from[i]) / 255.0f);
    }
}

// Rows gathered in `buffer`. Consecutive rows of numbers are read in place, unless a copy is asked for;
// sparse rows always are.
template <class T>
Rows<T> input_rows(const Matrix<T> &X, const Order &order, int rows, T *buffer, bool copied = false) {
    if (X.sparse()) return Rows<T>::of_csr(X, order);
    if (X.in_numbers() && !order.numbers && !copied) return Rows<T>::contiguous(X.row(order.first));
    if (X.bytes)
        gather(X.bytes, std::size_t(X.columns), order, rows, buffer);
    else
        gather(X.values, std::size_t(X.columns), order, rows, buffer);
    return Rows<T>::contiguous(buffer);
}

// The same rows in a later phase, once input_rows has been there.
template <class T>
Rows<T> gathered_rows(const Matrix<T> &X, const Order &order, const T *buffer, bool copied) {
    if (X.sparse()) return Rows<T>::of_csr(X, order);
    const bool in_place = X.in_numbers() && !order.numbers && !copied;
    return Rows<T>::contiguous(in_place ? X.row(order.first) : buffer);
}

// Whether all values are finite.
template <class T> bool all_finite(const T *values, std::size_t n) {
    T sum = 0; // of x - x, which is 0 or NaN
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i) sum += values[i] - values[i];
    return sum == 0;
}

} // namespace rosenblatt
