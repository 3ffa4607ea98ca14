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

// Which buffer holds the gradient of each layer's output. Two take turns: a layer reads one and writes the
// other. Where the chain has skips, the gradient of a skip's beginning has to last, and no buffer serves
// twice.
struct DeltaBuffers {
    std::vector<std::size_t> of_layer, widths;

    template <class T> explicit DeltaBuffers(const Chain<T> &chain) {
        const bool lasting = std::any_of(chain.layers.begin(), chain.layers.end(), [](const Layer<T> &layer) {
            return std::visit([](const auto &l) { return skips(l); }, layer);
        });
        for (const Layer<T> &layer : chain.layers)
            std::visit(
                [&](const auto &l) {
                    std::size_t buffer = of_layer.empty() ? 0 : of_layer.back();
                    if (!of_layer.empty() && !gradient_in_place(l))
                        buffer = lasting || widths.size() < 2 ? widths.size() : 1 - buffer;
                    of_layer.push_back(buffer);
                    widths.resize(std::max(widths.size(), buffer + 1));
                    widths[buffer] = std::max(widths[buffer], std::size_t(l.n_outputs));
                },
                layer);
    }

  private:
    template <class L> static bool skips(const L &layer) {
        if constexpr (requires { layer.source; })
            return layer.source >= 0;
        else
            return false;
    }
};

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
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    outputs.push_back(!l.in_place || outputs.empty() ? arena_.take(size) : outputs.back());
                    if (purpose == Purpose::train) saved.push_back(arena_.take(saved_by(l, rows)));
                },
                layer);
        }
        if (purpose == Purpose::predict) return;
        const DeltaBuffers buffers(chain);
        std::vector<T *> taken;
        for (std::size_t width : buffers.widths) taken.push_back(arena_.take(n * width));
        for (std::size_t buffer : buffers.of_layer) deltas.push_back(taken[buffer]);
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
            for (std::size_t width : DeltaBuffers(chain).widths) add(n * width);
        }
        for (std::size_t i = 0; i < chain.layers.size(); ++i)
            std::visit(
                [&](const auto &l) {
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    if (!l.in_place || i == 0) add(size);
                    if (train) add(saved_by(l, rows));
                },
                chain.layers[i]);
        return total;
    }

    Arena<T> arena_;
};

} // namespace rosenblatt
