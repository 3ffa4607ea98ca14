// A dense layer on piecewise-linear pieces of the input, which are never written out.
//
// Of a feature's pieces one is under way, those before it are all the same, and those behind it are 0. So
// what they add to z is the weights' row of the one, times how far it is, and a sum over the rows before,
// which is the same for all samples with that piece: sums from the first row on are taken once a block.
// Two rows of weights a feature take the place of as many as it has pieces, forward and backward; features
// come one after the other, so that theirs stay in the first cache.
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

// The place of every feature among its pieces: the held features row by row, then, feature by feature of
// those that have pieces, how far the piece under way is (u) and its number among the feature's (t), a row
// each.
template <class T> struct PiecePlaces {
    static constexpr bool in_place = false;
    PiecewiseLinear<T> pieces;
    std::vector<int> features; // that have pieces
    int most_pieces = 0;       // of one of them
    int n_outputs;

    explicit PiecePlaces(PiecewiseLinear<T> of) : pieces(std::move(of)) {
        for (int i = 0; i < pieces.n_inputs; ++i)
            if (const int count = end(i) - begin(i)) {
                features.push_back(i);
                most_pieces = std::max(most_pieces, count);
            }
        n_outputs = pieces.n_inputs + 2 * int(features.size());
    }

    std::vector<ParameterRange> parameters() const { return {}; }

    // A feature's pieces.
    int begin(int feature) const { return pieces.starts[std::size_t(feature)]; }
    int end(int feature) const { return pieces.starts[std::size_t(feature) + 1]; }

    // u of feature k of those that have pieces, in the output for so many rows; t follows.
    std::ptrdiff_t place(std::size_t k, int rows) const {
        return std::ptrdiff_t(rows) * (pieces.n_inputs + 2 * std::ptrdiff_t(k));
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        T *values = y;
        for (int row = 0; row < pass.rows; ++row, values += pieces.n_inputs) {
            pieces.values(x, row, values);
            for (std::size_t k = 0; k < features.size(); ++k) {
                const int i = features[k];
                const T *begins = pieces.begins.data();
                int at = begin(i);
                for (int j = begin(i) + 1; j < end(i); ++j) at += values[i] >= begins[j];
                const auto j = std::size_t(at);
                T *u = y + place(k, pass.rows) + row, *t = u + pass.rows;
                *u = PiecewiseLinear<T>::clipped((values[i] - begins[at]) * pieces.slopes[j],
                                                 pieces.leasts[j], pieces.mosts[j]);
                *t = T(at - begin(i));
            }
            pieces.hold(values);
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
    // So many lines of a panel the scratch memory has to hold: of the rows at once, and two of each piece.
    int longest_sum() const { return rows_at_once + 2 * places.most_pieces; }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {offset, n_inputs(), n_outputs}; }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const T *W = pass.theta + offset, *b = W + n_weights();
        const int n = places.pieces.n_inputs;
        multiply_tiled<T>(pass.rows, n_outputs, n, {x.dense, n}, {W, n_outputs}, {b, false}, a, pass.scratch,
                          NoEpilogue{}, n_outputs);
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
        multiply_tiled<T>(n, n_outputs, pass.rows, {x.dense, n, Transpose::yes}, {delta, n_outputs},
                          {.c = pass.accumulate}, dW, pass.scratch, NoEpilogue{}, n_outputs);
        for_each_panel([&](int column, int lanes, auto vectors) {
            T *of_pieces = dW + std::ptrdiff_t(n) * n_outputs + column;
            gradient_of_pieces<vectors>(pass, x.dense, delta + column, lanes, of_pieces);
        });
    }

  private:
    // Their sums and two lines of every piece of a feature stay in the first cache.
    static constexpr int rows_at_once = 128;
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

    template <int vectors> static void store_line(T *to, const Line<vectors> &line) {
        for (int v = 0; v < vectors; ++v) simd::store(to + v * w, line[v]);
    }

    // z += h W, for the columns of a panel: W and z point to their first.
    template <int vectors>
    void add_pieces(const Pass<T> &pass, const T *x, const T *W, int lanes, T *z) const {
        constexpr int line = vectors * w;
        for (int first = 0; first < pass.rows; first += rows_at_once) {
            const int rows = std::min(rows_at_once, pass.rows - first);
            T *const sums = pass.scratch, *const of_pieces = sums + std::ptrdiff_t(rows) * line;
            Line<vectors> shift = {};
            for (int row = 0; row < rows; ++row) {
                Line<vectors> sum;
                load<vectors>(z + std::ptrdiff_t(first + row) * n_outputs, lanes, sum);
                store_line<vectors>(sums + row * line, sum);
            }
            for (std::size_t k = 0; k < places.features.size(); ++k) {
                sum_weights<vectors>(places.features[k], W, lanes, of_pieces, shift);
                const T *u = x + places.place(k, pass.rows) + first, *t = u + pass.rows;
                for (int row = 0; row < rows; ++row) {
                    const T *own = of_pieces + std::ptrdiff_t(t[row]) * (2 * line), *before = own + line;
                    T *sum = sums + row * line;
                    for (int v = 0; v < line; v += w)
                        simd::store(sum + v, simd::load(sum + v) +
                                                 (u[row] * simd::load(own + v) + simd::load(before + v)));
                }
            }
            for (int row = 0; row < rows; ++row) {
                Line<vectors> sum;
                for (int v = 0; v < vectors; ++v) sum[v] = simd::load(sums + row * line + v * w) - shift[v];
                store<vectors>(z + std::ptrdiff_t(first + row) * n_outputs, lanes, sum);
            }
        }
    }

    // Two lines of every piece of a feature: its weights, and those of the whole pieces before it, summed.
    template <int vectors>
    void sum_weights(int feature, const T *W, int lanes, T *to, Line<vectors> &shift) const {
        const T gain = places.pieces.gains[std::size_t(feature)];
        Line<vectors> before = {};
        for (int j = places.begin(feature); j < places.end(feature); ++j, to += 2 * vectors * w) {
            Line<vectors> weights;
            load<vectors>(W + std::ptrdiff_t(j) * n_outputs, lanes, weights);
            store_line<vectors>(to, weights);
            store_line<vectors>(to + vectors * w, before);
            for (int v = 0; v < vectors; ++v) {
                before[v] += gain * weights[v];
                shift[v] += places.pieces.shifts[std::size_t(j)] * weights[v];
            }
        }
    }

    // dW = hᵀ δ, or dW += , for the columns of a panel: dW and δ point to their first.
    template <int vectors>
    void gradient_of_pieces(const Pass<T> &pass, const T *x, const T *delta, int lanes, T *dW) const {
        constexpr int line = vectors * w;
        for (int first = 0; first < pass.rows; first += rows_at_once) {
            const int rows = std::min(rows_at_once, pass.rows - first);
            T *const deltas = pass.scratch, *const of_pieces = deltas + std::ptrdiff_t(rows) * line;
            Line<vectors> total = {};
            for (int row = 0; row < rows; ++row) {
                Line<vectors> d;
                load<vectors>(delta + std::ptrdiff_t(first + row) * n_outputs, lanes, d);
                store_line<vectors>(deltas + row * line, d);
                for (int v = 0; v < vectors; ++v) total[v] += d[v];
            }
            for (std::size_t k = 0; k < places.features.size(); ++k) {
                const int feature = places.features[k];
                std::fill_n(of_pieces, 2 * line * (places.end(feature) - places.begin(feature)), T(0));
                const T *u = x + places.place(k, pass.rows) + first, *t = u + pass.rows;
                for (int row = 0; row < rows; ++row) {
                    T *own = of_pieces + std::ptrdiff_t(t[row]) * (2 * line), *whole = own + line;
                    const T *d = deltas + row * line;
                    for (int v = 0; v < line; v += w) {
                        simd::store(own + v, simd::load(own + v) + u[row] * simd::load(d + v));
                        simd::store(whole + v, simd::load(whole + v) + simd::load(d + v));
                    }
                }
                sum_gradient<vectors>(feature, of_pieces, total, pass.accumulate || first > 0, lanes, dW);
            }
        }
    }

    // The gradient of a feature's pieces from two lines of each: u δ and δ, summed over the rows in it.
    template <int vectors>
    void sum_gradient(int feature, const T *from, const Line<vectors> &total, bool accumulate, int lanes,
                      T *dW) const {
        const T gain = places.pieces.gains[std::size_t(feature)];
        Line<vectors> behind = {};
        for (int j = places.end(feature); j-- > places.begin(feature);) {
            const T *own = from + std::ptrdiff_t(j - places.begin(feature)) * (2 * vectors * w);
            T *to = dW + std::ptrdiff_t(j) * n_outputs;
            Line<vectors> sum = {};
            if (accumulate) load<vectors>(to, lanes, sum);
            for (int v = 0; v < vectors; ++v) {
                sum[v] += simd::load(own + v * w) + gain * behind[v] -
                          places.pieces.shifts[std::size_t(j)] * total[v];
                behind[v] += simd::load(own + (vectors + v) * w);
            }
            store<vectors>(to, lanes, sum);
        }
    }
};

} // namespace rosenblatt
