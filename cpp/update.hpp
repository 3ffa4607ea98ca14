// The part of a step that reads the gradient: its norm, and the move of the parameters.
//
// Both go over ranges of the flat vector in strips that stay in the first cache.
#pragma once

#include "finish_gradient.hpp"
#include "simd.hpp"
#include "task_totals.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace rosenblatt {

// Elements of a strip: over these, squares are summed in T before they join a double.
inline constexpr std::size_t strip_length = 2048;

// Calls visit(segment, penalty, begin, end, gradient) for strips of `ranges`, which calls its argument with
// (segment, begin, end); gradient_of(begin, end, buffer) returns a strip's gradient, in the buffer or not.
template <class T, class Ranges, class Gradient, class Visit>
void for_each_strip(const Penalty &penalty, Ranges ranges, Gradient gradient_of, Visit visit) {
    ranges([&](const auto &segment, std::size_t begin, std::size_t end) {
        const auto in_strips = [&](auto term) {
            alignas(64) T sum[strip_length];
            for (std::size_t start = begin; start < end; start += strip_length) {
                const std::size_t stop = std::min(end, start + strip_length);
                visit(segment, term, start, stop, gradient_of(start, stop, sum));
            }
        };
        if (segment.penalised)
            std::visit(in_strips, penalty);
        else
            in_strips(Unpenalised{});
    });
}

// One strip's move. Returns the sums of the penalty and of the squared gradient. A vector at a time, as
// `apply` does it: a layer's biases are often fewer than a vector, and lanes beyond them are zeros, whose
// sums and squares are 0.
template <class T, class Move, class Decay, class Penalised>
std::pair<T, T> move_strip(Move move, Decay decayed, Penalised penalty, T scale, std::size_t begin,
                           std::size_t end, const T *gradient, const TrainingState<T> &state) {
    constexpr int slots = slots_of<T, Move>, w = simd::width<T>;
    T *theta = state.theta + begin;
    T *slot[most_slots];
    for (int k = 0; k < slots; ++k) slot[k] = state.slots[k] + begin;
    const auto size = std::ptrdiff_t(end - begin);
    simd::Vector<T> values{}, squares{};
    const auto move_vector = [&](std::ptrdiff_t i, auto lanes) {
        T weight[w], g[w], value[w], moved[w], before[most_slots][w], after[most_slots][w];
        simd::store(weight, simd::load_lanes(theta + i, lanes));
        simd::store(g, simd::load_lanes(gradient + i, lanes));
        for (int k = 0; k < slots; ++k) simd::store(before[k], simd::load_lanes(slot[k] + i, lanes));
        simd::Vector<T> full = simd::load(g);
#pragma omp simd
        for (int j = 0; j < w; ++j) value[j] = penalty.gradient(weight[j]);
        full += scale * simd::load(value);
        simd::store(g, full);
#pragma omp simd
        for (int j = 0; j < w; ++j) {
            value[j] = penalty.value(weight[j]);
            T memory[most_slots];
            for (int k = 0; k < slots; ++k) memory[k] = before[k][j];
            moved[j] = decayed(weight[j]);
            if constexpr (slots == 0)
                moved[j] += move(g[j]);
            else if constexpr (slots == 1)
                moved[j] += move(g[j], memory[0]);
            else if constexpr (slots == 2)
                moved[j] += move(g[j], memory[0], memory[1]);
            else
                moved[j] += move(g[j], memory[0], memory[1], memory[2]);
            for (int k = 0; k < slots; ++k) after[k][j] = memory[k];
        }
        values += simd::load(value);
        squares += full * full;
        for (int k = 0; k < slots; ++k) simd::store_lanes(slot[k] + i, simd::load(after[k]), lanes);
        simd::store_lanes(theta + i, simd::load(moved), lanes);
    };
    std::ptrdiff_t i = 0;
    for (; i + w <= size; i += w) move_vector(i, std::integral_constant<int, w>{});
    if (i < size) move_vector(i, int(size - i));
    return {simd::sum<T>(values), simd::sum<T>(squares)};
}

