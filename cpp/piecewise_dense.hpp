// A dense layer on piecewise-linear pieces of the input, which are never written out.
//
// Of a feature's pieces one is under way, those before it are all the same, and those behind it are 0. So
// what they add to z is the weights' row of the one, times how far it is, and a sum over the rows before,
// which is the same for all samples with that piece: sums from the first row on are taken once a block.
// Two rows of weights a feature take the place of as many as it has pieces, forward and backward; features
// come one after the other, so that theirs stay in the first cache.
//
// On the way back no gradient passes the pieces, only the features that have none: behind an embedding of
// numbers, whose vectors have none, and at the start of a chain.
//
// Learned factors s of the features and pieces, of a `Scale` between the two layers, are factors of W's rows:
// dW = s ⊙ (hᵀ δ), and ds sums the products of (hᵀ δ) and W over the units.
#pragma once

#include "elementwise.hpp"
#include "linear.hpp"
#include "pass.hpp"
#include "piecewise_linear.hpp"
#include "product.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
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
    std::optional<std::size_t> scale; // of s in the flat vector, which the dense layer uses

    explicit PiecePlaces(PiecewiseLinear<T> of, std::optional<std::size_t> of_factors = {})
        : pieces(std::move(of)), scale(of_factors) {
        for (int i = 0; i < pieces.n_inputs; ++i)
            if (const int count = end(i) - begin(i)) {
                features.push_back(i);
                most_pieces = std::max(most_pieces, count);
            }
        n_outputs = pieces.n_inputs + 2 * int(features.size());
    }

    std::vector<ParameterRange> parameters() const {
        if (!scale) return {};
        return {{*scale, std::size_t(pieces.n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {0, 0, 0}; } // nothing to project

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

    // dx is what the features that are not held pass on; 0 for those that have pieces.
    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dy, T *dx) const {
        if (!dx) return;
        const int n = pieces.n_inputs;
        for (int row = 0; row < pass.rows; ++row, dy += n, dx += n) {
            const T *in = x.dense + std::ptrdiff_t(row) * n;
            for (int i = 0; i < n; ++i)
                dx[i] = in[i] >= pieces.lows[std::size_t(i)] && in[i] <= pieces.highs[std::size_t(i)] ? dy[i]
                                                                                                      : T(0);
            for (const int i : features) dx[i] = 0;
        }
    }
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
    // Of those panels and of the products; with factors, before them, the features' rows of W or of dW.
    std::size_t scratch_size(int rows) const {
        const int longest = std::max({longest_sum(), rows, places.pieces.n_inputs, n_outputs});
        return places.scale ? n_scaled() + product::scratch_size<T>(longest) : 0;
    }

    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(n_outputs), false}};
    }

    UnitWeights unit_weights() const { return {offset, n_inputs(), n_outputs}; }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        const T *W = pass.theta + offset, *b = W + n_weights(), *s = factors(pass);
        const int n = places.pieces.n_inputs;
        T *scratch = pass.scratch + n_scaled();
        multiply_tiled<T>(pass.rows, n_outputs, n, {x.dense, n}, {features_weights(pass), n_outputs},
                          {b, false}, a, scratch, NoEpilogue{}, n_outputs);
        for_each_panel([&](int column, int lanes, auto vectors) {
            const T *of_pieces = W + std::ptrdiff_t(n) * n_outputs + column;
            add_pieces<vectors>(pass.rows, x.dense, of_pieces, s ? s + n : s, lanes, scratch, a + column);
        });
        visit_from_output(activation,
                          [&](auto g) { ActivationEpilogue<decltype(g)>{g}(a, pass.rows * n_outputs); });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta,
                                    T *dx) const {
        const int n = places.pieces.n_inputs;
        T *dW = pass.gradient + offset, *db = dW + n_weights(), *scratch = pass.scratch + n_scaled();
        Factors factors{nullptr, nullptr, nullptr};
        if (places.scale) {
            factors = {pass.theta + *places.scale, pass.theta + offset, pass.gradient + *places.scale};
            if (!pass.accumulate) std::fill_n(factors.ds, n_inputs(), T(0));
        }
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n_outputs, n_outputs, a, delta, pass.accumulate, db);
        });
        if (dx)
            multiply_tiled<T>(pass.rows, n, n_outputs, {delta, n_outputs},
                              {features_weights(pass), n_outputs, Transpose::yes}, {}, dx, scratch,
                              NoEpilogue{}, n);
        T *to = places.scale ? pass.scratch : dW;
        multiply_tiled<T>(n, n_outputs, pass.rows, {x.dense, n, Transpose::yes}, {delta, n_outputs},
                          {.c = pass.accumulate && !places.scale}, to, scratch, NoEpilogue{}, n_outputs);
        if (places.scale) gradient_of_features(factors, to, pass.accumulate, dW);
        for_each_panel([&](int column, int lanes, auto vectors) {
            const std::ptrdiff_t first = std::ptrdiff_t(n) * n_outputs + column;
            const Factors of_pieces =
                places.scale ? Factors{factors.s + n, factors.W + first, factors.ds + n} : factors;
            gradient_of_pieces<vectors>(pass, x.dense, delta + column, of_pieces, lanes, scratch, dW + first);
        });
    }

  private:
    // Their sums and two lines of every piece of a feature stay in the first cache.
    static constexpr int rows_at_once = 128;
    template <int vectors> using Line = simd::Vector<T>[vectors];
    static constexpr int w = simd::width<T>;

    // s, the weights that its factors multiply, and the gradient of s; or null.
    struct Factors {
        const T *s, *W;
        T *ds;
    };

    const T *factors(const Pass<T> &pass) const {
        return places.scale ? pass.theta + *places.scale : nullptr;
    }

    // Elements at the begin of the scratch memory that hold the features' rows of W, with their factors.
    std::size_t n_scaled() const {
        const std::size_t size = std::size_t(places.pieces.n_inputs) * std::size_t(n_outputs);
        return places.scale ? (size + 15) / 16 * 16 : 0;
    }

    // The features' rows of W, with their factors.
    const T *features_weights(const Pass<T> &pass) const {
        const T *W = pass.theta + offset, *s = factors(pass);
        if (!s) return W;
        T *to = pass.scratch;
        for (int i = 0; i < places.pieces.n_inputs; ++i, W += n_outputs, to += n_outputs)
            for (int j = 0; j < n_outputs; ++j) to[j] = s[i] * W[j];
        return pass.scratch;
    }

    // dW and ds of the features from hᵀ δ.
    void gradient_of_features(const Factors &factors, const T *from, bool accumulate, T *dW) const {
        const T *W = factors.W;
        for (int i = 0; i < places.pieces.n_inputs; ++i) {
            const T s = factors.s[i];
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int j = 0; j < n_outputs; ++j) {
                sum += from[j] * W[j];
                dW[j] = s * from[j] + (accumulate ? dW[j] : T(0));
            }
            factors.ds[i] += sum;
            from += n_outputs, W += n_outputs, dW += n_outputs;
        }
    }

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
    void add_pieces(int all_rows, const T *x, const T *W, const T *s, int lanes, T *scratch, T *z) const {
        constexpr int line = vectors * w;
        for (int first = 0; first < all_rows; first += rows_at_once) {
            const int rows = std::min(rows_at_once, all_rows - first);
            T *const sums = scratch, *const of_pieces = sums + std::ptrdiff_t(rows) * line;
            Line<vectors> shift = {};
            for (int row = 0; row < rows; ++row) {
                Line<vectors> sum;
                load<vectors>(z + std::ptrdiff_t(first + row) * n_outputs, lanes, sum);
                store_line<vectors>(sums + row * line, sum);
            }
            for (std::size_t k = 0; k < places.features.size(); ++k) {
                sum_weights<vectors>(places.features[k], W, s, lanes, of_pieces, shift);
                const T *u = x + places.place(k, all_rows) + first, *t = u + all_rows;
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
    void sum_weights(int feature, const T *W, const T *s, int lanes, T *to, Line<vectors> &shift) const {
        const T gain = places.pieces.gains[std::size_t(feature)];
        Line<vectors> before = {};
        for (int j = places.begin(feature); j < places.end(feature); ++j, to += 2 * vectors * w) {
            Line<vectors> weights;
            load<vectors>(W + std::ptrdiff_t(j) * n_outputs, lanes, weights);
            for (int v = 0; s && v < vectors; ++v) weights[v] *= s[j];
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
    void gradient_of_pieces(const Pass<T> &pass, const T *x, const T *delta, const Factors &factors,
                            int lanes, T *scratch, T *dW) const {
        constexpr int line = vectors * w;
        for (int first = 0; first < pass.rows; first += rows_at_once) {
            const int rows = std::min(rows_at_once, pass.rows - first);
            T *const deltas = scratch, *const of_pieces = deltas + std::ptrdiff_t(rows) * line;
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
                sum_gradient<vectors>(feature, of_pieces, total, factors, pass.accumulate || first > 0, lanes,
                                      dW);
            }
        }
    }

    // The gradient of a feature's pieces from two lines of each: u δ and δ, summed over the rows in it.
    template <int vectors>
    void sum_gradient(int feature, const T *from, const Line<vectors> &total, const Factors &factors,
                      bool accumulate, int lanes, T *dW) const {
        const T gain = places.pieces.gains[std::size_t(feature)];
        Line<vectors> behind = {};
        for (int j = places.end(feature); j-- > places.begin(feature);) {
            const T *own = from + std::ptrdiff_t(j - places.begin(feature)) * (2 * vectors * w);
            T *to = dW + std::ptrdiff_t(j) * n_outputs;
            Line<vectors> sum = {}, found;
            if (accumulate) load<vectors>(to, lanes, sum);
            for (int v = 0; v < vectors; ++v) {
                found[v] = simd::load(own + v * w) + gain * behind[v] -
                           places.pieces.shifts[std::size_t(j)] * total[v];
                behind[v] += simd::load(own + (vectors + v) * w);
            }
            if (factors.s) {
                Line<vectors> weights;
                load<vectors>(factors.W + std::ptrdiff_t(j) * n_outputs, lanes, weights);
                for (int v = 0; v < vectors; ++v) {
                    factors.ds[j] += simd::sum<T>(found[v] * weights[v]);
                    found[v] *= factors.s[j];
                }
            }
            for (int v = 0; v < vectors; ++v) sum[v] += found[v];
            store<vectors>(to, lanes, sum);
        }
    }
};

} // namespace rosenblatt
