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

// C (m, n) = A B or, with `add`, C += A B, over sums of k terms.
template <class T>
void multiply(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, bool add, T *C, T *scratch) {
    if (k <= longest_tiled_sum)
        multiply_tiled(m, n, k, A, B, add, C, scratch);
    else
        multiply_blas(m, n, k, A, B, add, C);
}

} // namespace rosenblatt
