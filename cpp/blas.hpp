// Matrix products, from the BLAS that SciPy carries: its function pointers are handed in once.
#pragma once

namespace rosenblatt {

// The Fortran interface: column-major, everything by address.
template <class T>
using Gemm = void (*)(char* trans_a, char* trans_b, int* m, int* n, int* k, T* alpha, T* a, int* lda,
                      T* b, int* ldb, T* beta, T* c, int* ldc);

template <class T> inline Gemm<T> gemm_pointer = nullptr;

enum class Transpose : char { no = 'N', yes = 'T' };

// Row-major C (m, n) = A B + beta C, where A is (m, k) and B is (k, n) once transposed as asked.
// A row-major matrix is its transpose in column-major, so this is Cᵀ = Bᵀ Aᵀ + beta Cᵀ.
template <class T>
void multiply(Transpose ta, Transpose tb, int m, int n, int k, const T* a, const T* b, T beta, T* c) {
    char trans_a = char(ta), trans_b = char(tb);
    int lda = ta == Transpose::no ? k : m, ldb = tb == Transpose::no ? n : k;
    T one = 1;
    gemm_pointer<T>(&trans_b, &trans_a, &n, &m, &k, &one, const_cast<T*>(b), &ldb,
                    const_cast<T*>(a), &lda, &beta, c, &n);
}

} // namespace rosenblatt
