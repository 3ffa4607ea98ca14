// A dense layer on piecewise-linear pieces of the input, which are never written out.
//
// Of a feature's pieces one is under way, those before it are all the same, and those behind it are 0. So
// what they add to z is the weights' row of the one, times how far it is, and a sum over the rows before,
// which is the same for all samples with that piece: sums from the first row on are taken once a block.
// Two rows of weights a feature take the place of as many as it has pieces, forward and backward.
#pragma once

#include "elementwise.hpp"
#include "linear.hpp"
#include "pass.hpp"
#include "piecewise_linear.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace rosenblatt {

// The place of every feature among its pieces: a row is [held x | u | t], with how far the piece under way
// is and its number, of the features that have pieces.
template <class T> struct PiecePlaces {
    static constexpr bool in_place = false;
    PiecewiseLinear<T> pieces;
    std::vector<int> features; // that have pieces
    int n_outputs;

    explicit PiecePlaces(PiecewiseLinear<T> of) : pieces(std::move(of)) {
        for (int i = 0; i < pieces.n_inputs; ++i)
            if (pieces.starts[std::size_t(i)] < pieces.starts[std::size_t(i) + 1]) features.push_back(i);
        n_outputs = pieces.n_inputs + 2 * int(features.size());
    }

    std::vector<ParameterRange> parameters() const { return {}; }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        const int n = pieces.n_inputs;
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            pieces.values(x, row, y);
            T *u = y + n, *t = u + features.size();
            for (const int i : features) {
                const int begin = pieces.starts[std::size_t(i)], end = pieces.starts[std::size_t(i) + 1];
                const T *begins = pieces.begins.data();
                int at = begin;
                for (int j = begin + 1; j < end; ++j) at += y[i] >= begins[j];
                const auto j = std::size_t(at);
                *u++ = PiecewiseLinear<T>::clipped((y[i] - begins[at]) * pieces.slopes[j], pieces.leasts[j],
                                                   pieces.mosts[j]);
                *t++ = T(at);
            }
            pieces.hold(y);
        }
    }

    void backward(const Pass<T> &, const Rows<T> &, const T *, T *, T *) const {} // has nothing to learn
};

