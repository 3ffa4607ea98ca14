// Passing blocks of rows through a chain: forward, and forward and back.
#pragma once

#include "chain.hpp"
#include "input_noise.hpp"

#include <algorithm>
#include <variant>

namespace rosenblatt {

// Rows that pass through the chain together at most: more would leave the caches.
inline constexpr std::int64_t largest_block = 1024;

template <class T> bool all_finite(const T *values, std::size_t n) {
    T sum = 0; // of x - x, which is 0 or NaN
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < n; ++i) sum += values[i] - values[i];
    return sum == 0;
}

// What a fit reads: inputs, targets in the loss's columns, and weights or null.
template <class T> struct Data {
    Matrix<T> X;
    const T *y;
    const T *weights;
    double mean_weight;
};

// The numbers of `count` rows, or null for consecutive rows from `first`.
struct Order {
    const std::int64_t *numbers;
    std::int64_t first, count;

    std::int64_t operator[](std::int64_t i) const { return numbers ? numbers[i] : first + i; }
    Order from(std::int64_t i) const { return {numbers ? numbers + i : nullptr, first + i, count - i}; }
};

// Copies rows together. Rows that come later, in this block or the next, are fetched ahead into cache: as
// many as fill a part of the first one.
template <class T>
void gather(const T *source, std::size_t columns, const Order &order, int rows, T *target) {
    constexpr std::size_t line = 64 / sizeof(T), ahead_elements = 16384 / sizeof(T);
    const auto ahead = std::int64_t(std::clamp<std::size_t>(ahead_elements / columns, 4, 64));
    for (int row = 0; row < rows; ++row) {
        if (row + ahead < order.count) {
            const T *later = source + std::size_t(order[row + ahead]) * columns;
            for (std::size_t i = 0; i < columns; i += line) __builtin_prefetch(later + i);
            __builtin_prefetch(later + columns - 1);
        }
        simd::copy(source + std::size_t(order[row]) * columns, int(columns),
                   target + std::size_t(row) * columns);
    }
}

// Consecutive dense rows are read where they lie, unless a copy is asked for.
template <class T>
Rows<T> input_rows(const Matrix<T> &X, const Order &order, int rows, const Workspace<T> &space,
                   bool copied = false) {
    if (X.sparse()) return {nullptr, &X, order.numbers, order.first};
    const auto columns = std::size_t(X.columns);
    if (!order.numbers && !copied)
        return {X.values + std::size_t(order.first) * columns, nullptr, nullptr, 0};
    gather(X.values, columns, order, rows, space.input);
    return {space.input, nullptr, nullptr, 0};
}

// The same rows in a later phase, where they have been gathered.
template <class T>
Rows<T> input_rows_again(const Matrix<T> &X, const Order &order, const Workspace<T> &space, bool copied) {
    if (X.sparse()) return {nullptr, &X, order.numbers, order.first};
    if (!order.numbers && !copied) return {X.values + std::size_t(order.first) * std::size_t(X.columns)};
    return {space.input};
}

// What layer i takes.
template <class T> Rows<T> input_of(std::size_t i, const Rows<T> &input, const Workspace<T> &space) {
    return i > 0 ? Rows<T>{space.outputs[i - 1], nullptr, nullptr, 0} : input;
}

// Through the layers [from, to).
template <class T>
void pass_forward(const Chain<T> &chain, const Pass<T> &pass, std::size_t from, std::size_t to) {
    const Workspace<T> &space = *pass.space;
    for (std::size_t i = from; i < to; ++i) {
        const Rows<T> x = input_of(i, *pass.input, space);
        std::visit([&](const auto &layer) { layer.forward(pass, x, space.outputs[i]); }, chain.layers[i]);
    }
}

// Back through the layers [from, to); the deltas of the last one are in place. Leaves the parameters'
// gradient in the workspace.
template <class T>
void pass_backward(const Chain<T> &chain, const Pass<T> &pass, std::size_t from, std::size_t to) {
    const Workspace<T> &space = *pass.space;
    for (std::size_t i = to; i-- > from;) {
        const Rows<T> x = input_of(i, *pass.input, space);
        T *dx = i > 0 ? space.deltas[i - 1] : nullptr;
        std::visit([&](const auto &layer) { layer.backward(pass, x, space.outputs[i], space.deltas[i], dx); },
                   chain.layers[i]);
    }
}

