// Matrix products from the BLAS that SciPy carries: its function pointers are handed in once.
#pragma once

#include "operand.hpp"

#include <algorithm>
#include <cstddef>

namespace rosenblatt {

// The Fortran interface: column-major, everything by address.
template <class T>
using Gemm = void (*)(char *trans_a, char *trans_b, int *m, int *n, int *k, T *alpha, T *a, int *lda, T *b,
                      int *ldb, T *beta, T *c, int *ldc);

// Of this build of the module alone: a symbol with linkage would be shared between builds.
template <class T> static Gemm<T> gemm_pointer = nullptr;

// C (m, n) = start + A B; C is row-major without gaps. A row-major matrix is its transpose in
// column-major, so that BLAS computes Cᵀ = Bᵀ Aᵀ.
template <class T>
void multiply_blas(int m, int n, int k, const Operand<T> &A, const Operand<T> &B, const Accumulate<T> &start,
                   T *C) {
    if (start.row)
        for (int i = 0; i < m; ++i) std::copy_n(start.row, n, C + std::ptrdiff_t(i) * n);
    char a_letter = char(A.transposed), b_letter = char(B.transposed);
    int a_stride = A.stride, b_stride = B.stride;
    T one = 1, beta = start.c || start.row ? T(1) : T(0);
    gemm_pointer<T>(&b_letter, &a_letter, &n, &m, &k, &one, const_cast<T *>(B.data), &b_stride,
                    const_cast<T *>(A.data), &a_stride, &beta, C, &n);
}

} // namespace rosenblatt
