// The three products of rows with a matrix of weights, each in the form that suits the shape: forward, and
// for the gradients of the weights and of the rows.
#pragma once

#include "gemv.hpp"
#include "multiply.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cstddef>

namespace rosenblatt {

// y = epilogue(start + x W), for W of shape (n_inputs, n_outputs).
template <class T, class Epilogue>
void linear(const Pass<T> &pass, const Rows<T> &x, int n_inputs, int n_outputs, const T *W,
            const Accumulate<T> &start, T *y, Epilogue epilogue) {
    if (x.sparse) {
        for (int row = 0; row < pass.rows; ++row) {
            T *out = y + std::ptrdiff_t(row) * n_outputs;
            sum_of_entries(x.entries(row), n_outputs, W, start.c ? out : start.row, out);
            epilogue(out, n_outputs);
        }
    } else if (n_outputs == 1) {
        dot_products(pass.rows, n_inputs, x.dense, W, start.c ? T(0) : *start.row, start.c, y);
        epilogue(y, pass.rows);
    } else if (pass.rows == 1) {
        sum_of_scaled_rows(n_inputs, n_outputs, W, x.dense, start.c ? y : start.row, y);
        epilogue(y, n_outputs);
    } else {
        multiply<T>(pass.rows, n_outputs, n_inputs, {x.dense, n_inputs}, {W, n_outputs}, start, y,
                    pass.scratch, epilogue, pass.precision);
    }
}

// dW = xᵀ δ, or dW += for all blocks of a batch but the first.
template <class T>
void weight_gradient(const Pass<T> &pass, const Rows<T> &x, int n_inputs, int n_outputs, const T *delta,
                     T *dW) {
    if (x.sparse) {
        if (!pass.accumulate) std::fill_n(dW, std::size_t(n_inputs) * std::size_t(n_outputs), T(0));
        x.add_transposed_product(pass.rows, delta, n_outputs, dW);
    } else if (n_outputs == 1) {
        sum_of_scaled_rows(pass.rows, n_inputs, x.dense, delta, pass.accumulate ? dW : nullptr, dW);
    } else if (pass.rows == 1) {
        outer_product(n_inputs, n_outputs, x.dense, delta, pass.accumulate, dW);
    } else {
        multiply<T>(n_inputs, n_outputs, pass.rows, {x.dense, n_inputs, Transpose::yes}, {delta, n_outputs},
                    {.c = pass.accumulate}, dW, pass.scratch, {}, pass.precision);
    }
}

// dx = δ Wᵀ, or dx += with `add`.
template <class T>
void input_gradient(const Pass<T> &pass, int n_inputs, int n_outputs, const T *delta, const T *W, bool add,
                    T *dx) {
    if (n_outputs == 1)
        outer_product(pass.rows, n_inputs, delta, W, add, dx);
    else if (pass.rows == 1)
        dot_products(n_inputs, n_outputs, W, delta, T(0), add, dx);
    else
        multiply<T>(pass.rows, n_inputs, n_outputs, {delta, n_outputs}, {W, n_outputs, Transpose::yes},
                    {.c = add}, dx, pass.scratch, {}, pass.precision);
}

} // namespace rosenblatt
