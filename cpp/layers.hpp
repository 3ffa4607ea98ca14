// The layers of a chain. Every layer is a struct with the same few members, and the loop in
// propagate.hpp asks for nothing else:
//
//   in_place             the output overwrites the input, and the gradient likewise
//   n_outputs            units that leave it
//   parameters()         its stretches of the flat parameter vector
//   forward(pass, x, y)              y from x
//   backward(pass, x, y, dy, dx)     its gradient and dx from dy; dx is null where nobody needs it
//
// and, where it is needed:
//
//   gradient_in_place    the gradient overwrites the one that came, whatever the output does
//   kept(rows)           elements that it keeps from its way forward for its way back
//
// Layers that not every network has keep out of line, so that the loop stays as short as the others need it.
#pragma once

#include "batch_normalize.hpp"
#include "dropout.hpp"
#include "elementwise.hpp"
#include "linear.hpp"
#include "normalize.hpp"
#include "pass.hpp"
#include "residual.hpp"

#include <cstddef>
#include <variant>
#include <vector>

namespace rosenblatt {

// a = g(x W + b) (theory B1, B2); δ = g'(z) ⊙ upstream, dW = xᵀ δ (B9), db = Σ δ (B10), dx = δ Wᵀ (B8).
// g acts on each unit alone, its derivative is told by a, and it joins the passes that make z and db while
// their data are in cache.
template <class T> struct Dense {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs;
    std::size_t offset; // of W in the flat vector; b follows
    Activation activation = Identity{};
    bool adds = false; // dx to what a residual connection has left there

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_outputs); }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

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
        if (dx) input_gradient(pass, n_inputs, n_outputs, delta, W, adds, dx);
    }
};

// An activation whose derivative takes z, which the layer before keeps.
template <class T> struct ActivationFromInput {
    static constexpr bool in_place = false;
    int n_outputs;
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &z, T *a) const {
        visit_from_input(activation, [&](auto g) { apply(g, size(pass), z.dense, a); });
    }

    void backward(const Pass<T> &pass, const Rows<T> &z, const T *, T *da, T *dz) const {
        visit_from_input(activation, [&](auto g) { pull_back(g, size(pass), z.dense, da, dz); });
    }

  private:
    std::ptrdiff_t size(const Pass<T> &pass) const { return std::ptrdiff_t(pass.rows) * n_outputs; }
};

// An activation that mixes the units of a row, in place.
template <class T> struct RowwiseActivation {
    static constexpr bool in_place = true;
    int n_outputs;
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &, T *a) const {
        visit_rowwise(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row)
                g.forward_row(a + std::ptrdiff_t(row) * n_outputs, n_outputs);
        });
    }

    void backward(const Pass<T> &pass, const Rows<T> &, const T *a, T *grad, T *) const {
        visit_rowwise(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                const std::ptrdiff_t start = std::ptrdiff_t(row) * n_outputs;
                g.backward_row(a + start, grad + start, n_outputs);
            }
        });
    }
};

template <class T>
using Layer = std::variant<Dense<T>, ActivationFromInput<T>, RowwiseActivation<T>, NormalizeRows<T>,
                           NormalizeColumns<T>, Dropout<T>, ResidualAdd<T>>;

} // namespace rosenblatt