template <class T> struct PiecewiseDense {
    static constexpr bool in_place = false;
    PiecePlaces<T> places;
    int n_outputs;
    std::size_t offset; // of W in the flat vector, of shape (features and pieces, units); b follows
    Activation activation;

    int n_inputs() const { return places.pieces.n_outputs; }
    std::size_t n_weights() const { return std::size_t(n_inputs()) * std::size_t(n_outputs); }
    // Terms of a sum over all pieces: so many lines of a panel the scratch memory has to hold.
    int longest_sum() const { return n_inputs(); }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {offset, n_inputs(), n_outputs}; }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const T *W = pass.theta + offset, *b = W + n_weights();
        const int n = places.pieces.n_inputs;
        multiply_tiled<T>(pass.rows, n_outputs, n, {x.dense, places.n_outputs}, {W, n_outputs}, {b, false}, a,
                          pass.scratch, NoEpilogue{}, n_outputs);
        for_each_panel([&](int column, int lanes, auto vectors) {
            add_pieces<vectors>(pass, x.dense, W + std::ptrdiff_t(n) * n_outputs + column, lanes, a + column);
        });
        visit_from_output(activation,
                          [&](auto g) { ActivationEpilogue<decltype(g)>{g}(a, pass.rows * n_outputs); });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta, T *) const {
        const int n = places.pieces.n_inputs;
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n_outputs, n_outputs, a, delta, pass.accumulate, db);
        });
        multiply_tiled<T>(n, n_outputs, pass.rows, {x.dense, places.n_outputs, Transpose::yes},
                          {delta, n_outputs}, {.c = pass.accumulate}, dW, pass.scratch, NoEpilogue{},
                          n_outputs);
        for_each_panel([&](int column, int lanes, auto vectors) {
            T *of_pieces = dW + std::ptrdiff_t(n) * n_outputs + column;
            gradient_of_pieces<vectors>(pass, x.dense, delta + column, lanes, of_pieces);
        });
    }

  private:
    template <int vectors> using Line = simd::Vector<T>[vectors];
    static constexpr int w = simd::width<T>;

    // Calls visit(column, lanes of its last vector, number of vectors) for all columns of W.
    template <class Visit> void for_each_panel(Visit visit) const {
        constexpr int wide = product::panel_width<T>;
        for (int column = 0; column < n_outputs; column += wide) {
            const int columns = std::min(wide, n_outputs - column);
            if (columns > w)
                visit(column, columns - w, std::integral_constant<int, 2>{});
            else
                visit(column, columns, std::integral_constant<int, 1>{});
        }
    }

    template <int vectors> static void load(const T *from, int lanes, Line<vectors> &line) {
        for (int v = 0; v < vectors; ++v)
            line[v] = v + 1 < vectors ? simd::load(from + v * w) : simd::load_lanes(from + v * w, lanes);
    }
    template <int vectors> static void store(T *to, int lanes, const Line<vectors> &line) {
        for (int v = 0; v < vectors; ++v)
            if (v + 1 < vectors)
                simd::store(to + v * w, line[v]);
            else
                simd::store_lanes(to + v * w, line[v], lanes);
    }

    // z += h W, for the columns of a panel: W and z point to their first.
    template <int vectors>
    void add_pieces(const Pass<T> &pass, const T *x, const T *W, int lanes, T *z) const {
        const PiecewiseLinear<T> &pieces = places.pieces;
        constexpr int line = vectors * w;
        T *before = pass.scratch; // of each piece: the whole of those before it in its feature
        Line<vectors> shift = {};
        for (const int i : places.features) {
            Line<vectors> sum = {};
            for (int j = pieces.starts[std::size_t(i)]; j < pieces.starts[std::size_t(i) + 1]; ++j) {
                const auto at = std::size_t(j);
                const T gain = pieces.gains[std::size_t(i)];
                Line<vectors> weights;
                load<vectors>(W + std::ptrdiff_t(j) * n_outputs, lanes, weights);
                for (int v = 0; v < vectors; ++v) {
                    simd::store(before + std::ptrdiff_t(j) * line + v * w, sum[v]);
                    sum[v] += gain * weights[v];
                    shift[v] += pieces.shifts[at] * weights[v];
                }
            }
        }
        const std::ptrdiff_t stride = places.n_outputs;
        for (int row = 0; row < pass.rows; ++row, x += stride, z += n_outputs) {
            const T *u = x + pieces.n_inputs, *t = u + places.features.size();
            Line<vectors> sum;
            load<vectors>(z, lanes, sum);
            for (int v = 0; v < vectors; ++v) sum[v] -= shift[v];
            for (std::size_t k = 0; k < places.features.size(); ++k) {
                const auto j = std::ptrdiff_t(t[k]);
                Line<vectors> weights;
                load<vectors>(W + j * n_outputs, lanes, weights);
                for (int v = 0; v < vectors; ++v)
                    sum[v] += u[k] * weights[v] + simd::load(before + j * line + v * w);
            }
            store<vectors>(z, lanes, sum);
        }
    }

    // dW = hᵀ δ, or dW += , for the columns of a panel: dW and δ point to their first.
    template <int vectors>
    void gradient_of_pieces(const Pass<T> &pass, const T *x, const T *delta, int lanes, T *dW) const {
        const PiecewiseLinear<T> &pieces = places.pieces;
        constexpr int line = vectors * w;
        const int n_pieces = pieces.starts.back();
        T *under_way = pass.scratch; // of each piece: δ, summed over the rows that are in it
        std::fill_n(under_way, std::ptrdiff_t(n_pieces) * line, T(0));
        if (!pass.accumulate)
            for (int j = 0; j < n_pieces; ++j)
                store<vectors>(dW + std::ptrdiff_t(j) * n_outputs, lanes, Line<vectors>{});
        Line<vectors> total = {};
        const std::ptrdiff_t stride = places.n_outputs;
        for (int row = 0; row < pass.rows; ++row, x += stride, delta += n_outputs) {
            const T *u = x + pieces.n_inputs, *t = u + places.features.size();
            Line<vectors> d;
            load<vectors>(delta, lanes, d);
            for (int v = 0; v < vectors; ++v) total[v] += d[v];
            for (std::size_t k = 0; k < places.features.size(); ++k) {
                const auto j = std::ptrdiff_t(t[k]);
                T *own = dW + j * n_outputs, *sums = under_way + j * line;
                Line<vectors> sum;
                load<vectors>(own, lanes, sum);
                for (int v = 0; v < vectors; ++v) {
                    sum[v] += u[k] * d[v];
                    simd::store(sums + v * w, simd::load(sums + v * w) + d[v]);
                }
                store<vectors>(own, lanes, sum);
            }
        }
        for (const int i : places.features) {
            const T gain = pieces.gains[std::size_t(i)];
            Line<vectors> behind = {};
            for (int j = pieces.starts[std::size_t(i) + 1]; j-- > pieces.starts[std::size_t(i)];) {
                T *own = dW + std::ptrdiff_t(j) * n_outputs;
                Line<vectors> sum;
                load<vectors>(own, lanes, sum);
                for (int v = 0; v < vectors; ++v) {
                    sum[v] += gain * behind[v] - pieces.shifts[std::size_t(j)] * total[v];
                    behind[v] += simd::load(under_way + std::ptrdiff_t(j) * line + v * w);
                }
                store<vectors>(own, lanes, sum);
            }
        }
    }
};

} // namespace rosenblatt
