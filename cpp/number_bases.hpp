// What a number is embedded by: the bases that `network/bases.py` specifies. A basis writes, of one feature
// of some rows, the m numbers of each row, and takes their gradients back to its parameters and the feature.
#pragma once

#include "vmath.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <variant>
#include <vector>

namespace rosenblatt {

struct PeriodicSpec {
    int n_frequencies;
    bool has_phase;
};

struct PiecesSpec {
    std::vector<int> n_pieces;          // of each feature
    std::vector<double> begins, widths; // of each piece
    bool starts_linear;
};

// One feature of some rows, `stride` elements apart.
template <class T> struct FeatureOfRows {
    int feature, rows;
    const T *x;
    std::ptrdiff_t stride;

    T operator[](int row) const { return x[row * stride]; }
};

// cos and sin of 2πcx, or cos(2πcx + b) alone where there is a phase (theory N6). Parameters: c, then b.
template <class T> struct PeriodicBasis {
    int n_features, n_frequencies;
    bool has_phase;

    PeriodicBasis(const PeriodicSpec &spec, int features)
        : n_features(features), n_frequencies(spec.n_frequencies), has_phase(spec.has_phase) {
        if (n_frequencies < 1) throw std::invalid_argument("a periodic basis takes one frequency or more");
    }

    int numbers() const { return has_phase ? n_frequencies : 2 * n_frequencies; }
    std::size_t n_parameters() const {
        return (has_phase ? 2 : 1) * std::size_t(n_features) * std::size_t(n_frequencies);
    }
    bool is_trained() const { return true; }

    // `slopes` receives the numbers' derivatives with respect to 2πcx.
    void values(const T *theta, const FeatureOfRows<T> &x, T *out, T *slopes) const {
        const T *c = theta + std::ptrdiff_t(x.feature) * n_frequencies;
        const T *b = c + std::ptrdiff_t(n_features) * n_frequencies;
        const int n = n_frequencies, m = numbers();
        constexpr T turns_of_radian = T(0.15915494309189533577);
        for (int row = 0; row < x.rows; ++row, out += m, slopes += m) {
            const T value = x[row];
            if (has_phase) {
#pragma omp simd
                for (int i = 0; i < n; ++i) {
                    const auto at = vmath::cos_sin_of_turns(c[i] * value + b[i] * turns_of_radian);
                    out[i] = at.cos;
                    slopes[i] = -at.sin;
                }
            } else {
#pragma omp simd
                for (int i = 0; i < n; ++i) {
                    const auto at = vmath::cos_sin_of_turns(c[i] * value);
                    out[i] = at.cos;
                    out[n + i] = at.sin;
                    slopes[i] = -at.sin;
                    slopes[n + i] = at.cos;
                }
            }
        }
    }

    // Adds to the gradient of c and b; `dx`, if any, receives that of the feature, `stride` elements apart.
    void backward(const T *theta, const FeatureOfRows<T> &x, const T *slopes, T *upstream, T *gradient,
                  T *dx) const {
        const T *c = theta + std::ptrdiff_t(x.feature) * n_frequencies;
        T *dc = gradient + std::ptrdiff_t(x.feature) * n_frequencies;
        T *db = dc + std::ptrdiff_t(n_features) * n_frequencies;
        const int n = n_frequencies, m = numbers();
        constexpr T full_turn = T(6.28318530717958647693);
        for (int row = 0; row < x.rows; ++row, slopes += m, upstream += m) {
            const T value = full_turn * x[row];
#pragma omp simd
            for (int i = 0; i < m; ++i) upstream[i] *= slopes[i];
            if (has_phase) {
#pragma omp simd
                for (int i = 0; i < n; ++i) db[i] += upstream[i];
            } else {
#pragma omp simd
                for (int i = 0; i < n; ++i) upstream[i] += upstream[n + i];
            }
#pragma omp simd
            for (int i = 0; i < n; ++i) dc[i] += value * upstream[i];
            if (!dx) continue;
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < n; ++i) sum += c[i] * upstream[i];
            dx[row * x.stride] = full_turn * sum;
        }
    }
};

