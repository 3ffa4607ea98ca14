// The fully connected layer.
#pragma once

#include "elementwise.hpp"
#include "linear.hpp"
#include "pass.hpp"

#include <cstddef>
#include <vector>

namespace rosenblatt {

// a = g(x W + b) (theory B1, B2); δ = g'(z) ⊙ upstream, dW = xᵀ δ (B9), db = Σ δ (B10), dx = δ Wᵀ (B8).
// g is elementwise with a derivative that follows from a; it is fused into the passes that compute z and db,
// while their data are in cache.
template <class T> struct Dense {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs;
    std::size_t offset; // of W in the flat vector; b follows
    Activation activation = Identity{};
    bool adds_to_dx = false; // to the gradient that a residual connection has written there

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_outputs); }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {offset, n_inputs, n_outputs}; }

    void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        visit_from_output(activation, [&](auto g) {
            const T *W = pass.theta + offset, *b = W + n_weights();
            linear(pass, x, n_inputs, n_outputs, W, {b, false}, a, ActivationEpilogue<decltype(g)>{g});
        });
    }

    void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta, T *dx) const {
        const T *W = pass.theta + offset;
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n_outputs, n_outputs, a, delta, pass.accumulate, db);
        });
        if (x.sparse && pass.columns)
            pass.columns->take(x, pass.rows);
        else
            weight_gradient(pass, x, n_inputs, n_outputs, delta, dW);
        if (dx) input_gradient(pass, n_inputs, n_outputs, delta, W, adds_to_dx, dx);
    }

    // The parts of a step that ColumnParallel distributes: columns [from, to) of a and δ, rows [from, to) of
    // W. All of them take dense x and products without BLAS.

    // a[:, columns] = g(x W[:, columns] + b[columns]).
    void forward_columns(const Pass<T> &pass, const T *x, T *a, int from, int to) const {
        const T *W = pass.theta + offset, *b = W + n_weights();
        visit_from_output(activation, [&](auto g) {
            multiply_tiled<T>(pass.rows, to - from, n_inputs, {x, n_inputs}, {W + from, n_outputs},
                              {b + from, false}, a + from, pass.scratch, ActivationEpilogue<decltype(g)>{g},
                              n_outputs);
        });
    }

    // δ = g'(z) ⊙ upstream and db, of the columns.
    void backward_activation(const Pass<T> &pass, const T *a, T *delta, int from, int to) const {
        T *db = pass.gradient + offset + n_weights();
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, to - from, n_outputs, a + from, delta + from, false, db + from);
        });
    }

    // dx of the inputs [from, to) = δ W[rows]ᵀ.
    void input_gradient_rows(const Pass<T> &pass, const T *delta, T *dx, int from, int to) const {
        const T *W = pass.theta + offset;
        // W of one output is its own transpose.
        const Operand<T> transposed =
            n_outputs == 1 ? Operand<T>{W + from, n_inputs}
                           : Operand<T>{W + std::ptrdiff_t(from) * n_outputs, n_outputs, Transpose::yes};
        multiply_tiled<T>(pass.rows, to - from, n_outputs, {delta, n_outputs}, transposed, {}, dx + from,
                          pass.scratch, NoEpilogue{}, n_inputs);
    }

    // dW[rows] = xᵀ δ.
    void weight_gradient_rows(const Pass<T> &pass, const T *x, const T *delta, int from, int to) const {
        T *dW = pass.gradient + offset + std::ptrdiff_t(from) * n_outputs;
        if (n_outputs == 1)
            multiply_tiled<T>(1, to - from, pass.rows, {delta, pass.rows}, {x + from, n_inputs}, {}, dW,
                              pass.scratch, NoEpilogue{}, to - from);
        else
            multiply_tiled<T>(to - from, n_outputs, pass.rows, {x + from, n_inputs, Transpose::yes},
                              {delta, n_outputs}, {}, dW, pass.scratch, NoEpilogue{}, n_outputs);
    }
};

} // namespace rosenblatt
