// A matrix product for vectors of known width.
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
#include <type_traits>
#include <utility>

namespace rosenblatt {

namespace product {

template <class T> inline constexpr int panel_width = 2 * simd::width<T>;
// Accumulators, the panel's two vectors and one broadcast fit the registers.
inline constexpr int tile_rows = simd::registers == 32 ? 12 : 6;

// Elements of B that the first cache holds beside the tiles' rows of A and C.
template <class T> inline constexpr int resident = 16384 / int(sizeof(T));

// Elements of scratch that a product with this B needs: a panel, and the last columns of a strip of rows.
template <class T> inline std::size_t scratch_size(int k) {
    return (std::size_t(k) + std::size_t(simd::width<T>)) * std::size_t(panel_width<T>);
}

// Columns [first, first + columns) of B as a panel of `vectors` vectors.
template <class T> void pack(const Operand<T> &B, int k, int first, int columns, int vectors, T *panel) {
    constexpr int w = simd::width<T>;
    const int padded = vectors * w;
    if (B.transposed == Transpose::no) {
        const int last = columns - (vectors - 1) * w;
        const T *source = B.data + first;
        for (int i = 0; i < k; ++i, panel += padded, source += B.stride) {
            if (vectors == 2) simd::store(panel, simd::load(source));
            simd::store(panel + padded - w, simd::load_lanes(source + padded - w, last));
        }
        return;
    }
    for (int v = 0; v < vectors; ++v) {
        const T *source = B.data + std::ptrdiff_t(first + v * w) * B.stride;
        const int rows = std::min(w, columns - v * w);
        for (int i = 0; i < k; i += w) {
            const int lanes = std::min(w, k - i);
            T *to = panel + std::ptrdiff_t(i) * padded + v * w;
            if (rows == w && lanes == w) {
                simd::transpose_square<T>(source + i, B.stride, to, padded);
                continue;
            }
            simd::Vector<T> square[w] = {};
            for (int r = 0; r < rows; ++r)
                square[r] = simd::load_lanes(source + std::ptrdiff_t(r) * B.stride + i, lanes);
            simd::transpose_square<T>(square);
            for (int r = 0; r < lanes; ++r) simd::store(to + std::ptrdiff_t(r) * padded, square[r]);
        }
    }
}

template <class Epilogue>
concept InRegister = requires(Epilogue epilogue, simd::Vector<float> x) { epilogue.in_register(x); };

// One tile: C[rows, vectors·width] = epilogue(start + A B). Only `columns` columns of C exist.
template <int rows, int vectors, class T, InRegister Epilogue>
void tile(int k, const T *a, std::ptrdiff_t a_row, std::ptrdiff_t a_step, const T *b, std::ptrdiff_t b_step,
          Accumulate<T> start, T *c, std::ptrdiff_t c_row, int columns, Epilogue epilogue) {
    constexpr int w = simd::width<T>;
    const int last = columns - (vectors - 1) * w; // lanes of the last vector
    simd::Vector<T> sum[rows][vectors];
    const T *begin = start.c ? c : start.row;
    if (begin) {
        const std::ptrdiff_t step = start.c ? c_row : 0;
        simd::unrolled<rows>([&](auto r) {
            simd::unrolled<vectors>([&](auto v) {
                const T *from = begin + r * step + v * w;
                sum[r][v] = v + 1 < vectors ? simd::load(from) : simd::load_lanes(from, last);
            });
        });
    } else {
        simd::unrolled<rows>(
            [&](auto r) { simd::unrolled<vectors>([&](auto v) { sum[r][v] = simd::Vector<T>{}; }); });
    }
#pragma GCC unroll 4
    for (int i = 0; i < k; ++i, a += a_step, b += b_step) {
        simd::Vector<T> line[vectors];
        simd::unrolled<vectors>([&](auto v) { line[v] = simd::load(b + v * w); });
        simd::unrolled<rows>([&](auto r) {
            const simd::Vector<T> x = simd::broadcast(a[r * a_row]);
            simd::unrolled<vectors>([&](auto v) { sum[r][v] += x * line[v]; });
        });
    }
    simd::unrolled<rows>([&](auto r) {
        simd::unrolled<vectors>([&](auto v) {
            T *to = c + r * c_row + v * w;
            const simd::Vector<T> finished = epilogue.in_register(sum[r][v]);
            if (v + 1 < vectors)
                simd::store(to, finished);
            else
                simd::store_lanes(to, finished, last);
        });
    });
}

template <class T, class Epilogue>
using TileKernel = void (*)(int, const T *, std::ptrdiff_t, std::ptrdiff_t, const T *, std::ptrdiff_t,
                            Accumulate<T>, T *, std::ptrdiff_t, int, Epilogue);

// The kernel for a tile of `rows` rows.
template <class T, class Epilogue, int vectors, int... row>
TileKernel<T, Epilogue> kernel_for(int rows, std::integer_sequence<int, row...>) {
    static constexpr TileKernel<T, Epilogue> all[] = {tile<row + 1, vectors, T, Epilogue>...};
    return all[rows - 1];
}

} // namespace product

// C (m, n) = epilogue(start + A B); `c_row` elements separate the rows of C, `scratch` holds one panel.
template <class T, class Epilogue>
void multiply_tiled(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, const Accumulate<T> &start,
                    T *C, T *scratch, Epilogue epilogue, int c_row) {
    constexpr int w = simd::width<T>, wide = product::panel_width<T>;
    const bool flipped = A.transposed == Transpose::yes;
    const std::ptrdiff_t a_row = flipped ? 1 : A.stride, a_step = flipped ? A.stride : 1;
    for (int first = 0; first < n; first += wide) {
        const int columns = std::min(wide, n - first);
        const int vectors = columns > w ? 2 : 1;
        // Packing does not pay for few rows, nor for a panel in the first cache.
        const bool in_place = B.transposed == Transpose::no && columns == vectors * w &&
                              (m < 4 * product::tile_rows || k <= product::resident<T> / B.stride);
        if (!in_place) product::pack(B, k, first, columns, vectors, scratch);
        const T *panel = in_place ? B.data + first : scratch;
        const std::ptrdiff_t step = in_place ? B.stride : vectors * w;
        using OnStore = std::conditional_t<product::InRegister<Epilogue>, Epilogue, NoEpilogue>;
        const Accumulate<T> here{start.row ? start.row + first : nullptr, start.c};
        constexpr std::make_integer_sequence<int, product::tile_rows> heights;
        // Tiles of nearly equal height: a low one at the end would leave the registers idle.
        const int tiles = (m + product::tile_rows - 1) / product::tile_rows;
        for (int i = 0, row = 0; i < tiles; ++i) {
            const int rows = (m - row) / (tiles - i);
            const auto kernel = vectors == 2 ? product::kernel_for<T, OnStore, 2>(rows, heights)
                                             : product::kernel_for<T, OnStore, 1>(rows, heights);
            T *c = C + std::ptrdiff_t(row) * c_row + first;
            kernel(k, A.data + row * a_row, a_row, a_step, panel, step, here, c, c_row, columns, OnStore{});
            if constexpr (!product::InRegister<Epilogue>)
                for (int r = 0; r < rows; ++r, c += c_row) epilogue(c, columns);
            row += rows;
        }
    }
}

} // namespace rosenblatt
