// The buffers of one task: everything that its rows need on their way through the chain.
#pragma once

#include "arena.hpp"
#include "chain.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <variant>
#include <vector>

namespace rosenblatt {

enum class Purpose { predict, train };

// A block of gathered rows, every layer's output, and when training the gradients that flow back (deltas),
// what layers save for their backward pass, and the task's own gradient of the parameters.
template <class T> struct Workspace {
    int block_rows;
    std::size_t target_columns;
    T *input = nullptr, *targets = nullptr, *weights = nullptr, *gradient = nullptr;
    T *scratch; // of the matrix products
    std::vector<T *> outputs, deltas, saved;
    // The block's sparse entries by column, where the first layer's dW is computed during the update.
    std::unique_ptr<BlockColumns<T>> columns;

    Workspace(const Chain<T> &chain, int rows, bool gathers, int targets_per_row, Purpose purpose)
        : block_rows(rows), target_columns(std::size_t(targets_per_row)),
          arena_(demand(chain, rows, gathers, targets_per_row, purpose)) {
        const auto n = std::size_t(rows);
        scratch = arena_.take(chain.scratch_size(rows));
        if (gathers) input = arena_.take(n * std::size_t(chain.n_inputs));
        if (purpose == Purpose::train) {
            const std::size_t scored = n * std::size_t(chain.n_members);
            targets = arena_.take(scored * target_columns);
            weights = arena_.take(scored);
            gradient = arena_.take(chain.n_parameters);
        }
        for (const Layer<T> &layer : chain.layers) {
            std::visit(
                [&](const auto &l) {
                    const bool first = outputs.empty();
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    outputs.push_back(!l.in_place || first ? arena_.take(size) : outputs.back());
                    if (purpose == Purpose::predict) return;
                    deltas.push_back(!gradient_in_place(l) || first ? arena_.take(size) : deltas.back());
                    saved.push_back(arena_.take(saved_by(l, rows)));
                },
                layer);
        }
    }

  private:
    static std::size_t demand(const Chain<T> &chain, int rows, bool gathers, int target_columns,
                              Purpose purpose) {
        const auto n = std::size_t(rows);
        std::size_t total = 0;
        const auto add = [&](std::size_t size) {
            // Saturates: an arena refuses the largest size.
            total += std::min(Arena<T>::padded(size), std::numeric_limits<std::size_t>::max() - total);
        };
        add(chain.scratch_size(rows));
        if (gathers) add(n * std::size_t(chain.n_inputs));
        const bool train = purpose == Purpose::train;
        if (train) {
            const std::size_t scored = n * std::size_t(chain.n_members);
            add(scored * std::size_t(target_columns));
            add(scored);
            add(chain.n_parameters);
        }
        for (std::size_t i = 0; i < chain.layers.size(); ++i)
            std::visit(
                [&](const auto &l) {
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    if (!l.in_place || i == 0) add(size);
                    if (!train) return;
                    if (!gradient_in_place(l) || i == 0) add(size);
                    add(saved_by(l, rows));
                },
                chain.layers[i]);
        return total;
    }

    Arena<T> arena_;
};

} // namespace rosenblatt
