// A residual connection around a block (He et al. 2016).
#pragma once

#include "linear.hpp"
#include "pass.hpp"
#include "skip.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace rosenblatt {

// y = g(x + s), or y = g(x + s P) where the widths differ; s is what came into the block.
//
// The layer before needs its own output for its derivative, so that only the gradient, which is the same on
// both sides, stays in place. The backward pass writes s's part of it to s's gradient, and the
// block's dense layer adds its own.
template <class T> struct ResidualAdd {
    static constexpr bool in_place = false, gradient_in_place = true;
    int n_inputs, n_outputs;
    std::size_t offset; // of P
    int source;         // the layer whose output came into the block; -1 for the chain's input
    Activation activation = Identity{};

    bool projects() const { return n_inputs != n_outputs; }

    std::vector<ParameterRange> parameters() const {
        if (!projects()) return {};
        return {{offset, std::size_t(n_inputs) * std::size_t(n_outputs), true}};
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        add(pass, x, y);
        visit_from_output(activation, [&](auto g) {
            if constexpr (!std::is_same_v<decltype(g), Identity>) apply(g, std::ptrdiff_t(size(pass)), y, y);
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &, const T *y, T *dy, T *) const {
        visit_from_output(activation, [&](auto g) {
            if constexpr (!std::is_same_v<decltype(g), Identity>) {
                const std::size_t n = size(pass);
#pragma omp simd
                for (std::size_t i = 0; i < n; ++i) dy[i] *= g.derivative(y[i]);
            }
        });
        T *ds = skipped_gradient(pass, source);
        if (!projects()) {
            if (ds) std::copy_n(dy, size(pass), ds);
            return;
        }
        weight_gradient(pass, skipped_rows(pass, source), n_inputs, n_outputs, dy, pass.gradient + offset);
        if (ds) input_gradient(pass, n_inputs, n_outputs, dy, pass.theta + offset, false, ds);
    }

  private:
    std::size_t size(const Pass<T> &pass) const { return std::size_t(pass.rows) * std::size_t(n_outputs); }

    void add(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        const Rows<T> s = skipped_rows(pass, source);
        const std::size_t n = size(pass);
        if (!projects() && s.dense) {
            const T *block = x.dense, *skip = s.dense;
#pragma omp simd
            for (std::size_t i = 0; i < n; ++i) y[i] = block[i] + skip[i];
            return;
        }
        std::copy_n(x.dense, n, y);
        if (projects())
            linear(pass, s, n_inputs, n_outputs, pass.theta + offset, {.c = true}, y, NoEpilogue{});
        else
            add_entries(pass, s, y);
    }

    void add_entries(const Pass<T> &pass, const Rows<T> &s, T *y) const {
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            const Entries<T> entries = s.entries(row);
            for (std::int64_t j = 0; j < entries.size; ++j) y[entries.columns[j]] += entries.values[j];
        }
    }
};

} // namespace rosenblatt
