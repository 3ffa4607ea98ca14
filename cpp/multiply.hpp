// Which matrix product is taken: the choice follows from the build and the shape alone.
#pragma once

#include "blas.hpp"
#include "product.hpp"

namespace rosenblatt {

// Without AVX2 a BLAS that knows the processor is far ahead; with long sums our panels leave the
// second cache and BLAS's blocking pays.
#if defined(__AVX2__)
inline constexpr int longest_tiled_sum = 4096;
#else
inline constexpr int longest_tiled_sum = 0;
#endif

// Elements of scratch that products with sums of up to k terms need.
template <class T> std::size_t scratch_size(int k) {
    return product::scratch_size<T>(std::min(k, longest_tiled_sum));
}

// C (m, n) = start + A B over sums of k terms, each stretch of C given to `finish` while it is in cache.
template <class T, class Finish = Leave>
void multiply(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, const Start<T> &start, T *C,
              T *scratch, Finish finish = {}) {
    if (k <= longest_tiled_sum) {
        multiply_tiled(m, n, k, A, B, start, C, scratch, finish);
    } else {
        multiply_blas(m, n, k, A, B, start, C);
        for (int i = 0; i < m; ++i) finish(C + std::ptrdiff_t(i) * n, n);
    }
}

} // namespace rosenblatt
