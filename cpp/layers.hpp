// The layers of a chain. Every layer is a struct with the same few members, and the loop in
// propagate.hpp asks for nothing else:
//
//   in_place             the output overwrites the input, and the gradient likewise
//   n_outputs            units that leave it
//   parameters()         its stretches of the flat parameter vector
//   forward(pass, x, y)              y from x
//   backward(pass, x, y, dy, dx)     its gradient and dx from dy; dx is null where nobody needs it
#pragma once

#include "elementwise.hpp"
#include "matrix.hpp"
#include "multiply.hpp"
#include "thin.hpp"

#include <algorithm>
#include <cstddef>
#include <variant>
#include <vector>

namespace rosenblatt {

// What a layer may know of the pass that it takes part in. A pass is one thread's block of rows.
template <class T> struct Pass {
    const T *theta;
    T *gradient; // the thread's own, of the size of theta; null when predicting
    T *scratch;  // for the matrix products
    int rows;
    bool accumulate;   // add to the gradient: not the thread's first block of this batch
    std::int64_t step; // steps taken before this one, over all epochs
    std::int64_t row;  // number of the first row in its batch
    // Where a sparse input's entries go, for the optimiser to compute dW from δ; null for dW at once.
    BlockColumns<T> *columns = nullptr;
    Factors factors = Factors::exact; // of the matrix products
};

struct Stretch {
    std::size_t begin, size;
    bool penalised;
};

// a = g(x W + b) (theory B1, B2); δ = g'(z) ⊙ upstream, dW = xᵀ δ (B9), db = Σ δ (B10), dx = δ Wᵀ (B8).
// g acts on each unit alone, its derivative is told by a, and it joins the passes that make z and db while
// their data are in cache.
template <class T> struct Dense {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs;
    std::size_t offset; // of W in the flat vector; b follows
    Activation activation = Identity{};

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_outputs); }

    std::vector<Stretch> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        visit_telling(activation, [&](auto g) {
            const T *W = pass.theta + offset, *b = W + n_weights();
            const Finish<decltype(g)> finish{g};
            if (x.sparse) {
                for (int row = 0; row < pass.rows; ++row) {
                    T *out = a + std::ptrdiff_t(row) * n_outputs;
                    sum_of_entries(x.entries(row), n_outputs, W, b, out);
                    finish(out, n_outputs);
                }
            } else if (n_outputs == 1) {
                dot_products(pass.rows, n_inputs, x.dense, W, *b, a);
                finish(a, pass.rows);
            } else if (pass.rows == 1) {
                sum_of_scaled_rows(n_inputs, n_outputs, W, x.dense, b, a);
                finish(a, n_outputs);
            } else {
                multiply<T>(pass.rows, n_outputs, n_inputs, {x.dense, n_inputs}, {W, n_outputs}, {b, false},
                            a, pass.scratch, finish, pass.factors);
            }
        });
    }

    void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta, T *dx) const {
        const T *W = pass.theta + offset;
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        visit_telling(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n_outputs, n_outputs, a, delta, pass.accumulate, db);
        });
        if (x.sparse && pass.columns) {
            pass.columns->take(x, pass.rows);
        } else if (x.sparse) {
            if (!pass.accumulate) std::fill(dW, dW + n_weights(), T(0));
            x.add_transposed_product(pass.rows, delta, n_outputs, dW);
        } else if (n_outputs == 1) {
            sum_of_scaled_rows(pass.rows, n_inputs, x.dense, delta, pass.accumulate ? dW : nullptr, dW);
        } else if (pass.rows == 1) {
            outer_product(n_inputs, n_outputs, x.dense, delta, pass.accumulate, dW);
        } else {
            multiply<T>(n_inputs, n_outputs, pass.rows, {x.dense, n_inputs, Transpose::yes},
                        {delta, n_outputs}, {nullptr, pass.accumulate}, dW, pass.scratch, {}, pass.factors);
        }
        if (!dx) return;
        if (n_outputs == 1)
            outer_product(pass.rows, n_inputs, delta, W, false, dx);
        else if (pass.rows == 1)
            dot_products(n_inputs, n_outputs, W, delta, T(0), dx);
        else
            multiply<T>(pass.rows, n_inputs, n_outputs, {delta, n_outputs}, {W, n_outputs, Transpose::yes},
                        {}, dx, pass.scratch, {}, pass.factors);
    }
};

// An activation whose derivative takes z, which the layer before keeps.
template <class T> struct ActivateApart {
    static constexpr bool in_place = false;
    int n_outputs;
    Activation activation;

    std::vector<Stretch> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &z, T *a) const {
        visit_needing(activation, [&](auto g) { apply(g, size(pass), z.dense, a); });
    }

    void backward(const Pass<T> &pass, const Rows<T> &z, const T *, T *da, T *dz) const {
        visit_needing(activation, [&](auto g) { pull_back(g, size(pass), z.dense, da, dz); });
    }

  private:
    std::ptrdiff_t size(const Pass<T> &pass) const { return std::ptrdiff_t(pass.rows) * n_outputs; }
};

// An activation that mixes the units of a row, in place.
template <class T> struct Activate {
    static constexpr bool in_place = true;
    int n_outputs;
    Activation activation;

    std::vector<Stretch> parameters() const { return {}; }

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

template <class T> using Layer = std::variant<Dense<T>, ActivateApart<T>, Activate<T>>;

} // namespace rosenblatt
