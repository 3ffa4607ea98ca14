// The fully connected layer.
#pragma once

#include "elementwise.hpp"
#include "linear.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rosenblatt {

// g as the epilogue of a product that is multiplied by a factor first.
template <class G, class T> struct ScaledEpilogue {
    G g;
    T factor;
    void operator()(T *stretch, int size) const {
#pragma omp simd
        for (int i = 0; i < size; ++i) stretch[i] *= factor;
        apply(g, size, stretch, stretch);
    }
};

// a = g(x W + b) (theory B1, B2); δ = g'(z) ⊙ upstream, dW = xᵀ δ (B9), db = Σ δ (B10), dx = δ Wᵀ (B8).
// g is elementwise with a derivative that follows from a; it is fused into the passes that compute z and db,
// while their data are in cache. With `ntk` a = g(x W / √n_inputs + b) (N10).
template <class T> struct Dense {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs;
    std::size_t offset; // of W in the flat vector; b follows
    Activation activation = Identity{};
    bool adds_to_dx = false; // to the gradient that a residual connection has written there
    bool ntk = false;

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_outputs); }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {offset, n_inputs, n_outputs}; }

    // Of the products, and a row of biases.
    std::size_t scratch_size(int rows) const {
        return ntk ? products_scratch(rows) + std::size_t(n_outputs) : 0;
    }

    void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        if (ntk) return forward_scaled(pass, x, a);
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
        if (ntk) scale(std::ptrdiff_t(pass.rows) * n_outputs, factor(), delta);
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
            multiply_columns<T>(pass.rows, to - from, n_inputs, {x, n_inputs}, {W + from, n_outputs},
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
        multiply_columns<T>(pass.rows, to - from, n_outputs, {delta, n_outputs}, transposed, {}, dx + from,
                            pass.scratch, NoEpilogue{}, n_inputs);
    }

    // dW[rows] = xᵀ δ.
    void weight_gradient_rows(const Pass<T> &pass, const T *x, const T *delta, int from, int to) const {
        T *dW = pass.gradient + offset + std::ptrdiff_t(from) * n_outputs;
        if (n_outputs == 1)
            multiply_tiled<T>(1, to - from, pass.rows, {delta, pass.rows}, {x + from, n_inputs}, {}, dW,
                              pass.scratch, NoEpilogue{}, to - from);
        else
            multiply_columns<T>(to - from, n_outputs, pass.rows, {x + from, n_inputs, Transpose::yes},
                                {delta, n_outputs}, {}, dW, pass.scratch, NoEpilogue{}, n_outputs);
    }

  private:
    T factor() const { return T(1 / std::sqrt(double(n_inputs))); }

    std::size_t products_scratch(int rows) const {
        const std::size_t size =
            rosenblatt::scratch_size<T>(rows, std::max(n_inputs, n_outputs), Precision::bfloat16);
        return (size + 15) / 16 * 16;
    }

    // The product begins with b / f, so that f times it is z.
    [[gnu::noinline]] void forward_scaled(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const T *W = pass.theta + offset, *b = W + n_weights();
        T *begin = pass.scratch + products_scratch(pass.space->block_rows);
        const T f = factor(), inverse = T(std::sqrt(double(n_inputs)));
        for (int j = 0; j < n_outputs; ++j) begin[j] = inverse * b[j];
        visit_from_output(activation, [&](auto g) {
            linear(pass, x, n_inputs, n_outputs, W, {begin, false}, a, ScaledEpilogue<decltype(g), T>{g, f});
        });
    }

    [[gnu::noinline]] static void scale(std::ptrdiff_t n, T f, T *values) {
#pragma omp simd
        for (std::ptrdiff_t i = 0; i < n; ++i) values[i] *= f;
    }
};

} // namespace rosenblatt
