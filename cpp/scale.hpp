// A learned factor for every feature.
#pragma once

#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

struct ScaleSpec {};

// y = x ⊙ s (theory N5); ds = Σ dy ⊙ x over the rows, dx = dy ⊙ s.
template <class T> struct Scale {
    static constexpr bool in_place = false;
    int n_outputs;
    std::size_t offset; // of s in the flat vector

    std::vector<ParameterRange> parameters() const { return {{offset, std::size_t(n_outputs), false}}; }

    UnitWeights unit_weights() const { return {offset, 0, 0}; } // nothing to project

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        const T *s = pass.theta + offset;
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            x.copy_row(row, n_outputs, y);
#pragma omp simd
            for (int j = 0; j < n_outputs; ++j) y[j] *= s[j];
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dy, T *dx) const {
        const T *s = pass.theta + offset;
        T *ds = pass.gradient + offset;
        if (!pass.accumulate) std::fill_n(ds, n_outputs, T(0));
        for (int row = 0; row < pass.rows; ++row, dy += n_outputs) {
            if (x.sparse) {
                const Entries<T> entries = x.entries(row);
                for (std::int64_t j = 0; j < entries.size; ++j)
                    ds[entries.columns[j]] += entries.values[j] * dy[entries.columns[j]];
                continue;
            }
            const T *in = x.dense + std::ptrdiff_t(row) * n_outputs;
#pragma omp simd
            for (int j = 0; j < n_outputs; ++j) ds[j] += in[j] * dy[j];
            if (!dx) continue;
            T *below = dx + std::ptrdiff_t(row) * n_outputs;
#pragma omp simd
            for (int j = 0; j < n_outputs; ++j) below[j] = dy[j] * s[j];
        }
    }
};

} // namespace rosenblatt
