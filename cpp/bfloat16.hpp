// Products whose factors are rounded to bfloat16 and whose sums are float32, on processors with AVX512-BF16.
//
// There one instruction multiplies sixteen pairs of neighbouring terms and adds them up, twice the work of
// a float32 multiply-add. Factors are stored as float32 and rounded anew by each product (to
// nearest, ties to even): A as a whole, B panel by panel. A pair travels in the 32 bits of a float, its
// earlier term in the lower half; an odd last term is paired with zero. Otherwise product.hpp's tiles and
// panels.
#pragma once

#include "product.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace rosenblatt::bfloat16 {

#if defined(__AVX512F__)

inline constexpr bool built = true;

// Whether this processor has the instructions.
inline bool supported() {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16");
}

inline constexpr int w = simd::width<float>, wide = product::panel_width<float>;

inline constexpr int pairs_of(int k) { return (k + 1) / 2; }
// Panels are transposed in squares of pairs.
inline constexpr int padded_pairs_of(int k) { return (pairs_of(k) + w - 1) / w * w; }

// Elements of scratch that a product needs: a panel of B, and pairs of A, which has k rows or k columns.
inline std::size_t scratch_size(int m, int k) {
    return std::size_t(padded_pairs_of(k)) * wide + std::size_t(m) * std::size_t(pairs_of(k));
}

inline int clamped(int lanes) { return std::clamp(lanes, 0, w); }

// Lanes 0 to 15 of the result hold the terms of `low`, 16 to 31 those of `high`.
[[gnu::target("avx512bf16")]] inline __m512i rounded(simd::Vector<float> low, simd::Vector<float> high) {
    return (__m512i)_mm512_cvtne2ps_pbh(__m512(high), __m512(low));
}

// Rows of k neighbouring terms, in pairs.
[[gnu::target("avx512bf16")]] inline void pack_rows(const float *from, std::ptrdiff_t stride, int rows, int k,
                                                    float *to, std::ptrdiff_t to_stride) {
    for (int row = 0; row < rows; ++row, from += stride, to += to_stride)
        for (int i = 0; i < k; i += 2 * w) {
            const auto low = simd::load_lanes(from + i, clamped(k - i));
            const auto high = simd::load_lanes(from + i + w, clamped(k - i - w));
            simd::store_lanes(to + i / 2, simd::Vector<float>(rounded(low, high)), clamped(pairs_of(k - i)));
        }
}

// Neighbouring terms are rows 2i and 2i + 1: `columns` of each, in pairs. With `whole` the last
// vector of a row is stored whole, zeros behind its columns.
[[gnu::target("avx512bf16")]] inline void pack_columns(const float *from, std::ptrdiff_t stride, int columns,
                                                       int k, float *to, std::ptrdiff_t to_stride,
                                                       bool whole) {
    const __m512i turns = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23,
                                           7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    for (int i = 0; i < k; i += 2, from += 2 * stride, to += to_stride)
        for (int j = 0; j < columns; j += w) {
            const int lanes = clamped(columns - j);
            const auto low = simd::load_lanes(from + j, lanes);
            const auto high = i + 1 < k ? simd::load_lanes(from + stride + j, lanes) : simd::Vector<float>{};
            const __m512i pairs = _mm512_permutexvar_epi16(turns, rounded(low, high));
            simd::store_lanes(to + j, simd::Vector<float>(pairs), whole ? w : lanes);
        }
}

// Columns [first, first + columns) of B as a panel of `vectors` vectors of pairs.
[[gnu::target("avx512bf16")]] inline void pack(const Operand<float> &B, int k, int first, int columns,
                                               int vectors, float *panel) {
    const int padded = vectors * w;
    if (B.transposed == Transpose::no) {
        pack_columns(B.data + first, B.stride, columns, k, panel, padded, true);
        return;
    }
    for (int v = 0; v < vectors; ++v) {
        alignas(64) float square[w * w] = {};
        const float *source = B.data + std::ptrdiff_t(first + v * w) * B.stride;
        for (int i = 0; i < k; i += 2 * w) {
            pack_rows(source + i, B.stride, clamped(columns - v * w), std::min(k - i, 2 * w), square, w);
            simd::transpose_square<float>(square, w, panel + std::ptrdiff_t(i / 2) * padded + v * w, padded);
        }
    }
}

template <int vectors, class Epilogue, class Cells> struct Tile;

