// Dense layers of the members of an ensemble: the layers that `network/ensemble_dense.py` specifies.
//
// A row holds its members' units one member after another, so that a block of rows is one of as many times
// the members' rows: what they share is one product.
#pragma once

#include "elementwise.hpp"
#include "multiply.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace rosenblatt {

struct EnsembleDenseSpec {
    int members, units;
    MemberSpec activation;
    double dropout;
    bool scales_input, scales_output, shares_bias;
};

struct PackedDenseSpec {
    int members, units;
    MemberSpec activation;
    double dropout;
};

// a = g(((x ⊙ r) W) ⊙ s + b) of every member (theory N8). In the flat vector: W, r, s, b.
template <class T> struct EnsembleDense {
    static constexpr bool in_place = false;
    int n_members, n_inputs, n_units, n_outputs; // n_inputs and n_units of a member
    bool shares_input;                           // all members take the same row
    std::size_t offset;
    Activation activation;
    bool scales_input, scales_output, shares_bias;
    Precision precision;
    int index; // in the chain

    std::size_t n_weights() const { return std::size_t(n_inputs) * std::size_t(n_units); }
    std::size_t n_input_scales() const { return scales_input ? of_members(n_inputs) : 0; }
    std::size_t n_output_scales() const { return scales_output ? of_members(n_units) : 0; }
    std::size_t n_biases() const { return shares_bias ? std::size_t(n_units) : of_members(n_units); }

    std::vector<ParameterRange> parameters() const {
        std::vector<ParameterRange> ranges;
        std::size_t at = offset;
        for (const std::size_t size : {n_weights(), n_input_scales(), n_output_scales(), n_biases()}) {
            if (size) ranges.push_back({at, size, at == offset});
            at += size;
        }
        return ranges;
    }

    UnitWeights unit_weights() const { return {offset, n_inputs, n_units}; }

    // z before it is scaled, from which the scales' gradient follows.
    std::size_t saved_size(int rows) const {
        return scales_output ? std::size_t(rows) * std::size_t(n_outputs) : 0;
    }

    // Of the products; the scaled input, and later its gradient; a row written out.
    std::size_t scratch_size(int rows) const {
        return products_scratch(rows) +
               (std::size_t(rows) * std::size_t(n_members) + 1) * std::size_t(n_inputs);
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const Own own = of(pass.theta);
        const T *in = scaled_input(pass, x, own.r);
        const int rows = pass.rows * n_members;
        if (!scales_output && shares_bias) {
            visit_from_output(activation, [&](auto g) {
                multiply<T>(rows, n_units, n_inputs, {in, n_inputs}, {own.W, n_units}, {own.b, false}, a,
                            pass.scratch, ActivationEpilogue<decltype(g)>{g}, precision);
            });
            return;
        }
        T *z = pass.gradient && scales_output ? saved(pass) : a;
        multiply<T>(rows, n_units, n_inputs, {in, n_inputs}, {own.W, n_units}, {}, z, pass.scratch, {},
                    precision);
        visit_from_output(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row)
                for (int m = 0; m < n_members; ++m, z += n_units, a += n_units)
                    scale_and_activate(g, z, scales_output ? own.s + at(m, n_units) : nullptr,
                                       own.b + (shares_bias ? 0 : at(m, n_units)), a);
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta,
                                    T *dx) const {
        const Own own = of(pass.theta);
        const Gradient d = of(pass.gradient);
        const int rows = pass.rows * n_members;
        if (!pass.accumulate) std::fill_n(d.r, n_input_scales() + n_output_scales() + n_biases(), T(0));
        visit_from_output(activation, [&](auto g) { backward_scales(g, pass, own, d, a, delta); });
        const T *in = scaled_input(pass, x, own.r);
        multiply<T>(n_inputs, n_units, rows, {in, n_inputs, Transpose::yes}, {delta, n_units},
                    {.c = pass.accumulate}, d.W, pass.scratch, {}, precision);
        if (!dx && !scales_input) return;
        // The scaled input has done its work, and its gradient takes its place.
        T *below = dx && !shares_input ? dx : scaled(pass);
        multiply<T>(rows, n_inputs, n_units, {delta, n_units}, {own.W, n_units, Transpose::yes}, {}, below,
                    pass.scratch, {}, precision);
        backward_input(pass, x, own.r, d.r, below, dx);
    }

  private:
    struct Own {
        const T *W, *r, *s, *b;
    };
    struct Gradient {
        T *W, *r, *s, *b;
    };

    std::size_t of_members(int n) const { return std::size_t(n_members) * std::size_t(n); }
    static std::ptrdiff_t at(int row, int n) { return std::ptrdiff_t(row) * n; }

    Own of(const T *whole) const {
        const T *W = whole + offset, *r = W + n_weights(), *s = r + n_input_scales();
        return {W, r, s, s + n_output_scales()};
    }
    Gradient of(T *whole) const {
        T *W = whole + offset, *r = W + n_weights(), *s = r + n_input_scales();
        return {W, r, s, s + n_output_scales()};
    }

    std::size_t products_scratch(int rows) const {
        const std::size_t size =
            rosenblatt::scratch_size<T>(rows * n_members, std::max(n_inputs, n_units), precision);
        return (size + 15) / 16 * 16;
    }
    T *scaled(const Pass<T> &pass) const { return pass.scratch + products_scratch(pass.space->block_rows); }
    T *saved(const Pass<T> &pass) const { return pass.space->saved[std::size_t(index)]; }

    // A row of the input, all of its members.
    const T *row_of(const Pass<T> &pass, const Rows<T> &x, int row) const {
        const int n = shares_input ? n_inputs : n_members * n_inputs;
        if (!x.sparse) return x.dense + at(row, n);
        T *out = scaled(pass) + at(pass.space->block_rows, n_members * n_inputs);
        x.copy_row(row, n, out);
        return out;
    }

    // x ⊙ r of every member; x itself where nothing changes.
    const T *scaled_input(const Pass<T> &pass, const Rows<T> &x, const T *r) const {
        if (!scales_input && !shares_input) return x.dense;
        T *out = scaled(pass);
        const int n = n_inputs;
        for (int row = 0; row < pass.rows; ++row) {
            const T *in = row_of(pass, x, row);
            for (int m = 0; m < n_members; ++m, out += n, in += shares_input ? 0 : n)
                if (scales_input)
                    multiplied(n, in, r + at(m, n), out);
                else
                    std::copy_n(in, n, out);
        }
        return scaled(pass);
    }

    // Functions of their own, because GCC vectorises over plain pointers alone.

    static void multiplied(int n, const T *x, const T *r, T *out) {
#pragma omp simd
        for (int i = 0; i < n; ++i) out[i] = x[i] * r[i];
    }

    template <class G> void scale_and_activate(G g, const T *z, const T *s, const T *b, T *a) const {
        const int n = n_units;
        if (s) {
#pragma omp simd
            for (int j = 0; j < n; ++j) a[j] = g.value(z[j] * s[j] + b[j]);
        } else {
#pragma omp simd
            for (int j = 0; j < n; ++j) a[j] = g.value(z[j] + b[j]);
        }
    }

    // δ = g'(z) ⊙ upstream of every member's rows, its sums for b, those of δ ⊙ z for s, and then δ ⊙ s.
    template <class G>
    void backward_scales(G g, const Pass<T> &pass, const Own &own, const Gradient &d, const T *a,
                         T *delta) const {
        const T *z = scales_output ? saved(pass) : nullptr;
        for (int row = 0; row < pass.rows; ++row)
            for (int m = 0; m < n_members; ++m, a += n_units, delta += n_units) {
                T *db = d.b + (shares_bias ? 0 : at(m, n_units));
                if (!scales_output) {
                    backward_bias(g, n_units, a, delta, db);
                    continue;
                }
                backward_scale(g, n_units, a, z, own.s + at(m, n_units), delta, d.s + at(m, n_units), db);
                z += n_units;
            }
    }

    template <class G> static void backward_bias(G g, int n, const T *a, T *delta, T *db) {
#pragma omp simd
        for (int j = 0; j < n; ++j) {
            delta[j] *= g.derivative(a[j]);
            db[j] += delta[j];
        }
    }

    template <class G>
    static void backward_scale(G g, int n, const T *a, const T *z, const T *s, T *delta, T *ds, T *db) {
#pragma omp simd
        for (int j = 0; j < n; ++j) {
            const T d = delta[j] * g.derivative(a[j]);
            db[j] += d;
            ds[j] += d * z[j];
            delta[j] = d * s[j];
        }
    }

    // From the gradient of x ⊙ r: that of r, and of x, which may be where it is.
    void backward_input(const Pass<T> &pass, const Rows<T> &x, const T *r, T *dr, const T *below,
                        T *dx) const {
        const int n = n_inputs;
        if (!scales_input && !shares_input) return;
        for (int row = 0; row < pass.rows; ++row) {
            const T *in = row_of(pass, x, row);
            if (dx && shares_input) std::fill_n(dx, n, T(0));
            for (int m = 0; m < n_members; ++m, below += n, in += shares_input ? 0 : n) {
                if (scales_input) add_product(n, below, in, dr + at(m, n));
                if (!dx) continue;
                if (!shares_input)
                    multiplied(n, below, r + at(m, n), dx + at(m, n));
                else if (scales_input)
                    add_product(n, below, r + at(m, n), dx);
                else
                    add(n, below, dx);
            }
            if (dx) dx += shares_input ? n : n * n_members;
        }
    }

    static void add_product(int n, const T *x, const T *y, T *sum) {
#pragma omp simd
        for (int i = 0; i < n; ++i) sum[i] += x[i] * y[i];
    }
    static void add(int n, const T *x, T *sum) {
#pragma omp simd
        for (int i = 0; i < n; ++i) sum[i] += x[i];
    }
};

