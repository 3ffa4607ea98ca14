// Blocks of rows on their way through a chain: forward, loss, backward.
#pragma once

#include "gather.hpp"
#include "input_noise.hpp"
#include "workspace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// Rows that pass the chain together at most: more would leave the caches.
inline constexpr std::int64_t largest_block = 1024;

// The same of a chain: members of an ensemble have rows of their own, and pictures are large.
template <class T> std::int64_t rows_of_block(const Chain<T> &chain) {
    return std::clamp<std::int64_t>(largest_block / chain.n_members, 1, chain.rows_in_cache(32));
}

// The same for one task; layers that mix rows need all of its rows at once.
template <class T> std::int64_t most_rows(const Chain<T> &chain) {
    return chain.sync_points.empty() ? rows_of_block(chain) : std::numeric_limits<int>::max();
}

// What a fit reads: inputs, targets in the loss's columns, and sample weights or null.
template <class T> struct Data {
    Matrix<T> X;
    const T *y;
    const T *weights;
    double mean_weight;
};

// What all tasks of a training step have in common.
template <class T> struct StepInputs {
    const Chain<T> &chain;
    const Loss &loss;
    const Data<T> &data;
    Order order;       // from the batch's first row to the end of the epoch: later rows are prefetched
    std::int64_t rows; // of the batch
    const T *theta, *state;
    double scale;            // of the loss in its gradient
    std::uint64_t seed = 0;  // of random draws
    std::int64_t number = 0; // steps taken before this one, over all epochs
    double dropout_factor = 1;
};

// Task `task` of `tasks` has the part [first, second) of n things.
template <class N> std::pair<N, N> part_of(N n, int task, int tasks) {
    return {n * N(task) / N(tasks), n * N(task + 1) / N(tasks)};
}

// What layer i takes.
template <class T> Rows<T> input_of(std::size_t i, const Rows<T> &input, const Workspace<T> &space) {
    return i > 0 ? Rows<T>::contiguous(space.outputs[i - 1]) : input;
}

// Through the layers [from, to).
template <class T>
void forward(const Chain<T> &chain, const Pass<T> &pass, std::size_t from, std::size_t to) {
    const Workspace<T> &space = *pass.space;
    for (std::size_t i = from; i < to; ++i) {
        const Rows<T> x = input_of(i, *pass.input, space);
        std::visit([&](const auto &layer) { layer.forward(pass, x, space.outputs[i]); }, chain.layers[i]);
    }
}

// Back through the layers [from, to), whose last one's delta is in place. Leaves the parameters' gradient in
// the workspace.
template <class T>
void backward(const Chain<T> &chain, const Pass<T> &pass, std::size_t from, std::size_t to) {
    const Workspace<T> &space = *pass.space;
    const std::size_t last = chain.first_trained();
    for (std::size_t i = to; i-- > std::max(from, last);) {
        const Rows<T> x = input_of(i, *pass.input, space);
        T *dx = i > last ? space.deltas[i - 1] : nullptr;
        std::visit([&](const auto &layer) { layer.backward(pass, x, space.outputs[i], space.deltas[i], dx); },
                   chain.layers[i]);
    }
}

// Each of `rows` rows of a buffer as often as there are members.
template <class T> void repeat_rows(T *values, std::size_t columns, int rows, int members) {
    for (int row = rows; row-- > 0;)
        for (int m = members; m-- > 0;)
            std::copy_n(values + std::size_t(row) * columns, columns,
                        values + (std::size_t(row) * std::size_t(members) + std::size_t(m)) * columns);
}

// Σ w·L of a block whose scores are computed; their gradient becomes the last layer's delta. The loss of an
// ensemble is the mean of its members'.
template <class T> double loss_and_delta(const StepInputs<T> &step, const Order &block, const Pass<T> &pass) {
    const Chain<T> &chain = step.chain;
    const Data<T> &data = step.data;
    const Workspace<T> &space = *pass.space;
    gather(data.y, space.target_columns, block, pass.rows, space.targets);
    if (data.weights) gather(data.weights, 1, block, pass.rows, space.weights);
    const int members = chain.n_members;
    if (members > 1) {
        repeat_rows(space.targets, space.target_columns, pass.rows, members);
        if (data.weights) repeat_rows(space.weights, 1, pass.rows, members);
    }
    T *delta = space.deltas.back();
    std::copy_n(space.outputs.back(), std::size_t(pass.rows) * std::size_t(chain.n_outputs), delta);
    const ScoredRows<T> scored{delta, space.targets, data.weights ? space.weights : nullptr,
                               pass.rows * members, chain.n_scores()};
    return std::visit([&](const auto &l) { return l(scored, step.scale / members); }, step.loss) / members;
}

