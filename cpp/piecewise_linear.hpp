// Features and piecewise-linear pieces of them: the layer `network/piecewise_linear.py` specifies.
#pragma once

#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rosenblatt {

// What crosses the binding, pieces feature by feature.
struct PiecewiseLinearSpec {
    std::vector<double> lows, highs;             // of each feature
    std::vector<int> n_pieces;                   // of each feature
    std::vector<double> begins, widths, centers; // of each piece
    std::vector<double> gains;                   // of each feature
    double reach = 1; // widths by which the outermost pieces go on beyond the edges
};

// y = [clip(x, low, high) | pieces], a piece being (clip((x - begin) / width, least, most) - center) · gain
// with [least, most] = [0, 1], but for -reach in a feature's first piece and 1 + reach in its last. It has no
// parameters.
template <class T> struct PiecewiseLinear {
    static constexpr bool in_place = false;
    int n_inputs = 0, n_outputs = 0;
    std::vector<T> lows, highs;
    std::vector<int> starts; // of the features' pieces, and the end of the last
    // Of each piece, in units of its gain: u = (x - begin) · slope, piece = clip(u, least, most) - shift.
    std::vector<T> begins, slopes, leasts, mosts, shifts;
    std::vector<T> gains; // of each feature

    explicit PiecewiseLinear(const PiecewiseLinearSpec &spec) : n_inputs(int(spec.n_pieces.size())) {
        const std::size_t n = spec.n_pieces.size();
        starts.push_back(0);
        for (const int count : spec.n_pieces) {
            if (count < 0 || count > most_pieces - starts.back())
                throw std::invalid_argument("a number of pieces is negative or too large");
            starts.push_back(starts.back() + count);
        }
        const auto pieces = std::size_t(starts.back());
        if (spec.lows.size() != n || spec.highs.size() != n || spec.gains.size() != n ||
            spec.begins.size() != pieces || spec.widths.size() != pieces || spec.centers.size() != pieces)
            throw std::invalid_argument("lists of a piecewise-linear layer differ in length");
        n_outputs = n_inputs + starts.back();
        gains.assign(spec.gains.begin(), spec.gains.end());
        lows.assign(spec.lows.begin(), spec.lows.end());
        highs.assign(spec.highs.begin(), spec.highs.end());
        for (std::size_t i = 0; i < n; ++i)
            for (int j = starts[i]; j < starts[i + 1]; ++j) {
                const auto at = std::size_t(j);
                const double gain = spec.gains[i];
                begins.push_back(T(spec.begins[at]));
                slopes.push_back(T(gain / spec.widths[at]));
                leasts.push_back(T(j == starts[i] ? -spec.reach * gain : 0));
                mosts.push_back(T(j + 1 == starts[i + 1] ? (1 + spec.reach) * gain : gain));
                shifts.push_back(T(gain * spec.centers[at]));
            }
    }

    std::vector<ParameterRange> parameters() const { return {}; }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            values(x, row, y);
            for (int i = 0; i < n_inputs; ++i) {
                const T value = y[i];
                T *out = y + n_inputs;
                for (int j = starts[std::size_t(i)], end = starts[std::size_t(i) + 1]; j < end; ++j) {
                    const auto at = std::size_t(j);
                    out[j] = clipped((value - begins[at]) * slopes[at], leasts[at], mosts[at]) - shifts[at];
                }
            }
            hold(y);
        }
    }

    // dx is what the pieces that are not held pass on.
    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dy, T *dx) const {
        if (!dx) return;
        for (int row = 0; row < pass.rows; ++row, dy += n_outputs, dx += n_inputs)
            for (int i = 0; i < n_inputs; ++i) {
                const auto feature = std::size_t(i);
                const T value = x.dense[std::ptrdiff_t(row) * n_inputs + i];
                T sum = value >= lows[feature] && value <= highs[feature] ? dy[i] : T(0);
                for (int j = starts[feature]; j < starts[feature + 1]; ++j) {
                    const auto at = std::size_t(j);
                    const T u = (value - begins[at]) * slopes[at];
                    if (u >= leasts[at] && u <= mosts[at]) sum += slopes[at] * dy[n_inputs + j];
                }
                dx[i] = sum;
            }
    }

    // NaN stays NaN.
    static T clipped(T u, T least, T most) { return u < least ? least : (u > most ? most : u); }

    // The features in the first places of y, to their ranges.
    void hold(T *y) const {
        for (int i = 0; i < n_inputs; ++i) y[i] = clipped(y[i], lows[std::size_t(i)], highs[std::size_t(i)]);
    }

    // A row's features, into the first places of y.
    void values(const Rows<T> &x, int row, T *y) const { x.copy_row(row, n_inputs, y); }

  private:
    static constexpr int most_pieces = 1 << 24;
};

} // namespace rosenblatt