// As product::tile, written without lambdas: those would not inherit the target.
template <int vectors, class Epilogue, int... cell>
struct Tile<vectors, Epilogue, std::integer_sequence<int, cell...>> {
    [[gnu::target("avx512bf16")]] static void run(int pairs, const float *a, std::ptrdiff_t a_row,
                                                  std::ptrdiff_t a_step, const float *panel,
                                                  Accumulate<float> start, float *c, std::ptrdiff_t c_row,
                                                  int columns, Epilogue epilogue) {
        const int last = columns - (vectors - 1) * w; // lanes of the last vector
        simd::Vector<float> sum[sizeof...(cell)];
        const float *begin = start.c ? c : start.row;
        if (begin) {
            const std::ptrdiff_t step = start.c ? c_row : 0;
            ((sum[cell] = simd::load_lanes(begin + cell / vectors * step + cell % vectors * w,
                                           cell % vectors + 1 < vectors ? w : last)),
             ...);
        } else {
            ((sum[cell] = simd::Vector<float>{}), ...);
        }
#pragma GCC unroll 4
        for (int i = 0; i < pairs; ++i, a += a_step, panel += vectors * w) {
            const __m512bh line[2] = {(__m512bh)simd::load(panel),
                                      (__m512bh)simd::load(panel + (vectors - 1) * w)};
            ((sum[cell] = simd::Vector<float>(
                  _mm512_dpbf16_ps(__m512(sum[cell]), (__m512bh)_mm512_set1_ps(a[cell / vectors * a_row]),
                                   line[cell % vectors]))),
             ...);
        }
        (simd::store_lanes(c + cell / vectors * c_row + cell % vectors * w, epilogue.in_register(sum[cell]),
                           cell % vectors + 1 < vectors ? w : last),
         ...);
    }
};

template <int vectors, class Epilogue, int... row>
auto kernel_for(int rows, std::integer_sequence<int, row...>) {
    static constexpr decltype(&Tile<vectors, Epilogue, std::integer_sequence<int, 0>>::run) all[] = {
        &Tile<vectors, Epilogue, std::make_integer_sequence<int, (row + 1) * vectors>>::run...};
    return all[rows - 1];
}

// As multiply_tiled; `scratch` holds scratch_size(m, k) elements.
template <class Epilogue>
void multiply(int m, int n, int k, const Operand<float> &A, const Operand<float> &B,
              const Accumulate<float> &start, float *C, float *scratch, Epilogue epilogue) {
    using OnStore = std::conditional_t<product::InRegister<Epilogue>, Epilogue, NoEpilogue>;
    constexpr std::make_integer_sequence<int, product::tile_rows> heights;
    const int pairs = pairs_of(k), tiles = (m + product::tile_rows - 1) / product::tile_rows;
    const bool flipped = A.transposed == Transpose::yes;
    const std::ptrdiff_t a_row = flipped ? 1 : pairs, a_step = flipped ? m : 1;
    float *panel = scratch, *left = scratch + std::size_t(padded_pairs_of(k)) * wide;
    if (flipped)
        pack_columns(A.data, A.stride, m, k, left, m, false);
    else
        pack_rows(A.data, A.stride, m, k, left, pairs);
    for (int first = 0; first < n; first += wide) {
        const int columns = std::min(wide, n - first);
        const int vectors = columns > w ? 2 : 1;
        pack(B, k, first, columns, vectors, panel);
        const Accumulate<float> here{start.row ? start.row + first : nullptr, start.c};
        for (int i = 0, row = 0; i < tiles; ++i) {
            const int rows = (m - row) / (tiles - i);
            const auto kernel =
                vectors == 2 ? kernel_for<2, OnStore>(rows, heights) : kernel_for<1, OnStore>(rows, heights);
            float *c = C + std::ptrdiff_t(row) * n + first;
            kernel(pairs, left + row * a_row, a_row, a_step, panel, here, c, n, columns, OnStore{});
            if constexpr (!product::InRegister<Epilogue>)
                for (int r = 0; r < rows; ++r, c += n) epilogue(c, columns);
            row += rows;
        }
    }
}

#else

inline constexpr bool built = false;
inline bool supported() { return false; }
inline std::size_t scratch_size(int, int) { return 0; }
template <class Epilogue>
void multiply(int m, int n, int k, const Operand<float> &A, const Operand<float> &B,
              const Accumulate<float> &start, float *C, float *scratch, Epilogue epilogue); // never called

#endif

} // namespace rosenblatt::bfloat16
