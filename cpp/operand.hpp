// A factor of a matrix product, where it lies in memory.
#pragma once

namespace rosenblatt {

enum class Transpose : char { no = 'N', yes = 'T' }; // the letters are BLAS's

// What becomes of the precision before they are multiplied, where it pays; sums are of the operands' type.
enum class Precision { exact, bfloat16 };

// Row-major with `stride` elements from row to row; a transposed operand stands for its transpose.
template <class T> struct Operand {
    const T *data;
    int stride;
    Transpose transposed = Transpose::no;
};

// What a product C is added to: nothing, one row that all rows of C share, or what C holds.
template <class T> struct Accumulate {
    const T *row = nullptr;
    bool c = false;
};

// What happens to C as soon as it is there, while it is in cache (a stretch of so many elements) or, where
// there is an `in_register`, before it is stored (a vector): here nothing.
struct NoEpilogue {
    template <class V> V in_register(V x) const { return x; }
    template <class T> void operator()(T *, int) const {}
};

} // namespace rosenblatt