// What the items of a step have in common.
template <class T> struct Step {
    const Chain<T> &chain;
    const Loss &loss;
    const Data<T> &data;
    const T *theta, *state;
    double scale;        // of the loss in its gradient
    std::uint64_t seed;  // of what is drawn at random
    std::int64_t number; // steps taken before this one, over all epochs
    const std::vector<Workspace<T>> &spaces;
};

// Σ w·L of a block whose scores are there; its gradient becomes the last layer's delta.
template <class T>
double loss_of_block(const Step<T> &step, const Order &block, int n, const Workspace<T> &space) {
    const Chain<T> &chain = step.chain;
    const Data<T> &data = step.data;
    const auto target_columns =
        std::size_t(std::visit([&](const auto &l) { return l.target_columns(chain.n_outputs); }, step.loss));
    gather(data.y, target_columns, block, n, space.targets);
    if (data.weights) gather(data.weights, 1, block, n, space.weights);
    T *delta = space.deltas.back();
    std::copy_n(space.outputs.back(), std::size_t(n) * std::size_t(chain.n_outputs), delta);
    const ScoredRows<T> scored{delta, space.targets, data.weights ? space.weights : nullptr, n,
                               chain.n_outputs};
    return std::visit([&](const auto &l) { return l(scored, step.scale); }, step.loss);
}

// One item's part of a phase: its `rows` rows of the batch forward to the next cut, or to the loss and back
// to the last cut, or back to the one before. The last phase leaves scale·∂(Σ w·L)/∂θ in the workspace's
// gradient; Σ w·L is returned by the one that reaches the loss.
template <class T>
double pass_share(const Step<T> &step, int phase, const Order &order, std::int64_t rows,
                  std::int64_t row_in_batch, const Workspace<T> &space) {
    const Chain<T> &chain = step.chain;
    const Data<T> &data = step.data;
    if (rows == 0) {
        if (phase > 0) return 0;
        std::fill(space.gradient, space.gradient + chain.n_parameters, T(0));
        if (space.columns) space.columns->take({}, 0);
        for (std::size_t i = 0; i < chain.sync_points.size(); ++i) chain.sync_point(i).leave_nothing(space);
        return 0;
    }
    const auto turn = int(chain.sync_points.size()), back = 2 * turn - phase; // the way back counts down
    const auto before = [&](int number) { return chain.sync_points[std::size_t(number) - 1]; };
    double total = 0;
    for (std::int64_t start = 0; start < rows; start += space.block_rows) {
        const int n = int(std::min<std::int64_t>(space.block_rows, rows - start));
        const Order block = order.from(start);
        const bool noisy = chain.input_noise > 0;
        const Rows<T> input = phase == 0 ? input_rows(data.X, block, n, space, noisy)
                                         : input_rows_again(data.X, block, space, noisy);
        if (noisy && phase == 0)
            add_noise(philox::Stream{step.seed, step.number, 0},
                      std::uint64_t(row_in_batch + start) * std::uint64_t(chain.n_inputs),
                      std::size_t(n) * std::size_t(chain.n_inputs), T(chain.input_noise), space.input);
        const Pass<T> pass{
            step.theta,           space.gradient,      space.scratch,   n,         start > 0, step.number,
            row_in_batch + start, space.columns.get(), chain.precision, step.seed, &space,    &input,
            &step.spaces,         step.state};
        if (phase < turn) {
            const std::size_t cut = before(phase + 1);
            pass_forward(chain, pass, phase > 0 ? before(phase) : 0, cut);
            chain.sync_point(std::size_t(phase)).measure(pass, space.outputs[cut - 1]);
            continue;
        }
        if (phase == turn) {
            pass_forward(chain, pass, phase > 0 ? before(phase) : 0, chain.layers.size());
            total += loss_of_block(step, block, n, space);
        }
        pass_backward(chain, pass, back > 0 ? before(back) + 1 : 0,
                      back < turn ? before(back + 1) + 1 : chain.layers.size());
        if (back > 0) {
            const std::size_t cut = before(back);
            chain.sync_point(std::size_t(back) - 1)
                .add_up(pass, space.outputs[cut - 1], space.outputs[cut], space.deltas[cut]);
        }
    }
    return total;
}

} // namespace rosenblatt
