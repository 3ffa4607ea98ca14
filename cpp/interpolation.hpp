// Each feature by a fixed piecewise-linear map: the layer `network/interpolation.py` specifies.
#pragma once

#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace rosenblatt {

// What crosses the binding, knots map by map.
struct InterpolationSpec {
    int features;             // that come first, before those that stay as they are
    std::vector<int> columns; // of the maps
    std::vector<int> n_knots; // of each map; none for the identity
    std::vector<double> x, y; // of each knot
};

// y = [map(x[column]) of each map | the features behind], a map being linear between knots and constant
// beyond them. It has no parameters.
template <class T> struct Interpolation {
    static constexpr bool in_place = false;
    int n_inputs, n_features, n_outputs = 0;
    std::vector<int> columns;
    std::vector<int> starts;       // of the maps' knots, and the end of the last
    std::vector<T> xs, ys, slopes; // of each knot; the slope of the segment that begins there

    Interpolation(const InterpolationSpec &spec, int inputs)
        : n_inputs(inputs), n_features(spec.features), columns(spec.columns) {
        if (n_features < 0 || n_features > inputs)
            throw std::invalid_argument("an interpolation takes more features than there are");
        if (spec.n_knots.size() != columns.size() || spec.x.size() != spec.y.size())
            throw std::invalid_argument("lists of an interpolation differ in length");
        for (const int column : columns)
            if (column < 0 || column >= n_features)
                throw std::invalid_argument("an interpolation has no such feature");
        const std::size_t most = spec.x.size();
        starts.push_back(0);
        for (const int count : spec.n_knots) {
            if (count < 0 || count == 1 || std::size_t(count) > most - std::size_t(starts.back()))
                throw std::invalid_argument("a map has two knots or more, or none");
            starts.push_back(starts.back() + count);
        }
        if (std::size_t(starts.back()) != most)
            throw std::invalid_argument("lists of an interpolation differ in length");
        if (columns.size() > std::size_t(most_outputs - inputs))
            throw std::length_error("the network is too large");
        n_outputs = int(columns.size()) + inputs - n_features;
        for (std::size_t k = 0; k < columns.size(); ++k)
            for (int i = starts[k]; i < starts[k + 1]; ++i) {
                const auto at = std::size_t(i);
                xs.push_back(T(spec.x[at]));
                ys.push_back(T(spec.y[at]));
                const bool is_last = i + 1 == starts[k + 1];
                slopes.push_back(is_last ? T(0)
                                         : T((spec.y[at + 1] - spec.y[at]) / (spec.x[at + 1] - spec.x[at])));
            }
    }

    std::vector<ParameterRange> parameters() const { return {}; }

    // A row written out.
    std::size_t scratch_size(int) const { return std::size_t(n_inputs); }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        for (int row = 0; row < pass.rows; ++row) {
            const T *in = row_of(pass, x, row);
            for (std::size_t k = 0; k < columns.size(); ++k) *y++ = value(k, in[columns[k]]);
            y = std::copy(in + n_features, in + n_inputs, y);
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dy, T *dx) const {
        if (!dx) return;
        for (int row = 0; row < pass.rows; ++row, dx += n_inputs) {
            const T *in = row_of(pass, x, row);
            std::fill_n(dx, n_features, T(0));
            for (std::size_t k = 0; k < columns.size(); ++k)
                dx[columns[k]] += slope(k, in[columns[k]]) * *dy++;
            for (int i = n_features; i < n_inputs; ++i) dx[i] = *dy++;
        }
    }

  private:
    static constexpr int most_outputs = 1 << 24;

    const T *row_of(const Pass<T> &pass, const Rows<T> &x, int row) const {
        if (!x.sparse) return x.dense + std::ptrdiff_t(row) * n_inputs;
        x.copy_row(row, n_inputs, pass.scratch);
        return pass.scratch;
    }

    // The last knot that is not above v, the first one where all are; of NaN the last.
    std::size_t knot(std::size_t k, T v) const {
        const auto first = xs.begin() + starts[k], last = xs.begin() + starts[k + 1];
        const auto above = std::upper_bound(first, last, v);
        return std::size_t((above == first ? first : above - 1) - xs.begin());
    }

    // NaN stays NaN.
    T value(std::size_t k, T v) const {
        if (starts[k] == starts[k + 1]) return v;
        const std::size_t at = knot(k, v), last = std::size_t(starts[k + 1]) - 1;
        if (v < xs[at] || v >= xs[last]) return v < xs[at] ? ys[at] : ys[last];
        return ys[at] + (v - xs[at]) * slopes[at];
    }

    T slope(std::size_t k, T v) const {
        if (starts[k] == starts[k + 1]) return T(1);
        const std::size_t at = knot(k, v);
        return v < xs[at] ? T(0) : slopes[at];
    }
};

} // namespace rosenblatt
