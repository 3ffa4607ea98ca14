// The gradient of a batch, from the gradients of its tasks.
#pragma once

#include "workspace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace rosenblatt {

// Strips of the tasks' gradients, added up in the tasks' order.
template <class T> class GradientSum {
  public:
    GradientSum(const Chain<T> &chain, const std::vector<Workspace<T>> &spaces)
        : spaces_(spaces), n_inputs_(std::size_t(chain.n_inputs)),
          width_(
              std::size_t(std::visit([](const auto &layer) { return layer.n_outputs; }, chain.layers[0]))) {}

    // Of the parameters [begin, end): in `sum`, or in place where there is one task.
    const T *operator()(std::size_t begin, std::size_t end, T *sum) const {
        if (spaces_[0].columns && begin < n_inputs_ * width_) return of_sparse_weights(begin, end, sum);
        const T *first = spaces_[0].gradient + begin;
        if (spaces_.size() == 1) return first;
        const std::size_t size = end - begin;
        const T *second = spaces_[1].gradient + begin;
        for (std::size_t i = 0; i < size; ++i) sum[i] = first[i] + second[i];
        for (std::size_t k = 2; k < spaces_.size(); ++k) add_to(sum, spaces_[k].gradient + begin, size);
        return sum;
    }

  private:
    // Out of line, or GCC vectorises the loop over the tasks in place of this one.
    [[gnu::noinline]] static void add_to(T *sum, const T *g, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) sum[i] += g[i];
    }

    // xᵀ δ of a sparse input: row c of the first layer's weights gathers the entries of column c.
    const T *of_sparse_weights(std::size_t begin, std::size_t end, T *sum) const {
        std::fill(sum, sum + (end - begin), T(0));
        for (std::size_t column = begin / width_; column * width_ < end; ++column) {
            const std::size_t from = std::max(begin, column * width_),
                              to = std::min(end, (column + 1) * width_);
            for (const Workspace<T> &space : spaces_)
                space.columns->for_each(column, [&](std::int32_t row, T value) {
                    const T *delta = space.deltas[0] + std::size_t(row) * width_ + (from - column * width_);
                    T *out = sum + (from - begin);
                    for (std::size_t i = 0; i < to - from; ++i) out[i] += value * delta[i];
                });
        }
        return sum;
    }

    const std::vector<Workspace<T>> &spaces_;
    std::size_t n_inputs_, width_; // of the first layer
};

} // namespace rosenblatt
