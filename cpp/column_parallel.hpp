// Steps of wide layers, distributed over threads by columns rather than by rows.
//
// By rows, every thread packs all weights for a part of the batch, computes dW over few terms, and the
// threads' gradients have to be added up. By columns, a task owns columns of z in the forward pass, and in
// the backward pass rows of W (units of the layer before): dW of these rows over the whole batch, their move
// right away, and the δ of those units. Nothing is computed twice and no gradients are added up, at the price
// of a phase for every layer in either direction. Rows are distributed where they are gathered, and in the
// last layer, usually narrow, with the loss.
#pragma once

#include "propagate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

template <class T> class ColumnParallel {
  public:
    // Whether it pays for batches of so many rows: every hidden layer has two panels or more for each task.
    static bool suits(const Chain<T> &chain, const Matrix<T> &X, std::int64_t batch, int tasks) {
        if (tasks == 1 || !X.in_numbers() || chain.precision != Precision::exact || chain.input_noise > 0 ||
            chain.layers.size() < 2 || batch < 2 || batch > largest_block ||
            chain.longest_sum(int(batch)) > longest_tiled_sum)
            return false;
        for (std::size_t i = 0; i < chain.layers.size(); ++i) {
            const bool hidden = i + 1 < chain.layers.size();
            const bool fits = std::visit(
                [&](const auto &layer) {
                    if constexpr (requires { layer.ntk; })
                        if (layer.ntk) return false;
                    return HasColumns<decltype(layer)> &&
                           !(hidden && layer.n_outputs < 2 * product::panel_width<T> * tasks);
                },
                chain.layers[i]);
            if (!fits) return false;
        }
        return true;
    }

    // Gathering, a forward phase for each hidden layer, the last layer with the loss, a backward phase each.
    static int phases(const Chain<T> &chain) { return 2 * int(chain.layers.size()) + 1; }

    ColumnParallel(const Chain<T> &chain, int batch, bool gathers, int target_columns, int tasks)
        : chain_(chain), space_(chain, batch, gathers, target_columns, Purpose::train), tasks_(tasks) {
        for (int i = 0; i < tasks; ++i)
            scratch_.emplace_back(scratch_size<T>(batch, chain.longest_sum(1), Precision::exact));
    }

    int rows() const { return space_.block_rows; }
    int tasks() const { return tasks_; }
    bool gathers() const { return space_.input; }
    const T *gradient() const { return space_.gradient; }

    // A task's rows of the batch, gathered.
    void gather_rows(int task, const StepInputs<T> &step) const {
        const auto [from, count] = rows_of(task, int(step.rows));
        const Data<T> &data = step.data;
        const Order part = step.order.from(from);
        const auto columns = std::size_t(data.X.columns), targets = space_.target_columns;
        if (part.numbers)
            gather(data.X.values, columns, part, count, space_.input + std::size_t(from) * columns);
        gather(data.y, targets, part, count, space_.targets + std::size_t(from) * targets);
        if (data.weights) gather(data.weights, 1, part, count, space_.weights + from);
    }

    // A hidden layer's outputs, of the columns that the task owns.
    void forward(std::size_t number, int task, const StepInputs<T> &step) const {
        visit(number, [&](const auto &layer) {
            const auto [from, to] = columns_of(layer.n_outputs, task);
            layer.forward_columns(pass(task, step), input_of(number, step), space_.outputs[number], from, to);
        });
    }

    // The last layer and the loss, of the task's rows. Returns their part of Σ w·L.
    double last_layer_and_loss(int task, const StepInputs<T> &step) const {
        const auto [from, count] = rows_of(task, int(step.rows));
        if (count == 0) return 0;
        const std::size_t last = chain_.layers.size() - 1;
        const std::ptrdiff_t at = std::ptrdiff_t(from) * chain_.n_outputs;
        T *scores = space_.outputs.back() + at, *delta = space_.deltas.back() + at;
        const Pass<T> passing{.theta = step.theta,
                              .gradient = nullptr,
                              .scratch = scratch_[std::size_t(task)].data(),
                              .rows = count,
                              .step = step.number,
                              .row = from};
        visit(last, [&, first = std::ptrdiff_t(from)](const auto &layer) {
            const T *x = input_of(last, step) + first * layer.n_inputs;
            layer.forward(passing, Rows<T>::contiguous(x), scores);
        });
        std::copy_n(scores, std::ptrdiff_t(count) * chain_.n_outputs, delta);
        const ScoredRows<T> scored{delta, space_.targets + std::size_t(from) * space_.target_columns,
                                   step.data.weights ? space_.weights + from : nullptr, count,
                                   chain_.n_outputs};
        return std::visit([&](auto l) { return l(scored, step.scale); }, step.loss);
    }

    // Of the rows of W that the task owns: dx, with δ and the bias gradient of the layer before, and dW.
    void backward(std::size_t number, int task, const StepInputs<T> &step) const {
        const Pass<T> passing = pass(task, step);
        if (number + 1 == chain_.layers.size()) close(number, task, passing);
        visit(number, [&](const auto &layer) {
            const auto [from, to] = columns_of(layer.n_inputs, task);
            const T *delta = space_.deltas[number];
            if (number > 0) {
                layer.input_gradient_rows(passing, delta, space_.deltas[number - 1], from, to);
                close(number - 1, task, passing);
            }
            layer.weight_gradient_rows(passing, input_of(number, step), delta, from, to);
        });
    }

    // Calls visit(segment, begin, end) for the parameters of a layer within [first, last) whose gradient the
    // task has computed: its rows of W, and its biases.
    template <class Visit>
    void owned(std::size_t number, int task, std::size_t first, std::size_t last, Visit visit_range) const {
        visit(number, [&](const auto &layer) {
            const UnitWeights W = layer.unit_weights();
            for (const auto &segment : chain_.segments) {
                if (segment.layer != number) continue;
                const bool weights = segment.begin == W.offset;
                const auto [from, to] = columns_of(weights ? W.rows : W.columns, task);
                const std::size_t width = weights ? std::size_t(W.columns) : 1;
                const std::size_t begin = std::max(first, segment.begin + std::size_t(from) * width),
                                  end = std::min(last, segment.begin + std::size_t(to) * width);
                if (begin < end) visit_range(segment, begin, end);
            }
        });
    }

  private:
    template <class Visit> void visit(std::size_t number, Visit with) const {
        std::visit(
            [&](const auto &layer) {
                if constexpr (HasColumns<decltype(layer)>) with(layer);
            },
            chain_.layers[number]);
    }

    Pass<T> pass(int task, const StepInputs<T> &step) const {
        return {.theta = step.theta,
                .gradient = space_.gradient,
                .scratch = scratch_[std::size_t(task)].data(),
                .rows = int(step.rows),
                .step = step.number};
    }

    const T *input_of(std::size_t number, const StepInputs<T> &step) const {
        if (number > 0) return space_.outputs[number - 1];
        return step.order.numbers ? space_.input : step.data.X.row(step.order.first);
    }

    // δ = g'(z) ⊙ upstream and db, of the columns that the task owns.
    void close(std::size_t number, int task, const Pass<T> &passing) const {
        visit(number, [&](const auto &layer) {
            const auto [from, to] = columns_of(layer.n_outputs, task);
            layer.backward_activation(passing, space_.outputs[number], space_.deltas[number], from, to);
        });
    }

    // First row and number of rows.
    std::pair<int, int> rows_of(int task, int rows) const {
        const int from = rows * task / tasks_;
        return {from, rows * (task + 1) / tasks_ - from};
    }

    // A task's columns [first, second) of n; borders lie between vectors where there are many.
    std::pair<int, int> columns_of(int n, int task) const { return {border(n, task), border(n, task + 1)}; }

    int border(int n, int task) const {
        constexpr int w = simd::width<T>;
        const int even = int(std::int64_t(n) * task / tasks_);
        return task == tasks_ || n < 4 * w * tasks_ ? even : (even + w / 2) / w * w;
    }

    const Chain<T> &chain_;
    Workspace<T> space_;
    std::vector<Arena<T>> scratch_; // of each task
    int tasks_;
};

} // namespace rosenblatt