// Pieces of a number, each from 0 to 1 but that the first has no lower bound and the last no upper one,
// behind the number itself where the embedding starts linear. Features with fewer pieces end with zeros.
template <class T> struct PiecesBasis {
    int n_features, most = 0;
    bool starts_linear;
    std::vector<int> starts; // of the features' pieces, and the end of the last
    std::vector<T> begins, slopes, leasts, mosts;

    PiecesBasis(const PiecesSpec &spec, int features)
        : n_features(features), starts_linear(spec.starts_linear), starts{0} {
        constexpr int limit = 1 << 24;
        if (int(spec.n_pieces.size()) != features)
            throw std::invalid_argument("pieces of another number of features");
        for (const int count : spec.n_pieces) {
            if (count < 1 || count > limit - starts.back())
                throw std::invalid_argument("a number of pieces is not positive, or too large");
            starts.push_back(starts.back() + count);
            most = std::max(most, count);
        }
        const auto pieces = std::size_t(starts.back());
        if (spec.begins.size() != pieces || spec.widths.size() != pieces)
            throw std::invalid_argument("lists of pieces of another length");
        constexpr T unbounded = std::numeric_limits<T>::infinity();
        for (int i = 0; i < features; ++i)
            for (int j = starts[std::size_t(i)]; j < starts[std::size_t(i) + 1]; ++j) {
                begins.push_back(T(spec.begins[std::size_t(j)]));
                slopes.push_back(T(1 / spec.widths[std::size_t(j)]));
                leasts.push_back(j == starts[std::size_t(i)] ? -unbounded : T(0));
                mosts.push_back(j + 1 == starts[std::size_t(i) + 1] ? unbounded : T(1));
            }
    }

    int numbers() const { return most + int(starts_linear); }
    std::size_t n_parameters() const { return 0; }
    bool is_trained() const { return false; }

    void values(const T *, const FeatureOfRows<T> &x, T *out, T *rates) const {
        const int begin = starts[std::size_t(x.feature)], end = starts[std::size_t(x.feature) + 1];
        const int m = numbers(), first = int(starts_linear);
        for (int row = 0; row < x.rows; ++row, out += m, rates += m) {
            const T value = x[row];
            if (starts_linear) out[0] = value, rates[0] = 1;
            for (int j = begin; j < end; ++j) {
                const auto at = std::size_t(j);
                const int i = first + j - begin;
                const T u = (value - begins[at]) * slopes[at];
                out[i] = u < leasts[at] ? leasts[at] : (u > mosts[at] ? mosts[at] : u);
                rates[i] = u >= leasts[at] && u <= mosts[at] ? slopes[at] : T(0);
            }
            for (int i = first + end - begin; i < m; ++i) out[i] = rates[i] = 0;
        }
    }

    void backward(const T *, const FeatureOfRows<T> &x, const T *rates, const T *upstream, T *, T *dx) const {
        if (!dx) return;
        const int m = numbers();
        for (int row = 0; row < x.rows; ++row, rates += m, upstream += m) {
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (int i = 0; i < m; ++i) sum += rates[i] * upstream[i];
            dx[row * x.stride] = sum;
        }
    }
};

using NumberBasisSpec = std::variant<PeriodicSpec, PiecesSpec>;
template <class T> using NumberBasis = std::variant<PeriodicBasis<T>, PiecesBasis<T>>;

template <class T> NumberBasis<T> number_basis(const NumberBasisSpec &spec, int features) {
    if (const auto *periodic = std::get_if<PeriodicSpec>(&spec)) return PeriodicBasis<T>(*periodic, features);
    return PiecesBasis<T>(std::get<PiecesSpec>(spec), features);
}

} // namespace rosenblatt