// One loop for an optimiser, whatever the penalty was.
template <class T, class Move, class Decay>
[[gnu::noinline]] void move_finished(Move move, Decay decayed, std::size_t begin, std::size_t end,
                                     const T *gradient, const TrainingState<T> &state) {
    move_strip(move, decayed, Unpenalised{}, T(0), begin, end, gradient, state);
}

// A move whose gradient takes a pass of its own first. Out of line: its caller's loops stay short.
template <class T, class Move, class Decay, class Penalised>
[[gnu::noinline]] std::pair<T, T>
finish_and_move(Move move, Decay decayed, Penalised penalty, const Clipping &clipping, Norm norm, T scale,
                std::size_t begin, std::size_t end, const T *gradient, const TrainingState<T> &state) {
    alignas(64) T finished[strip_length];
    const auto sums =
        finish_gradient(penalty, clipping, norm, scale, end - begin, gradient, state.theta + begin, finished);
    move_finished(move, decayed, begin, end, finished, state);
    return sums;
}

// Moves the parameters of `ranges(from, to)`, those within [from, to), in one pass: sums the tasks'
// gradients, penalises, clips, moves, bounds, averages.
template <class T, class Ranges, class Gradient>
void update_parameters(Ranges ranges, Gradient gradient_of, const Penalty &penalty,
                       const UpdateOptions<T> &options, Norm norm, const Batch &batch,
                       const TrainingState<T> &state, TaskTotals &totals) {
    const bool clips = options.clips(), averages = options.averages() && !options.constrains();
    const bool bounds = options.bounds();
    const auto move_run = [&](const auto &rule, const RateRun &run) {
        const double lr_factor = batch.lr_factor * run.lr_factor;
        const auto decayed = decay<T>(rule, lr_factor, batch.decay_factor * run.decay_factor);
        rule.template at<T>(batch.t(), lr_factor, [&](const auto move) {
            for_each_strip<T>(
                penalty, ranges(run.begin, run.end), gradient_of,
                [&](const auto &segment, auto term, std::size_t begin, std::size_t end, const T *gradient) {
                    const auto [value, square] = [&] {
                        if constexpr (fused_with_move<decltype(term)>)
                            if (!clips)
                                return move_strip(move, decayed, term, T(batch.scale), begin, end, gradient,
                                                  state);
                        return finish_and_move(move, decayed, term, options.clipping, norm, T(batch.scale),
                                               begin, end, gradient, state);
                    }();
                    if (bounds) bound(options, begin, end, state.theta);
                    if (averages) average(options, batch.t(), begin, end, state.theta);
                    totals.penalty += double(value) * batch.scale * double(batch.rows);
                    totals.squared_norms[std::size_t(segment.block)] += double(square);
                });
        });
    };
    std::visit(
        [&](const auto &rule) {
            for (const RateRun &run : options.rates) move_run(rule, run);
        },
        options.optimizer);
}

// ‖penalised gradient‖² of `ranges`, into the totals of this step.
template <class T, class Ranges, class Gradient>
void add_squared_norm(Ranges ranges, Gradient gradient_of, const Penalty &penalty, const Batch &batch,
                      const T *theta, TaskTotals &totals) {
    const auto squares = [&](auto scaled) {
        double sum = 0;
        for_each_strip<T>(penalty, ranges, gradient_of,
                          [&](const auto &, auto term, std::size_t from, std::size_t to, const T *gradient) {
                              sum += squared_norm<scaled.value>(term, T(batch.scale), to - from, gradient,
                                                                theta + from);
                          });
        return sum;
    };
    totals.squared_norm = squares(std::false_type{});
    if (!std::isfinite(totals.squared_norm)) totals.scaled_squared_norm = squares(std::true_type{});
}

} // namespace rosenblatt
