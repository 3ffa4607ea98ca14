// Which matrix product is taken: the choice follows from the build and the shape alone.
#pragma once

#include "bfloat16.hpp"
#include "blas.hpp"
#include "narrow.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace rosenblatt {

// Without AVX2 a BLAS tuned for the processor is far ahead; with long sums our panels leave the
// second cache and BLAS's blocking pays.
#if defined(__AVX2__)
inline constexpr int longest_tiled_sum = 4096;
#else
inline constexpr int longest_tiled_sum = 0;
#endif

// Rounding pays where each rounded factor is used often enough (measured; benchmarks/products.cpp).
inline bool rounding_pays(int m, int n, int k) {
    return m >= 24 && k >= 24 && k <= longest_tiled_sum && n >= 1024 / k;
}

// Elements of scratch that the products of `rows` rows with layers of up to `units` units need.
template <class T> std::size_t scratch_size(int rows, int units, Precision precision) {
    if (precision == Precision::ordered) return product::scratch_size<T>(std::max(units, rows));
    const int over_units = std::min(units, longest_tiled_sum), over_rows = std::min(rows, longest_tiled_sum);
    const std::size_t exact = product::scratch_size<T>(std::max(over_units, over_rows));
    if (precision == Precision::exact) return exact;
    return std::max(
        {exact, bfloat16::scratch_size(rows, over_units), bfloat16::scratch_size(units, over_rows)});
}

// C (m, n) = start + A B over sums of k terms, with `epilogue` applied to C while it is in cache.
template <class T, class Epilogue = NoEpilogue>
void multiply(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, const Accumulate<T> &start, T *C,
              T *scratch, Epilogue epilogue = {}, Precision precision = Precision::exact) {
    if constexpr (bfloat16::built && std::is_same_v<T, float>)
        if (precision == Precision::bfloat16 && rounding_pays(m, n, k)) {
            bfloat16::multiply(m, n, k, A, B, start, C, scratch, epilogue);
            return;
        }
    if (k <= longest_tiled_sum || precision == Precision::ordered) {
        multiply_columns(m, n, k, A, B, start, C, scratch, epilogue, n);
    } else {
        multiply_blas(m, n, k, A, B, start, C);
        for (int i = 0; i < m; ++i) epilogue(C + std::ptrdiff_t(i) * n, n);
    }
}

} // namespace rosenblatt
