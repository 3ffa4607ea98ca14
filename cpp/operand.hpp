// A factor of a matrix product, where it lies in memory.
#pragma once

namespace rosenblatt {

enum class Transpose : char { no = 'N', yes = 'T' }; // the letters are BLAS's

// Row-major with `stride` elements from row to row; a transposed operand stands for its transpose.
template <class T> struct Operand {
    const T *data;
    int stride;
    Transpose transposed = Transpose::no;
};

} // namespace rosenblatt
