// The layers of a chain. Every layer is a struct with the same few members, and the loop in
// propagate.hpp asks for nothing else:
//
//   in_place             the output overwrites the input, and the gradient likewise
//   n_outputs            units that leave it
//   parameters()         its stretches of the flat parameter vector
//   forward(pass, x, y)              y from x
//   backward(pass, x, y, dy, dx)     its gradient and dx from dy; dx is null where nobody needs it
#pragma once

#include "catalogue.hpp"
#include "matrix.hpp"
#include "multiply.hpp"

#include <cstddef>
#include <type_traits>
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
};

struct Stretch {
    std::size_t begin, size;
    bool penalised;
};

// z = x W + b (theory B1), dW = xᵀ δ (B9), db = Σ δ (B10), dx = δ Wᵀ (B8).
template <class T> struct Dense {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs;
    std::size_t offset; // of W in the flat vector; b follows

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_outputs); }

    std::vector<Stretch> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    void forward(const Pass<T> &pass, const Rows<T> &x, T *z) const {
        const T *W = pass.theta + offset, *b = W + n_weights();
        for (int row = 0; row < pass.rows; ++row)
            std::copy(b, b + n_outputs, z + std::ptrdiff_t(row) * n_outputs);
        if (x.sparse)
            x.add_product(pass.rows, W, n_outputs, z);
        else if (n_outputs == 1)
            add_dot_products(pass.rows, n_inputs, x.dense, W, z);
        else if (pass.rows == 1)
            add_scaled_rows(n_inputs, n_outputs, W, x.dense, z);
        else
            multiply<T>(pass.rows, n_outputs, n_inputs, {x.dense, n_inputs}, {W, n_outputs}, true, z,
                        pass.scratch);
    }

    void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dz, T *dx) const {
        const T *W = pass.theta + offset;
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        if (!pass.accumulate) std::fill(db, db + n_outputs, T(0));
        for (int row = 0; row < pass.rows; ++row) {
            const T *d = dz + std::ptrdiff_t(row) * n_outputs;
            for (int k = 0; k < n_outputs; ++k) db[k] += d[k];
        }
        if (x.sparse || n_outputs == 1) {
            if (!pass.accumulate) std::fill(dW, dW + n_weights(), T(0));
            if (x.sparse)
                x.add_transposed_product(pass.rows, dz, n_outputs, dW);
            else
                add_scaled_rows(pass.rows, n_inputs, x.dense, dz, dW);
        } else {
            multiply<T>(n_inputs, n_outputs, pass.rows, {x.dense, n_inputs, Transpose::yes}, {dz, n_outputs},
                        pass.accumulate, dW, pass.scratch);
        }
        if (!dx) return;
        if (n_outputs == 1) {
            outer_product(pass.rows, dz, W, dx);
        } else if (pass.rows == 1) {
            std::fill(dx, dx + n_inputs, T(0));
            add_dot_products(n_inputs, n_outputs, W, dz, dx);
        } else {
            multiply<T>(pass.rows, n_inputs, n_outputs, {dz, n_outputs}, {W, n_outputs, Transpose::yes},
                        false, dx, pass.scratch);
        }
    }

  private:
    // One output unit, or one row, makes the products too thin for tiles.

    // out[row] += m[row, :] · v
    static void add_dot_products(int rows, int columns, const T *m, const T *v, T *out) {
        for (int row = 0; row < rows; ++row, m += columns) {
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < columns; ++i) sum += m[i] * v[i];
            out[row] += sum;
        }
    }

    // out += Σ_row v[row] m[row, :]
    static void add_scaled_rows(int rows, int columns, const T *m, const T *v, T *out) {
        for (int row = 0; row < rows; ++row, m += columns) {
            const T factor = v[row];
            for (int i = 0; i < columns; ++i) out[i] += factor * m[i];
        }
    }

    void outer_product(int rows, const T *dz, const T *w, T *dx) const {
        for (int row = 0; row < rows; ++row, dx += n_inputs) {
            const T d = dz[row];
            for (int i = 0; i < n_inputs; ++i) dx[i] = d * w[i];
        }
    }
};

// a = g(z) and δ = g'(z) ⊙ upstream (theory B2, B7, B8), both in place.
template <class T> struct Activate {
    static constexpr bool in_place = true;
    int n_outputs;
    Activation activation;

    std::vector<Stretch> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &, T *a) const {
        each_row_or_element(
            pass.rows, [a](auto g, std::ptrdiff_t i) { a[i] = g.value(a[i]); },
            [a, this](auto g, std::ptrdiff_t start) { g.forward_row(a + start, n_outputs); });
    }

    void backward(const Pass<T> &pass, const Rows<T> &, const T *a, T *grad, T *) const {
        each_row_or_element(
            pass.rows, [a, grad](auto g, std::ptrdiff_t i) { grad[i] *= g.derivative(a[i]); },
            [a, grad, this](auto g, std::ptrdiff_t start) {
                g.backward_row(a + start, grad + start, n_outputs);
            });
    }

  private:
    template <class OnElement, class OnRow>
    void each_row_or_element(int rows, OnElement on_element, OnRow on_row) const {
        const std::ptrdiff_t size = std::ptrdiff_t(rows) * n_outputs;
        std::visit(
            [&](auto g) {
                if constexpr (requires { g.template value<T>(T(0)); })
                    for (std::ptrdiff_t i = 0; i < size; ++i) on_element(g, i);
                else
                    for (std::ptrdiff_t start = 0; start < size; start += n_outputs) on_row(g, start);
            },
            activation);
    }
};

template <class T> using Layer = std::variant<Dense<T>, Activate<T>>;

} // namespace rosenblatt
