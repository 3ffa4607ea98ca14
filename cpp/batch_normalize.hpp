// Batch normalisation (Ioffe & Szegedy 2015), with the activation that follows it.
//
// A batch's rows are distributed over tasks, so that a step synchronises here twice: in the forward pass for
// the moments of all rows, in the backward pass for sums over them. Every task combines the tasks' parts
// itself, in the same order, which gives all of them the same bits.
#pragma once

#include "elementwise.hpp"
#include "pass.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rosenblatt {

// f of every lane.
template <class T, class F> simd::Vector<T> lane_by_lane(simd::Vector<T> v, F f) {
    constexpr int w = simd::width<T>;
    T line[w];
    simd::store(line, v);
#pragma omp simd
    for (int j = 0; j < w; ++j) line[j] = f(line[j]);
    return simd::load(line);
}

// y = g(γ h + β), h = (x - mean) / √(variance + ε), over the rows of the batch for each unit. The gradient
// stays in place; x and y do not, because the way back needs both.
//
// In a prediction, and for a batch of one row, which has no variance, the running statistics stand in.
template <class T> struct NormalizeColumns {
    static constexpr bool in_place = false, gradient_in_place = true;
    int n_outputs;
    std::size_t offset; // of γ in the flat vector; β follows
    std::size_t state;  // of the running mean in the network's state; the running variance follows
    BatchNorm norm;
    Activation activation;
    int index; // in the chain

    std::vector<ParameterRange> parameters() const {
        return {{offset, width(), false}, {offset + width(), width(), false}};
    }
    std::size_t saved_size(int) const { return 1 + 6 * width(); }

    // The task's mean and sum of squared deviations from it, unit by unit.
    void local_moments(const Pass<T> &pass, const T *x) const {
        const Saved own(*this, *pass.space);
        const int n = n_outputs, rows = pass.rows;
        *own.rows = T(rows);
        simd::for_each_strip<T>(n, [=](int column, int lanes, auto vectors) {
            constexpr int w = simd::width<T>;
            simd::Vector<T> mean[vectors] = {}, squares[vectors] = {};
            const T *from = x + column;
            for (int row = 0; row < rows; ++row, from += n)
                for (int i = 0; i < vectors; ++i) mean[i] += simd::load_lanes(from + i * w, lanes);
            for (int i = 0; i < vectors; ++i) mean[i] /= simd::broadcast(T(rows));
            from = x + column;
            for (int row = 0; row < rows; ++row, from += n)
                for (int i = 0; i < vectors; ++i) {
                    const simd::Vector<T> d = simd::load_lanes(from + i * w, lanes) - mean[i];
                    squares[i] += d * d;
                }
            for (int i = 0; i < vectors; ++i) {
                simd::store_lanes(own.mean + column + i * w, mean[i], lanes);
                simd::store_lanes(own.squares + column + i * w, squares[i], lanes);
            }
        });
    }

    // A task without rows.
    void no_rows(const Workspace<T> &space) const {
        std::fill_n(space.saved[std::size_t(index)], saved_size(0), T(0));
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *output) const {
        if (pass.gradient) combine_moments(pass);
        const T *running = pass.state + state;
        const T *mean_of = running, *scale_of = nullptr;
        if (pass.gradient) {
            const Saved own(*this, *pass.space);
            mean_of = own.batch_mean;
            scale_of = own.scale;
        }
        const T *gamma = pass.theta + offset;
        const int n = n_outputs, rows = pass.rows;
        const T epsilon = T(norm.epsilon), *x = input.dense;
        visit_from_output(activation, [=](auto g) {
            simd::for_each_strip<T>(n, [=](int column, int lanes, auto vectors) {
                constexpr int w = simd::width<T>;
                simd::Vector<T> mean[vectors], scale[vectors], shift[vectors];
                for (int i = 0; i < vectors; ++i) {
                    const int at = column + i * w;
                    mean[i] = simd::load_lanes(mean_of + at, lanes);
                    scale[i] = scale_of ? simd::load_lanes(scale_of + at, lanes)
                                        : lane_by_lane<T>(simd::load_lanes(running + n + at, lanes),
                                                          [=](T v) { return 1 / std::sqrt(v + epsilon); });
                    scale[i] *= simd::load_lanes(gamma + at, lanes);
                    shift[i] = simd::load_lanes(gamma + n + at, lanes);
                }
                for (int row = 0; row < rows; ++row)
                    for (int i = 0; i < vectors; ++i) {
                        const std::ptrdiff_t at = std::ptrdiff_t(row) * n + column + i * w;
                        const simd::Vector<T> z =
                            (simd::load_lanes(x + at, lanes) - mean[i]) * scale[i] + shift[i];
                        simd::store_lanes(output + at, lane_by_lane<T>(z, [=](T v) { return g.value(v); }),
                                          lanes);
                    }
            });
        });
    }

    // e = g'(z) dy in place, and the task's dγ = Σ e h and dβ = Σ e.
    void local_sums(const Pass<T> &pass, const T *x, const T *y, T *dy) const {
        const Saved own(*this, *pass.space);
        const int n = n_outputs, rows = pass.rows;
        visit_from_output(activation, [=](auto g) {
            simd::for_each_strip<T>(n, [=](int column, int lanes, auto vectors) {
                constexpr int w = simd::width<T>;
                simd::Vector<T> mean[vectors], scale[vectors], sum[vectors] = {}, along[vectors] = {};
                for (int i = 0; i < vectors; ++i) {
                    mean[i] = simd::load_lanes(own.batch_mean + column + i * w, lanes);
                    scale[i] = simd::load_lanes(own.scale + column + i * w, lanes);
                }
                for (int row = 0; row < rows; ++row)
                    for (int i = 0; i < vectors; ++i) {
                        const std::ptrdiff_t at = std::ptrdiff_t(row) * n + column + i * w;
                        const simd::Vector<T> slope = lane_by_lane<T>(simd::load_lanes(y + at, lanes),
                                                                      [=](T a) { return g.derivative(a); });
                        const simd::Vector<T> e = simd::load_lanes(dy + at, lanes) * slope;
                        sum[i] += e;
                        along[i] += e * ((simd::load_lanes(x + at, lanes) - mean[i]) * scale[i]);
                        simd::store_lanes(dy + at, e, lanes);
                    }
                for (int i = 0; i < vectors; ++i) {
                    simd::store_lanes(own.sum + column + i * w, sum[i], lanes);
                    simd::store_lanes(own.along + column + i * w, along[i], lanes);
                }
            });
        });
        std::copy_n(own.along, width(), pass.gradient + offset);
        std::copy_n(own.sum, width(), pass.gradient + offset + width());
    }

    // dx = γ (e - mean(e) - h mean(e h)) / √(variance + ε), the means over the whole batch.
    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &input, const T *, T *dy, T *) const {
        const Saved own(*this, *pass.space);
        const std::vector<Workspace<T>> &tasks = *pass.tasks;
        const T total = rows_of(tasks), *gamma = pass.theta + offset, *x = input.dense;
        // Of a single row nothing depends on the row.
        const T per_row = total > 1 ? 1 / total : T(0);
        const int n = n_outputs, rows = pass.rows;
        simd::for_each_strip<T>(n, [&, this](int column, int lanes, auto vectors) {
            constexpr int w = simd::width<T>;
            simd::Vector<T> mean[vectors], scale[vectors], factor[vectors], mean_e[vectors], mean_h[vectors];
            for (int i = 0; i < vectors; ++i) {
                const int at = column + i * w;
                mean[i] = simd::load_lanes(own.batch_mean + at, lanes);
                scale[i] = simd::load_lanes(own.scale + at, lanes);
                factor[i] = scale[i] * simd::load_lanes(gamma + at, lanes);
                mean_e[i] = mean_h[i] = simd::Vector<T>{};
                for (const Workspace<T> &space : tasks) {
                    const Saved other(*this, space);
                    mean_e[i] += simd::load_lanes(other.sum + at, lanes);
                    mean_h[i] += simd::load_lanes(other.along + at, lanes);
                }
                mean_e[i] *= simd::broadcast(per_row);
                mean_h[i] *= simd::broadcast(per_row);
            }
            for (int row = 0; row < rows; ++row)
                for (int i = 0; i < vectors; ++i) {
                    const std::ptrdiff_t at = std::ptrdiff_t(row) * n + column + i * w;
                    const simd::Vector<T> h = (simd::load_lanes(x + at, lanes) - mean[i]) * scale[i];
                    const simd::Vector<T> e = simd::load_lanes(dy + at, lanes);
                    simd::store_lanes(dy + at, factor[i] * (e - mean_e[i] - h * mean_h[i]), lanes);
                }
        });
    }

    // After the passes of all tasks.
    void update_running_statistics(const std::vector<Workspace<T>> &tasks, T *network_state) const {
        const T total = rows_of(tasks);
        if (!(total > 1)) return;
        const Saved first(*this, tasks[0]);
        T *mean = first.sum, *squares = first.along; // no longer needed
        pool(tasks, total, mean, squares);
        T *running = network_state + state;
        const T m = T(norm.momentum);
        for (std::size_t i = 0; i < width(); ++i) {
            running[i] = (1 - m) * running[i] + m * mean[i];
            running[width() + i] = (1 - m) * running[width() + i] + m * squares[i] / (total - 1);
        }
    }

  private:
    std::size_t width() const { return std::size_t(n_outputs); }

    // What a task saves: its rows, moments and sums, then the batch's mean and 1 / √(variance + ε).
    struct Saved {
        T *mean, *squares, *sum, *along, *batch_mean, *scale, *rows;
        Saved(const NormalizeColumns &layer, const Workspace<T> &space) {
            T *at = space.saved[std::size_t(layer.index)];
            for (T **part : {&mean, &squares, &sum, &along, &batch_mean, &scale, &rows}) {
                *part = at;
                at += layer.width();
            }
        }
    };

    T rows_of(const std::vector<Workspace<T>> &tasks) const {
        T total = 0;
        for (const Workspace<T> &space : tasks) total += *Saved(*this, space).rows;
        return total;
    }

    // Mean and sum of squared deviations of all rows from those of the tasks (Chan et al. 1983).
    void pool(const std::vector<Workspace<T>> &tasks, T total, T *mean, T *squares) const {
        std::fill_n(mean, width(), T(0));
        std::fill_n(squares, width(), T(0));
        for (const Workspace<T> &space : tasks) {
            const Saved part(*this, space);
            const T weight = *part.rows / total;
            for (std::size_t i = 0; i < width(); ++i) mean[i] += weight * part.mean[i];
        }
        for (const Workspace<T> &space : tasks) {
            const Saved part(*this, space);
            for (std::size_t i = 0; i < width(); ++i) {
                const T off = part.mean[i] - mean[i];
                squares[i] += part.squares[i] + *part.rows * off * off;
            }
        }
    }

    // What this batch is normalised by.
    void combine_moments(const Pass<T> &pass) const {
        const Saved own(*this, *pass.space);
        const T total = rows_of(*pass.tasks), *running = pass.state + state;
        if (total > 1)
            pool(*pass.tasks, total, own.batch_mean, own.scale);
        else
            std::copy_n(running, width(), own.batch_mean);
        for (std::size_t i = 0; i < width(); ++i) {
            const T variance = total > 1 ? own.scale[i] / total : running[width() + i];
            own.scale[i] = 1 / std::sqrt(variance + T(norm.epsilon));
        }
    }
};

} // namespace rosenblatt
