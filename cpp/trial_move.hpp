// Tries a move of the parameters on copies of each strip, before any of them moves.
//
// With the state saved before a call, a step that diverges is undone by a replay (step_replay.hpp); a large
// state would take its memory twice. It is read once more in every step instead, and a step whose loss or
// whose results are not finite is not taken.
#pragma once

#include "gather.hpp"
#include "update.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace rosenblatt {

// The move of update_parameters, of which the penalty alone remains: in `tried`, NaN where a parameter or a
// slot would not be finite. `ranges(from, to)` as there.
template <class T, class Ranges, class Gradient>
void try_move(Ranges ranges, Gradient gradient_of, const Penalty &penalty, const UpdateOptions<T> &options,
              Norm norm, const Batch &batch, const TrainingState<T> &state, TaskTotals &tried) {
    alignas(64) T copies[1 + most_slots][strip_length];
    const std::size_t n_slots = options.slots();
    const auto try_strip = [&](const auto &segment, std::size_t begin, std::size_t end) {
        // Addressed by the number of the parameter, as the state is.
        TrainingState<T> aside{.theta = copies[n_slots] - begin, .slots = {}, .steps = state.steps};
        std::copy(state.theta + begin, state.theta + end, copies[n_slots]);
        for (std::size_t k = 0; k < n_slots; ++k) {
            std::copy(state.slots[k] + begin, state.slots[k] + end, copies[k]);
            aside.slots[k] = copies[k] - begin;
        }
        const auto strip = [&](std::size_t first, std::size_t last) {
            return [&, from = std::max(first, begin), to = std::min(last, end)](auto visit) {
                if (from < to) visit(segment, from, to);
            };
        };
        update_parameters(strip, gradient_of, penalty, options, norm, batch, aside, tried);
        for (std::size_t k = 0; k <= n_slots; ++k)
            if (!all_finite(copies[k], end - begin)) tried.penalty = std::numeric_limits<double>::quiet_NaN();
    };
    ranges(0, std::numeric_limits<std::size_t>::max())(
        [&](const auto &segment, std::size_t begin, std::size_t end) {
            for (std::size_t at = begin; at < end; at += strip_length)
                try_strip(segment, at, std::min(end, at + strip_length));
        });
}

} // namespace rosenblatt