// a = g(x W + b), W and b of every member. In the flat vector: all W, then all b.
template <class T> struct PackedDense {
    static constexpr bool in_place = false;
    int n_members, n_inputs, n_units, n_outputs; // n_inputs and n_units of a member
    bool shares_input;
    std::size_t offset;
    Activation activation;

    std::size_t n_weights() const {
        return std::size_t(n_members) * std::size_t(n_inputs) * std::size_t(n_units);
    }
    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }
    UnitWeights unit_weights() const { return {offset, 0, 0}; } // nothing to project

    // A panel of the products, and rows written out.
    std::size_t scratch_size(int rows) const {
        return panel_size(rows) + std::size_t(rows) * std::size_t(n_inputs);
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const T *W = pass.theta + offset, *b = W + n_weights(), *in = dense(pass, x);
        for (int m = 0; m < n_members; ++m)
            multiply_tiled<T>(pass.rows, n_units, n_inputs, {in + of_input(m), stride()},
                              {W + of_weights(m), n_units}, {b + m * n_units, false}, a + m * n_units,
                              pass.scratch, NoEpilogue{}, n_outputs);
        visit_from_output(activation, [&](auto g) { apply(g, std::ptrdiff_t(pass.rows) * n_outputs, a, a); });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta,
                                    T *dx) const {
        const T *W = pass.theta + offset, *in = dense(pass, x);
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n_outputs, n_outputs, a, delta, pass.accumulate, db);
        });
        for (int m = 0; m < n_members; ++m) {
            const Operand<T> d{delta + m * n_units, n_outputs};
            multiply_tiled<T>(n_inputs, n_units, pass.rows, {in + of_input(m), stride(), Transpose::yes}, d,
                              {.c = pass.accumulate}, dW + of_weights(m), pass.scratch, NoEpilogue{},
                              n_units);
            if (dx)
                multiply_tiled<T>(pass.rows, n_inputs, n_units, d,
                                  {W + of_weights(m), n_units, Transpose::yes}, {.c = shares_input && m > 0},
                                  dx + of_input(m), pass.scratch, NoEpilogue{}, stride());
        }
    }

  private:
    int stride() const { return shares_input ? n_inputs : n_members * n_inputs; }
    std::ptrdiff_t of_input(int m) const { return shares_input ? 0 : std::ptrdiff_t(m) * n_inputs; }
    std::ptrdiff_t of_weights(int m) const { return std::ptrdiff_t(m) * n_inputs * n_units; }

    std::size_t panel_size(int rows) const {
        const std::size_t size = product::scratch_size<T>(std::max({n_inputs, n_units, rows}));
        return (size + 15) / 16 * 16;
    }

    const T *dense(const Pass<T> &pass, const Rows<T> &x) const {
        if (!x.sparse) return x.dense;
        T *out = pass.scratch + panel_size(pass.space->block_rows);
        for (int row = 0; row < pass.rows; ++row)
            x.copy_row(row, n_inputs, out + std::ptrdiff_t(row) * n_inputs);
        return out;
    }
};

} // namespace rosenblatt
