// Activations with learned slopes, and units that gate others: the layers that
// `network/learned_activations.py` and `network/glu.py` specify.
#pragma once

#include "elementwise.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <variant>
#include <vector>

namespace rosenblatt {

struct PReLUSpec {
    bool shares_slope;
};

struct ParametricActivationSpec {
    MemberSpec activation;
};

struct GLUSpec {
    MemberSpec activation;
};

// Row `row` of x, which a sparse one is written out for.
template <class T> const T *dense_row(const Pass<T> &pass, const Rows<T> &x, int row, int columns) {
    if (!x.sparse) return x.dense + std::ptrdiff_t(row) * columns;
    x.copy_row(row, columns, pass.scratch);
    return pass.scratch;
}

// g'(z), given a = g(z).
template <class G, class T> T slope_of(G g, T z, T a) {
    if constexpr (DerivativeFromInput<G>)
        return g.slope(z);
    else
        return g.derivative(a);
}

// Call `with` on an activation of single numbers.
template <class With> void visit_single(const Activation &activation, With with) {
    std::visit(
        [&](auto g) {
            if constexpr (!Rowwise<decltype(g)>) with(g);
        },
        activation);
}

// a = z for z > 0 and s ⊙ z otherwise (theory N11). In the flat vector: s, of one number or of each unit's.
template <class T> struct PReLU {
    static constexpr bool in_place = false;
    int n_outputs;
    bool shares_slope;
    std::size_t offset;

    std::size_t n_slopes() const { return shares_slope ? 1 : std::size_t(n_outputs); }
    std::vector<ParameterRange> parameters() const { return {{offset, n_slopes(), false}}; }
    UnitWeights unit_weights() const { return {offset, 0, 0}; }            // nothing to project
    std::size_t scratch_size(int) const { return std::size_t(n_outputs); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &z, T *a) const {
        const T *s = pass.theta + offset;
        for (int row = 0; row < pass.rows; ++row, a += n_outputs) {
            const T *in = dense_row(pass, z, row, n_outputs);
            if (shares_slope)
                forward_row<true>(n_outputs, in, s, a);
            else
                forward_row<false>(n_outputs, in, s, a);
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &z, const T *, T *da, T *dz) const {
        const T *s = pass.theta + offset;
        T *ds = pass.gradient + offset;
        if (!pass.accumulate) std::fill_n(ds, n_slopes(), T(0));
        for (int row = 0; row < pass.rows; ++row, da += n_outputs) {
            const T *in = dense_row(pass, z, row, n_outputs);
            if (shares_slope)
                add_shared(n_outputs, in, da, ds);
            else
                add_each(n_outputs, in, da, ds);
            if (!dz) continue;
            T *below = dz + std::ptrdiff_t(row) * n_outputs;
            if (shares_slope)
                backward_row<true>(n_outputs, in, s, da, below);
            else
                backward_row<false>(n_outputs, in, s, da, below);
        }
    }

  private:
    template <bool shared> static void forward_row(int n, const T *z, const T *s, T *a) {
#pragma omp simd
        for (int j = 0; j < n; ++j) a[j] = z[j] > 0 ? z[j] : s[shared ? 0 : j] * z[j];
    }
    template <bool shared> static void backward_row(int n, const T *z, const T *s, const T *da, T *dz) {
#pragma omp simd
        for (int j = 0; j < n; ++j) dz[j] = z[j] > 0 ? da[j] : s[shared ? 0 : j] * da[j];
    }
    static void add_each(int n, const T *z, const T *da, T *ds) {
#pragma omp simd
        for (int j = 0; j < n; ++j) ds[j] += z[j] > 0 ? T(0) : z[j] * da[j];
    }
    static void add_shared(int n, const T *z, const T *da, T *ds) {
        T sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int j = 0; j < n; ++j) sum += z[j] > 0 ? T(0) : z[j] * da[j];
        *ds += sum;
    }
};

// a = z + s ⊙ (g(z) - z), with a learned s of each unit (theory N11).
template <class T> struct ParametricActivation {
    static constexpr bool in_place = false;
    int n_outputs;
    std::size_t offset; // of s in the flat vector
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {{offset, std::size_t(n_outputs), false}}; }
    UnitWeights unit_weights() const { return {offset, 0, 0}; }            // nothing to project
    std::size_t scratch_size(int) const { return std::size_t(n_outputs); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &z, T *a) const {
        visit_single(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row)
                forward_row(g, n_outputs, dense_row(pass, z, row, n_outputs), pass.theta + offset,
                            a + std::ptrdiff_t(row) * n_outputs);
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &z, const T *, T *da, T *dz) const {
        const T *s = pass.theta + offset;
        T *ds = pass.gradient + offset;
        if (!pass.accumulate) std::fill_n(ds, n_outputs, T(0));
        visit_single(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                const std::ptrdiff_t at = std::ptrdiff_t(row) * n_outputs;
                const T *in = dense_row(pass, z, row, n_outputs);
                // Without another use of it, what comes from above may be overwritten.
                backward_row(g, n_outputs, in, s, da + at, ds, (dz ? dz : da) + at);
            }
        });
    }

  private:
    template <class G> static void forward_row(G g, int n, const T *z, const T *s, T *a) {
#pragma omp simd
        for (int j = 0; j < n; ++j) a[j] = z[j] + s[j] * (g.value(z[j]) - z[j]);
    }
    template <class G>
    static void backward_row(G g, int n, const T *z, const T *s, const T *da, T *ds, T *dz) {
#pragma omp simd
        for (int j = 0; j < n; ++j) {
            const T value = g.value(z[j]), d = da[j];
            ds[j] += d * (value - z[j]);
            dz[j] = d * (1 + s[j] * (slope_of(g, z[j], value) - 1));
        }
    }
};

// a = u ⊙ g(v) of the halves u and v of each group of inputs (theory N12).
template <class T> struct GLU {
    static constexpr bool in_place = false;
    int n_outputs, n_groups; // one for each member of an ensemble
    std::size_t offset;
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {}; }
    UnitWeights unit_weights() const { return {offset, 0, 0}; }                // nothing to project
    std::size_t scratch_size(int) const { return 2 * std::size_t(n_outputs); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const int n = n_outputs / n_groups;
        visit_single(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                const T *u = dense_row(pass, x, row, 2 * n_outputs);
                for (int k = 0; k < n_groups; ++k, u += 2 * n, a += n) forward_group(g, n, u, u + n, a);
            }
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *da, T *dx) const {
        if (!dx) return;
        const int n = n_outputs / n_groups;
        visit_single(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                const T *u = dense_row(pass, x, row, 2 * n_outputs);
                for (int k = 0; k < n_groups; ++k, u += 2 * n, da += n, dx += 2 * n)
                    backward_group(g, n, u, u + n, da, dx, dx + n);
            }
        });
    }

  private:
    template <class G> static void forward_group(G g, int n, const T *u, const T *v, T *a) {
#pragma omp simd
        for (int j = 0; j < n; ++j) a[j] = u[j] * g.value(v[j]);
    }
    template <class G>
    static void backward_group(G g, int n, const T *u, const T *v, const T *da, T *du, T *dv) {
#pragma omp simd
        for (int j = 0; j < n; ++j) {
            const T gate = g.value(v[j]);
            du[j] = da[j] * gate;
            dv[j] = da[j] * u[j] * slope_of(g, v[j], gate);
        }
    }
};

} // namespace rosenblatt
