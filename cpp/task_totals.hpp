// Sums that the tasks of an epoch keep apart, so that no two threads write to one cache line.
#pragma once

#include "norm.hpp"
#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace rosenblatt {

// One task's sums over an epoch.
struct alignas(64) TaskTotals {
    double data_loss = 0, penalty = 0;
    // Of this step's gradient alone, where clipping needs its norm; scaled by Norm where squares overflow.
    double squared_norm = 0, scaled_squared_norm = 0;
    std::vector<double> squared_norms; // per block

    explicit TaskTotals(int blocks) : squared_norms(std::size_t(blocks), 0.0) {}

    bool finite() const {
        double sum = data_loss + penalty;
        for (double square : squared_norms) sum += square;
        return std::isfinite(sum);
    }
};

// All tasks' sums, always added up in the tasks' order: results do not depend on the threads' timing.
class EpochTotals {
  public:
    EpochTotals(int tasks, int blocks) : tasks_(std::size_t(tasks), TaskTotals(blocks)), blocks_(blocks) {}

    TaskTotals &operator[](int task) { return tasks_[std::size_t(task)]; }

    bool finite() const {
        return std::all_of(tasks_.begin(), tasks_.end(),
                           [](const TaskTotals &task) { return task.finite(); });
    }

    double loss() const {
        double sum = 0;
        for (const TaskTotals &task : tasks_) sum += task.data_loss + task.penalty;
        return sum;
    }

    // Which a move leaves as it is.
    double data_loss() const {
        double sum = 0;
        for (const TaskTotals &task : tasks_) sum += task.data_loss;
        return sum;
    }

    // Of this step's whole gradient.
    Norm gradient_norm() const {
        double square = 0, scaled = 0;
        for (const TaskTotals &task : tasks_) square += task.squared_norm;
        if (std::isfinite(square)) return Norm::of(square);
        for (const TaskTotals &task : tasks_)
            scaled += std::isfinite(task.squared_norm)
                          ? std::ldexp(task.squared_norm, 2 * Norm::scale_exponent)
                          : task.scaled_squared_norm;
        return Norm::of_scaled(scaled);
    }

    // Of the sums of weighted losses, as over one batch.
    Objective objective(double scale) const {
        Objective sum;
        for (const TaskTotals &task : tasks_) {
            sum.data_loss += task.data_loss * scale;
            sum.penalty += task.penalty * scale;
        }
        return sum;
    }

    EpochResult over(double rows, double mean_weight, std::int64_t steps) const {
        EpochResult result;
        result.steps = steps;
        result.gradient_norms.assign(std::size_t(blocks_), 0.0);
        for (const TaskTotals &task : tasks_) {
            result.objective.data_loss += task.data_loss / (rows * mean_weight);
            result.objective.penalty += task.penalty / rows;
            for (std::size_t b = 0; b < task.squared_norms.size(); ++b)
                result.gradient_norms[b] += task.squared_norms[b] / double(steps);
        }
        for (double &norm : result.gradient_norms) norm = std::sqrt(norm);
        return result;
    }

  private:
    std::vector<TaskTotals> tasks_;
    int blocks_;
};

} // namespace rosenblatt
