// Operands of a matrix product, and what is done with its result.
#pragma once

namespace rosenblatt {

enum class Transpose : char { no = 'N', yes = 'T' }; // the letters are BLAS's

// Of the operands when they are multiplied: as they are, or rounded where it pays. Sums keep their type.
// `ordered` is exact as well, and its sums have one order for all rows: BLAS, which may take another for some
// of them, is not called.
enum class Precision { exact, ordered, bfloat16 };

// Row-major with `stride` elements from row to row; a transposed operand is used as its transpose.
template <class T> struct Operand {
    const T *data;
    int stride;
    Transpose transposed = Transpose::no;
};

// What a product is added to: nothing, one row (a bias), or the present values of C.
template <class T> struct Accumulate {
    const T *row = nullptr;
    bool c = false;
};

// The operation on C as soon as it is computed, while it is in cache (on elements of C that lie side by side)
// or, with an `in_register`, before it is stored (on a vector): here none.
struct NoEpilogue {
    template <class V> V in_register(V x) const { return x; }
    template <class T> void operator()(T *, int) const {}
};

} // namespace rosenblatt
