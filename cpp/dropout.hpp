// Dropout: the native twin of dropout.py.
#pragma once

#include "pass.hpp"
#include "philox.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

struct DropoutSpec {
    double rate;
};

// y = x ⊙ m, dx = dy ⊙ m, where m is 0 or 1 / (1 - rate). The layer before needs its own output for its
// derivative, so that only the gradient is changed in place.
template <class T> struct Dropout {
    static constexpr bool in_place = false, gradient_in_place = true, training_only = true;
    int n_outputs;
    double rate;
    int stream; // number of the block, from 1
    int index;  // in the chain

    std::vector<ParameterRange> parameters() const { return {}; }
    // A byte for each element: whether it is kept.
    std::size_t saved_size(int rows) const {
        return (std::size_t(rows) * std::size_t(n_outputs) + sizeof(T) - 1) / sizeof(T);
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        const double here = rate * pass.dropout_factor;
        const auto threshold = std::uint32_t(here * 4294967296.0);
        const T scale = T(1 / (1 - here));
        const auto begin = std::uint64_t(pass.row) * std::uint64_t(n_outputs);
        std::uint8_t *mask = mask_of(pass);
        const T *from = x.dense;
        if (x.sparse) {
            for (int row = 0; row < pass.rows; ++row)
                x.copy_row(row, n_outputs, y + std::ptrdiff_t(row) * n_outputs);
            from = y;
        }
        philox::Stream{pass.seed, pass.step, stream}.for_each(
            begin, begin + size(pass), [=](std::ptrdiff_t at, const std::uint32_t *words, auto n) {
#pragma omp simd
                for (int i = 0; i < n; ++i) {
                    const bool stays = words[i] >= threshold;
                    mask[at + i] = stays;
                    y[at + i] = from[at + i] * (stays ? scale : T(0));
                }
            });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &, const T *, T *dy, T *) const {
        const T scale = T(1 / (1 - rate * pass.dropout_factor));
        const std::uint8_t *mask = mask_of(pass);
        const std::size_t n = size(pass);
#pragma omp simd
        for (std::size_t i = 0; i < n; ++i) dy[i] *= mask[i] ? scale : T(0);
    }

  private:
    std::size_t size(const Pass<T> &pass) const { return std::size_t(pass.rows) * std::size_t(n_outputs); }
    std::uint8_t *mask_of(const Pass<T> &pass) const {
        return reinterpret_cast<std::uint8_t *>(pass.space->saved[std::size_t(index)]);
    }
};

} // namespace rosenblatt
