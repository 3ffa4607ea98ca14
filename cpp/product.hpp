// Our own matrix product, for processors whose vectors we know.
//
// benchmarks/products.cpp compares it with a BLAS call on the sizes that small networks have. C (m, n) is cut
// into tiles of `tile_rows` rows and two vectors of columns that stay in registers while k runs. B is brought
// into panels, two vectors wide and padded with zeros, so that every step of k reads one contiguous line; A
// is read in place, an element at a time.
#pragma once

#include "operand.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace rosenblatt {

namespace product {

template <class T> inline constexpr int panel_width = 2 * simd::width<T>;
// Accumulators, the panel's two vectors and one broadcast fit the registers.
inline constexpr int tile_rows = simd::registers == 32 ? 12 : 6;

// Elements of scratch that a product with this B needs.
template <class T> inline std::size_t scratch_size(int k) {
    return std::size_t(k) * std::size_t(panel_width<T>);
}

// Columns [first, first + columns) of B as a panel of `vectors` vectors.
template <class T> void pack(const Operand<T> &B, int k, int first, int columns, int vectors, T *panel) {
    constexpr int w = simd::width<T>;
    const int padded = vectors * w;
    if (B.transposed == Transpose::no) {
        for (int i = 0; i < k; ++i, panel += padded) {
            std::copy_n(B.data + std::ptrdiff_t(i) * B.stride + first, columns, panel);
            std::fill(panel + columns, panel + padded, T(0));
        }
        return;
    }
    for (int v = 0; v < vectors; ++v) {
        const T *source = B.data + std::ptrdiff_t(first + v * w) * B.stride;
        const int rows = std::min(w, columns - v * w);
        int i = 0;
        for (; i + w <= k; i += w) {
            simd::Vector<T> square[w];
            for (int r = 0; r < w; ++r)
                square[r] =
                    r < rows ? simd::load(source + std::ptrdiff_t(r) * B.stride + i) : simd::Vector<T>{};
            simd::transpose_square<T>(square);
            for (int r = 0; r < w; ++r)
                simd::store(panel + std::ptrdiff_t(i + r) * padded + v * w, square[r]);
        }
        for (; i < k; ++i)
            for (int r = 0; r < w; ++r)
                panel[std::ptrdiff_t(i) * padded + v * w + r] =
                    r < rows ? source[std::ptrdiff_t(r) * B.stride + i] : T(0);
    }
}

// One tile: C[rows, vectors·width] = A B, or C += A B. Only `columns` columns of C exist.
template <int rows, int vectors, class T>
void tile(int k, const T *a, std::ptrdiff_t a_row, std::ptrdiff_t a_step, const T *b, std::ptrdiff_t b_step,
          T *c, std::ptrdiff_t c_row, int columns, bool add) {
    constexpr int w = simd::width<T>;
    simd::Vector<T> sum[rows][vectors] = {};
    for (int i = 0; i < k; ++i, a += a_step, b += b_step) {
        simd::Vector<T> line[vectors];
        for (int v = 0; v < vectors; ++v) line[v] = simd::load(b + v * w);
        for (int r = 0; r < rows; ++r) {
            const simd::Vector<T> x = simd::broadcast(a[r * a_row]);
            for (int v = 0; v < vectors; ++v) sum[r][v] += x * line[v];
        }
    }
    for (int r = 0; r < rows; ++r, c += c_row) {
        if (columns == vectors * w) {
            for (int v = 0; v < vectors; ++v)
                simd::store(c + v * w, add ? simd::load(c + v * w) + sum[r][v] : sum[r][v]);
        } else {
            T line[vectors * w];
            for (int v = 0; v < vectors; ++v) simd::store(line + v * w, sum[r][v]);
            for (int j = 0; j < columns; ++j) c[j] = add ? c[j] + line[j] : line[j];
        }
    }
}

template <class T>
using TileKernel = void (*)(int, const T *, std::ptrdiff_t, std::ptrdiff_t, const T *, std::ptrdiff_t, T *,
                            std::ptrdiff_t, int, bool);

// The kernel for a tile of `rows` rows.
template <class T, int vectors, int... row>
TileKernel<T> kernel_for(int rows, std::integer_sequence<int, row...>) {
    static constexpr TileKernel<T> all[] = {tile<row + 1, vectors, T>...};
    return all[rows - 1];
}

} // namespace product

// C (m, n) = A B or, with `add`, C += A B; C is row-major without gaps, `scratch` holds one panel.
template <class T>
void multiply_tiled(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, bool add, T *C,
                    T *scratch) {
    constexpr int w = simd::width<T>, wide = product::panel_width<T>;
    const bool flipped = A.transposed == Transpose::yes;
    const std::ptrdiff_t a_row = flipped ? 1 : A.stride, a_step = flipped ? A.stride : 1;
    for (int first = 0; first < n; first += wide) {
        const int columns = std::min(wide, n - first);
        const int vectors = columns > w ? 2 : 1;
        // A panel that is used for few rows is read where it lies.
        const bool in_place =
            B.transposed == Transpose::no && columns == vectors * w && m < 4 * product::tile_rows;
        if (!in_place) product::pack(B, k, first, columns, vectors, scratch);
        const T *panel = in_place ? B.data + first : scratch;
        const std::ptrdiff_t step = in_place ? B.stride : vectors * w;
        constexpr std::make_integer_sequence<int, product::tile_rows> heights;
        // Tiles of nearly equal height: a low one at the end would leave the registers idle.
        const int tiles = (m + product::tile_rows - 1) / product::tile_rows;
        for (int i = 0, row = 0; i < tiles; ++i) {
            const int rows = (m - row) / (tiles - i);
            const auto kernel = vectors == 2 ? product::kernel_for<T, 2>(rows, heights)
                                             : product::kernel_for<T, 1>(rows, heights);
            kernel(k, A.data + row * a_row, a_row, a_step, panel, step, C + std::ptrdiff_t(row) * n + first,
                   n, columns, add);
            row += rows;
        }
    }
}

} // namespace rosenblatt
