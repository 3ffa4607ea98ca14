// A matrix product whose last columns fill few lanes of a vector.
//
// These columns are computed as rows of the transposed product, whose vectors run along the rows of A. Every
// sum has the terms of `multiply_tiled` in the same order, so that the bits are the same either way.
#pragma once

#include "product.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rosenblatt {

namespace product {

// How many of the n columns. Costs are in vectors of multiplications for each of the k terms: a tile of
// one vector of columns takes one for every row, and turning a vector's rows of A takes about four.
template <class T> int narrow_columns(int m, int n, int k, Transpose a) {
    constexpr int w = simd::width<T>;
    const int last = n % w;
    const std::int64_t vectors = (m + w - 1) / w, turning = a == Transpose::yes ? 0 : 4;
    const std::int64_t narrow = vectors * (last + 1 + turning) * k + 2 * std::int64_t(m) * last;
    return narrow < std::int64_t(m) * k ? last : 0;
}

template <class T> Operand<T> transposed(const Operand<T> &a) {
    return {a.data, a.stride, a.transposed == Transpose::yes ? Transpose::no : Transpose::yes};
}

// Elements from row to row, and from column to column.
template <class T> std::ptrdiff_t row_step(const Operand<T> &a) {
    return a.transposed == Transpose::yes ? 1 : a.stride;
}
template <class T> std::ptrdiff_t column_step(const Operand<T> &a) {
    return a.transposed == Transpose::yes ? a.stride : 1;
}

// Columns [first, first + columns) of C, fewer than a vector.
template <class T, class Epilogue>
void multiply_narrow(int m, int first, int columns, int k, const Operand<T> &A, const Operand<T> &B,
                     const Accumulate<T> &start, T *C, T *scratch, Epilogue epilogue, int c_row) {
    constexpr int wide = panel_width<T>;
    T *const strip = scratch, *const panel = scratch + simd::width<T> * wide;
    const Operand<T> turned_B{B.data + first * column_step(B), B.stride, transposed(B).transposed};
    for (int row = 0; row < m; row += wide) {
        const int rows = std::min(wide, m - row);
        T *const c = C + std::ptrdiff_t(row) * c_row + first;
        if (start.row)
            for (int j = 0; j < columns; ++j) std::fill_n(strip + j * wide, rows, start.row[first + j]);
        else if (start.c)
            for (int j = 0; j < columns; ++j)
                for (int i = 0; i < rows; ++i) strip[j * wide + i] = c[std::ptrdiff_t(i) * c_row + j];
        const Operand<T> turned_A{A.data + row * row_step(A), A.stride, transposed(A).transposed};
        multiply_tiled(columns, rows, k, turned_B, turned_A, {.c = start.row || start.c}, strip, panel,
                       NoEpilogue{}, wide);
        for (int j = 0; j < columns; ++j) {
            epilogue(strip + j * wide, rows);
            for (int i = 0; i < rows; ++i) c[std::ptrdiff_t(i) * c_row + j] = strip[j * wide + i];
        }
    }
}

} // namespace product

// multiply_tiled, with the last columns as rows where that pays.
template <class T, class Epilogue>
void multiply_columns(int m, int n, int k, const Operand<T> &A, const Operand<T> &B,
                      const Accumulate<T> &start, T *C, T *scratch, Epilogue epilogue, int c_row) {
    const int last = product::narrow_columns<T>(m, n, k, A.transposed);
    if (last < n) multiply_tiled(m, n - last, k, A, B, start, C, scratch, epilogue, c_row);
    if (last > 0) product::multiply_narrow(m, n - last, last, k, A, B, start, C, scratch, epilogue, c_row);
}

} // namespace rosenblatt