// A task without rows contributes nothing to the sums over the tasks.
template <class T> void clear_task(const Chain<T> &chain, const Workspace<T> &space) {
    std::fill(space.gradient, space.gradient + chain.n_parameters, T(0));
    if (space.columns) space.columns->take({}, 0);
    for (std::size_t i = 0; i < chain.sync_points.size(); ++i)
        chain.visit_sync_point(i, [&](const auto &layer) { layer.no_rows(space); });
}

// Calls visit(block, pass) for the blocks of a task's rows, [from, to) of the batch. In the batch's first
// phase the rows are gathered, and noise is added to them; later phases find them in the workspace, where all
// rows of a task are one block.
template <class T, class Visit>
void for_each_block(const StepInputs<T> &step, int task, const std::vector<Workspace<T>> &spaces,
                    bool first_phase, Visit visit) {
    const Chain<T> &chain = step.chain;
    const Matrix<T> &X = step.data.X;
    const Workspace<T> &space = spaces[std::size_t(task)];
    const bool noisy = chain.input_noise > 0;
    const auto [from, to] = part_of(step.rows, task, int(spaces.size()));
    if (first_phase && from == to) clear_task(chain, space);
    for (std::int64_t row = from; row < to; row += space.block_rows) {
        const int n = int(std::min<std::int64_t>(space.block_rows, to - row));
        const Order block = step.order.from(row);
        const Rows<T> input = first_phase ? input_rows(X, block, n, space.input, noisy)
                                          : gathered_rows(X, block, space.input, noisy);
        if (noisy && first_phase)
            add_noise(philox::Stream{step.seed, step.number, 0},
                      std::uint64_t(row) * std::uint64_t(chain.n_inputs),
                      std::size_t(n) * std::size_t(chain.n_inputs), T(chain.input_noise), space.input);
        visit(block, Pass<T>{.theta = step.theta,
                             .gradient = space.gradient,
                             .scratch = space.scratch,
                             .rows = n,
                             .accumulate = row > from,
                             .step = step.number,
                             .row = row,
                             .columns = space.columns.get(),
                             .precision = chain.precision,
                             .seed = step.seed,
                             .dropout_factor = step.dropout_factor,
                             .space = &space,
                             .input = &input,
                             .tasks = &spaces,
                             .state = step.state});
    }
}

// The three phases below pass a batch's rows through the chain, each task its own. At a synchronisation point
// the phase ends, and the next one begins once all tasks have reached it.

// Forward to synchronisation point `point`, from the one before it.
template <class T>
void forward_to_sync_point(const StepInputs<T> &step, std::size_t point, int task,
                           const std::vector<Workspace<T>> &spaces) {
    const Chain<T> &chain = step.chain;
    const std::size_t from = point > 0 ? chain.sync_points[point - 1] : 0, to = chain.sync_points[point];
    for_each_block(step, task, spaces, point == 0, [&](const Order &, const Pass<T> &pass) {
        forward(chain, pass, from, to);
        chain.visit_sync_point(
            point, [&](const auto &layer) { layer.local_moments(pass, pass.space->outputs[to - 1]); });
    });
}

// What a layer that mixes rows needs of the task's gradients before they go back through it.
template <class T> void sums_at_sync_point(const Chain<T> &chain, std::size_t point, const Pass<T> &pass) {
    const Workspace<T> &space = *pass.space;
    const std::size_t at = chain.sync_points[point];
    chain.visit_sync_point(point, [&](const auto &layer) {
        layer.local_sums(pass, space.outputs[at - 1], space.outputs[at], space.deltas[at]);
    });
}

// Forward from the last synchronisation point, through the loss, and back to that point. Returns the task's
// part of Σ w·L; without synchronisation points, scale·∂(Σ w·L)/∂θ is in its workspace's gradient.
template <class T>
double forward_loss_backward(const StepInputs<T> &step, int task, const std::vector<Workspace<T>> &spaces) {
    const Chain<T> &chain = step.chain;
    const std::size_t n_points = chain.sync_points.size(), n_layers = chain.layers.size();
    const std::size_t last = n_points > 0 ? chain.sync_points.back() : 0;
    double total = 0;
    for_each_block(step, task, spaces, n_points == 0, [&](const Order &block, const Pass<T> &pass) {
        forward(chain, pass, last, n_layers);
        total += loss_and_delta(step, block, pass);
        backward(chain, pass, n_points > 0 ? last + 1 : 0, n_layers);
        if (n_points > 0) sums_at_sync_point(chain, n_points - 1, pass);
    });
    return total;
}

// Back from synchronisation point `point` to the one before it.
template <class T>
void backward_from_sync_point(const StepInputs<T> &step, std::size_t point, int task,
                              const std::vector<Workspace<T>> &spaces) {
    const Chain<T> &chain = step.chain;
    for_each_block(step, task, spaces, false, [&](const Order &, const Pass<T> &pass) {
        backward(chain, pass, point > 0 ? chain.sync_points[point - 1] + 1 : 0, chain.sync_points[point] + 1);
        if (point > 0) sums_at_sync_point(chain, point - 1, pass);
    });
}

} // namespace rosenblatt
