// Steps of wide layers, which threads share by units where other steps are shared by rows.
//
// Shared by rows, a step has every thread pack all weights for a part of the rows, makes products for dW of
// as few terms, and adds up a gradient of every thread's. Shared by units, a thread owns columns of z on the
// way forward, and rows of W (units of the layer before) on the way back: dW of its rows over the whole
// batch, their move at once, and the δ of those units. Nothing is done twice and no gradient is added up, at
// the price of a phase for every layer either way. Rows are shared where they are gathered and in the last
// layer, which is narrow as a rule, with the loss.
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
    // Whether batches of so many rows are worth sharing by units: every hidden layer has two panels or more
    // for each part.
    static bool suits(const Chain<T> &chain, const Matrix<T> &X, std::int64_t batch, int parts) {
        if (parts == 1 || X.sparse() || chain.precision != Precision::exact || chain.input_noise > 0 ||
            chain.layers.size() < 2 || batch < 2 || batch > largest_block ||
            chain.longest_sum(int(batch)) > longest_tiled_sum)
            return false;
        for (std::size_t i = 0; i < chain.layers.size(); ++i) {
            const auto *dense = std::get_if<Dense<T>>(&chain.layers[i]);
            if (!dense) return false;
            if (i + 1 < chain.layers.size() && dense->n_outputs < 2 * product::panel_width<T> * parts)
                return false;
        }
        return true;
    }

    static int phases(const Chain<T> &chain) { return 2 * int(chain.layers.size()) + 1; }

    ColumnParallel(const Chain<T> &chain, int batch, bool gathers, int target_columns, int parts)
        : space_(chain, batch, gathers, target_columns, Purpose::train), parts_(parts) {
        for (int i = 0; i < parts; ++i)
            scratch_.emplace_back(scratch_size<T>(batch, chain.longest_sum(1), Precision::exact));
    }

    int rows() const { return space_.block_rows; }
    int parts() const { return parts_; }
    bool gathers() const { return space_.input; }
    const T *gradient() const { return space_.gradient; }

    // What item `item` does in a phase, but for moving the parameters: returns its part of Σ w·L, which is
    // known in one phase alone. Afterwards move(layer) is called for a layer whose owned parameters have
    // their gradient, and not before dx no longer needs them.
    template <class Move>
    double operator()(int phase, int item, const Chain<T> &chain, const Loss &loss, const Data<T> &data,
                      const T *theta, const Order &order, int rows, double scale, std::int64_t step,
                      Move move) const {
        const int depth = int(chain.layers.size());
        const T *input = order.numbers
                             ? space_.input
                             : data.X.values + std::size_t(order.first) * std::size_t(data.X.columns);
        if (phase == 0)
            gather_share(item, data, order, rows);
        else if (phase < depth)
            forward(dense(chain, phase - 1), phase - 1, item, theta, input, rows);
        else if (phase == depth)
            return last_layer(chain, loss, data, item, theta, input, rows, scale, step);
        else {
            const int layer = 2 * depth - phase;
            backward(chain, layer, item, theta, input, rows);
            move(std::size_t(layer));
        }
        return 0;
    }

    // An item's part of the n units on either side of a layer; between vectors, where there are many.
    std::pair<int, int> share_of(int n, int item) const { return {border(n, item), border(n, item + 1)}; }

  private:
    static const Dense<T> &dense(const Chain<T> &chain, int layer) {
        return std::get<Dense<T>>(chain.layers[std::size_t(layer)]);
    }

    int border(int n, int item) const {
        constexpr int w = simd::width<T>;
        const int even = int(std::int64_t(n) * item / parts_);
        return item == parts_ || n < 4 * w * parts_ ? even : (even + w / 2) / w * w;
    }

    const T *before(int layer, const T *input) const {
        return layer > 0 ? space_.outputs[std::size_t(layer) - 1] : input;
    }

    void gather_share(int item, const Data<T> &data, const Order &order, int rows) const {
        const int from = rows * item / parts_, count = rows * (item + 1) / parts_ - from;
        const Order part = order.from(from);
        const auto columns = std::size_t(data.X.columns), targets = space_.target_columns;
        if (order.numbers)
            gather(data.X.values, columns, part, count, space_.input + std::size_t(from) * columns);
        gather(data.y, targets, part, count, space_.targets + std::size_t(from) * targets);
        if (data.weights) gather(data.weights, 1, part, count, space_.weights + from);
    }

    // a[:, owned] = g(x W[:, owned] + b[owned]).
    void forward(const Dense<T> &layer, int number, int item, const T *theta, const T *input,
                 int rows) const {
        const auto [from, to] = share_of(layer.n_outputs, item);
        const T *W = theta + layer.offset, *b = W + layer.n_weights();
        T *a = space_.outputs[std::size_t(number)] + from;
        visit_from_output(layer.activation, [&, from = from, to = to](auto g) {
            multiply_tiled<T>(rows, to - from, layer.n_inputs, {before(number, input), layer.n_inputs},
                              {W + from, layer.n_outputs}, {b + from, false}, a,
                              scratch_[std::size_t(item)].data(), ActivationEpilogue<decltype(g)>{g},
                              layer.n_outputs);
        });
    }

    // The last layer and the loss, of the item's rows.
    double last_layer(const Chain<T> &chain, const Loss &loss, const Data<T> &data, int item, const T *theta,
                      const T *input, int rows, double scale, std::int64_t step) const {
        const int from = rows * item / parts_, count = rows * (item + 1) / parts_ - from;
        const Dense<T> &layer = dense(chain, int(chain.layers.size()) - 1);
        const std::ptrdiff_t at = std::ptrdiff_t(from) * layer.n_outputs;
        T *scores = space_.outputs.back() + at, *delta = space_.deltas.back() + at;
        const T *x = before(int(chain.layers.size()) - 1, input) + std::ptrdiff_t(from) * layer.n_inputs;
        if (count == 0) return 0;
        layer.forward(Pass<T>{theta, nullptr, scratch_[std::size_t(item)].data(), count, false, step, from},
                      Rows<T>{x, nullptr, nullptr, 0}, scores);
        std::copy_n(scores, std::ptrdiff_t(count) * layer.n_outputs, delta);
        const ScoredRows<T> scored{delta, space_.targets + std::size_t(from) * space_.target_columns,
                                   data.weights ? space_.weights + from : nullptr, count, layer.n_outputs};
        return std::visit([&](auto l) { return l(scored, scale); }, loss);
    }

    // Of the owned rows of W: dx, with δ and the bias gradient of the layer before, and dW.
    void backward(const Chain<T> &chain, int number, int item, const T *theta, const T *input,
                  int rows) const {
        const Dense<T> &layer = dense(chain, number);
        const T *W = theta + layer.offset, *delta = space_.deltas[std::size_t(number)];
        const int n_in = layer.n_inputs, n_out = layer.n_outputs;
        T *scratch = scratch_[std::size_t(item)].data();
        const auto [from, to] = share_of(n_in, item);
        if (number + 1 == int(chain.layers.size())) close(layer, number, item, rows);
        if (number > 0) {
            // W of one output is its own transpose.
            const Operand<T> transposed =
                n_out == 1 ? Operand<T>{W + from, n_in}
                           : Operand<T>{W + std::ptrdiff_t(from) * n_out, n_out, Transpose::yes};
            T *dx = space_.deltas[std::size_t(number) - 1] + from;
            multiply_tiled<T>(rows, to - from, n_out, {delta, n_out}, transposed, {}, dx, scratch,
                              NoEpilogue{}, n_in);
            close(dense(chain, number - 1), number - 1, item, rows);
        }
        T *dW = space_.gradient + layer.offset + std::ptrdiff_t(from) * n_out;
        const T *x = before(number, input) + from;
        if (n_out == 1)
            multiply_tiled<T>(1, to - from, rows, {delta, rows}, {x, n_in}, {}, dW, scratch, NoEpilogue{},
                              to - from);
        else
            multiply_tiled<T>(to - from, n_out, rows, {x, n_in, Transpose::yes}, {delta, n_out}, {}, dW,
                              scratch, NoEpilogue{}, n_out);
    }

    // δ = g'(z) ⊙ upstream and db, of the owned units of a layer.
    void close(const Dense<T> &layer, int number, int item, int rows) const {
        const auto [from, to] = share_of(layer.n_outputs, item);
        const T *a = space_.outputs[std::size_t(number)] + from;
        T *delta = space_.deltas[std::size_t(number)] + from;
        T *db = space_.gradient + layer.offset + layer.n_weights() + from;
        visit_from_output(layer.activation, [&, from = from, to = to](auto g) {
            scale_by_derivative(g, rows, to - from, layer.n_outputs, a, delta, false, db);
        });
    }

    Workspace<T> space_;
    std::vector<Arena<T>> scratch_;
    int parts_;
};

} // namespace rosenblatt
