// Numbers as vectors: the layer that `network/numeric_embedding.py` specifies.
#pragma once

#include "elementwise.hpp"
#include "number_bases.hpp"
#include "pass.hpp"
#include "product.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

namespace rosenblatt {

struct NumericEmbeddingSpec {
    NumberBasisSpec basis;
    int width; // of a number's vector
    MemberSpec activation;
    bool keeps_input;
    std::optional<int> n_numbers; // that are embedded; all without
};

// y = [g(h₁ W₁ + b₁) | … | g(hₙ Wₙ + bₙ)], behind it x₁ … xₙ where the input is kept, and then inputs beyond
// the first n; hⱼ are the basis's m numbers of xⱼ (theory N6). In the flat vector: the basis's parameters, W
// of shape (n, m, width), b.
//
// Rows pass in strips, whose numbers stay in the caches, and are computed again on the way back: they are
// many times as many as the vectors.
template <class T> struct NumericEmbedding {
    static constexpr bool in_place = false;
    int n_inputs, n_numbers, n_outputs, width;
    std::size_t offset;
    NumberBasis<T> basis;
    Activation activation;
    bool keeps_input;
    int index; // in the chain

    int numbers() const {
        return std::visit([](const auto &b) { return b.numbers(); }, basis);
    }
    std::size_t n_of_basis() const {
        return std::visit([](const auto &b) { return b.n_parameters(); }, basis);
    }
    std::size_t n_weights() const {
        return std::size_t(n_numbers) * std::size_t(numbers()) * std::size_t(width);
    }
    int n_embedded() const { return n_numbers * width; }
    int first_kept() const { return keeps_input ? 0 : n_numbers; } // of the inputs

    std::vector<ParameterRange> parameters() const {
        const std::size_t first = n_of_basis(), n = std::size_t(n_embedded());
        std::vector<ParameterRange> ranges;
        if (first) ranges.push_back({offset, first, false});
        ranges.push_back({offset + first, n_weights(), true});
        ranges.push_back({offset + first + n_weights(), n, false});
        return ranges;
    }

    UnitWeights unit_weights() const { return {offset, 0, 0}; } // nothing to project

    // z, where the activation's derivative needs it.
    std::size_t saved_size(int rows) const {
        return derivative_from_input(activation) ? std::size_t(rows) * std::size_t(n_embedded()) : 0;
    }

    // A panel of the products, a strip's numbers, their slopes and their gradients, and its rows written out.
    std::size_t scratch_size(int) const {
        const auto m = std::size_t(numbers());
        return panel_size() + strip * (3 * m + std::size_t(n_inputs));
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        const T *own = pass.theta + offset, *W = own + n_of_basis(), *b = W + n_weights();
        const int m = numbers(), n = n_embedded();
        T *h = pass.scratch + panel_size(), *slopes = h + strip * m;
        for (int first = 0; first < pass.rows; first += strip, y += std::ptrdiff_t(strip) * n_outputs) {
            const int rows = std::min(strip, pass.rows - first);
            const T *in = rows_of(pass, x, first, rows);
            for (int j = 0; j < n_numbers; ++j) {
                values(own, {j, rows, in + j, n_inputs}, h, slopes);
                multiply_tiled<T>(rows, width, m, {h, m}, {W + std::ptrdiff_t(j) * m * width, width},
                                  {b + std::ptrdiff_t(j) * width, false}, y + std::ptrdiff_t(j) * width,
                                  pass.scratch, NoEpilogue{}, n_outputs);
            }
            for (int row = 0; row < rows; ++row) {
                T *out = y + std::ptrdiff_t(row) * n_outputs;
                if (pass.gradient && saved_size(1)) std::copy_n(out, n, saved(pass, first + row));
                visit_from_output(activation, [&](auto g) { apply(g, n, out, out); });
                visit_from_input(activation, [&](auto g) { apply(g, n, out, out); });
                const int kept = first_kept();
                std::copy_n(in + std::ptrdiff_t(row) * n_inputs + kept, n_inputs - kept, out + n);
            }
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *y, T *dy, T *dx) const {
        const T *own = pass.theta + offset, *W = own + n_of_basis();
        T *d_own = pass.gradient + offset, *dW = d_own + n_of_basis(), *db = dW + n_weights();
        const int m = numbers(), n = n_embedded();
        T *h = pass.scratch + panel_size(), *slopes = h + strip * m, *dh = slopes + strip * m;
        if (!pass.accumulate) std::fill_n(d_own, n_of_basis(), T(0));
        visit_from_input(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                T *d = dy + std::ptrdiff_t(row) * n_outputs;
                pull_back(g, n, saved(pass, row), d, d);
            }
            scale_by_derivative(Identity{}, pass.rows, n, n_outputs, y, dy, pass.accumulate, db);
        });
        visit_from_output(activation, [&](auto g) {
            scale_by_derivative(g, pass.rows, n, n_outputs, y, dy, pass.accumulate, db);
        });
        const bool through = dx || std::visit([](const auto &b) { return b.is_trained(); }, basis);
        for (int first = 0; first < pass.rows; first += strip, dy += std::ptrdiff_t(strip) * n_outputs) {
            const int rows = std::min(strip, pass.rows - first);
            const T *in = rows_of(pass, x, first, rows);
            T *below = dx ? dx + std::ptrdiff_t(first) * n_inputs : nullptr;
            for (int j = 0; j < n_numbers; ++j) {
                const FeatureOfRows<T> feature{j, rows, in + j, n_inputs};
                const T *d = dy + std::ptrdiff_t(j) * width;
                const std::ptrdiff_t at = std::ptrdiff_t(j) * m * width;
                values(own, feature, h, slopes);
                multiply_tiled<T>(m, width, rows, {h, m, Transpose::yes}, {d, n_outputs},
                                  {.c = pass.accumulate || first > 0}, dW + at, pass.scratch, NoEpilogue{},
                                  width);
                if (!through) continue;
                multiply_tiled<T>(rows, m, width, {d, n_outputs}, {W + at, width, Transpose::yes}, {}, dh,
                                  pass.scratch, NoEpilogue{}, m);
                std::visit(
                    [&](const auto &b) {
                        b.backward(own, feature, slopes, dh, d_own, below ? below + j : nullptr);
                    },
                    basis);
            }
            if (!below) continue;
            for (int row = 0; row < rows; ++row, below += n_inputs) {
                const T *kept = dy + std::ptrdiff_t(row) * n_outputs + n - first_kept();
                for (int j = first_kept(); j < n_numbers; ++j) below[j] += kept[j];
                for (int j = n_numbers; j < n_inputs; ++j) below[j] = kept[j];
            }
        }
    }

  private:
    static constexpr int strip = 128; // rows

    std::size_t panel_size() const {
        const std::size_t size = product::scratch_size<T>(std::max({numbers(), width, strip}));
        return (size + 15) / 16 * 16;
    }

    T *saved(const Pass<T> &pass, int row) const {
        return pass.space->saved[std::size_t(index)] + std::ptrdiff_t(row) * n_embedded();
    }

    void values(const T *own, const FeatureOfRows<T> &x, T *h, T *slopes) const {
        std::visit([&](const auto &b) { b.values(own, x, h, slopes); }, basis);
    }

    // A strip of the rows, dense.
    const T *rows_of(const Pass<T> &pass, const Rows<T> &x, int first, int rows) const {
        if (!x.sparse) return x.dense + std::ptrdiff_t(first) * n_inputs;
        T *out = pass.scratch + panel_size() + 3 * strip * numbers();
        for (int row = 0; row < rows; ++row)
            x.copy_row(first + row, n_inputs, out + std::ptrdiff_t(row) * n_inputs);
        return out;
    }
};

} // namespace rosenblatt
