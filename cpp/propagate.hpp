// Passing blocks of rows through a chain: forward, and forward and back.
#pragma once

#include "chain.hpp"

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

template <class T>
Rows<T> input_rows(const Matrix<T> &X, const Order &order, int rows, const Workspace<T> &space) {
    if (X.sparse()) return {nullptr, &X, order.numbers, order.first};
    const auto columns = std::size_t(X.columns);
    if (!order.numbers) return {X.values + std::size_t(order.first) * columns, nullptr, nullptr, 0};
    gather(X.values, columns, order, rows, space.input);
    return {space.input, nullptr, nullptr, 0};
}

template <class T>
void pass_forward(const Chain<T> &chain, const Pass<T> &pass, const Rows<T> &input,
                  const Workspace<T> &space) {
    Rows<T> x = input;
    for (std::size_t i = 0; i < chain.layers.size(); ++i) {
        std::visit([&](const auto &layer) { layer.forward(pass, x, space.outputs[i]); }, chain.layers[i]);
        x = {space.outputs[i], nullptr, nullptr, 0};
    }
}

// The deltas of the last layer are in place; leaves the parameters' gradient in the workspace.
template <class T>
void pass_backward(const Chain<T> &chain, const Pass<T> &pass, const Rows<T> &input,
                   const Workspace<T> &space) {
    for (std::size_t i = chain.layers.size(); i-- > 0;) {
        const Rows<T> x = i > 0 ? Rows<T>{space.outputs[i - 1], nullptr, nullptr, 0} : input;
        T *dx = i > 0 ? space.deltas[i - 1] : nullptr;
        std::visit([&](const auto &layer) { layer.backward(pass, x, space.outputs[i], space.deltas[i], dx); },
                   chain.layers[i]);
    }
}

// Σ w·L over `rows` rows of the data, and scale·∂(that)/∂θ in the workspace's gradient.
template <class T>
double loss_and_gradient(const Chain<T> &chain, const Loss &loss, const Data<T> &data, const T *theta,
                         const Order &order, std::int64_t rows, double scale, std::uint64_t seed,
                         std::int64_t step, std::int64_t row_in_batch, const Workspace<T> &space) {
    if (rows == 0) {
        std::fill(space.gradient, space.gradient + chain.n_parameters, T(0));
        if (space.columns) space.columns->take({}, 0);
        return 0;
    }
    double total = 0;
    const auto target_columns =
        std::size_t(std::visit([&](auto l) { return l.target_columns(chain.n_outputs); }, loss));
    for (std::int64_t start = 0; start < rows; start += space.block_rows) {
        const int n = int(std::min<std::int64_t>(space.block_rows, rows - start));
        const Order block = order.from(start);
        const Rows<T> input = input_rows(data.X, block, n, space);
        const Pass<T> pass{theta,
                           space.gradient,
                           space.scratch,
                           n,
                           start > 0,
                           step,
                           row_in_batch + start,
                           space.columns.get(),
                           chain.factors,
                           seed,
                           &space,
                           &input};
        gather(data.y, target_columns, block, n, space.targets);
        if (data.weights) gather(data.weights, 1, block, n, space.weights);

        pass_forward(chain, pass, input, space);
        T *delta = space.deltas.back();
        std::copy_n(space.outputs.back(), std::size_t(n) * std::size_t(chain.n_outputs), delta);
        const ScoredRows<T> scored{delta, space.targets, data.weights ? space.weights : nullptr, n,
                                   chain.n_outputs};
        total += std::visit([&](auto l) { return l(scored, scale); }, loss);
        pass_backward(chain, pass, input, space);
    }
    return total;
}

} // namespace rosenblatt
