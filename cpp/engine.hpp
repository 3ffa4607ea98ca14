// The engine: whole epochs of training steps, and the objective over all rows.
#pragma once

#include "gradient_sum.hpp"
#include "propagate.hpp"
#include "step_replay.hpp"
#include "stop_poll.hpp"
#include "thread_team.hpp"
#include "touched_rows.hpp"
#include "trial_move.hpp"
#include "update.hpp"
#include "workspace_pool.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// How many parts the rows of a step are cut into, and by how many threads they are computed.
struct Parallelism {
    int threads;     // that a call asks for
    int tasks = 0;   // of a step, whatever the number of threads; 0: one for each of `threads`
    int at_once = 0; // threads that may run; 0: all. The others' tasks are taken over, and results stay.
};

template <class T> class Engine {
  public:
    Engine(Chain<T> chain, Loss loss, Penalty penalty, Parallelism parallelism)
        : chain_(std::move(chain)), loss_(std::move(loss)), penalty_(penalty),
          fixed_tasks_(parallelism.tasks > 0),
          tasks_(clamped(fixed_tasks_ ? parallelism.tasks : parallelism.threads)),
          threads_(clamped(parallelism.at_once > 0 ? std::min(parallelism.threads, parallelism.at_once)
                                                   : parallelism.threads)) {}

    const Chain<T> &chain() const { return chain_; }
    const Loss &loss() const { return loss_; }
    // Whether a product may go to BLAS, whose threads the caller then has to limit.
    bool calls_blas() const { return chain_.calls_blas(int(most_rows(chain_))); }
    // The most phases that a step may have.
    int most_phases() const {
        return std::max(ColumnParallel<T>::phases(chain_),
                        chain_.phases() + UpdateOptions<T>::most_phases + 1);
    }
    int target_columns() const {
        return std::visit([&](const auto &l) { return l.target_columns(chain_.n_scores()); }, loss_);
    }

    // Whether the moves of such epochs can be tried before they are made: where one phase moves all that a
    // step changes.
    bool can_try(const Data<T> &data, std::int64_t largest_batch, const UpdateOptions<T> &options) const {
        return !options.constrains() && !options.averages() && !touched_.any() && chain_.n_state == 0 &&
               column_tasks(data.X, largest_batch, options) == 1;
    }

    // One epoch. `interrupted` is polled now and then, and ends it. An epoch whose numbers are no longer
    // finite ends soon, and what it has moved is of no use; with a guard it ends right before the step that
    // diverges.
    EpochResult epoch(const Data<T> &data, const EpochPlan &plan, const UpdateOptions<T> &options,
                      TrainingState<T> &state, const std::function<bool()> &interrupted,
                      const Guard<T> &guard = {}) {
        std::lock_guard lock(busy_);
        const int n_column_tasks = column_tasks(data.X, plan.largest_batch(), options);
        EpochTotals totals(std::max(tasks_, n_column_tasks), chain_.n_blocks);
        EpochTotals tried(guard.tries ? tasks_ : 0, chain_.n_blocks); // their penalties
        StopPoll poll(double(plan.largest_batch()) * double(chain_.n_parameters), plan.seconds, plan.stop,
                      interrupted);
        const Epoch context{data,   plan, options,       state,
                            totals, poll, guard.checker, guard.tries ? &tried : nullptr};
        const std::int64_t steps =
            n_column_tasks > 1 ? steps_by_columns(context, n_column_tasks) : steps_by_rows(context);
        const double rows = double(std::min(plan.rows(), steps * plan.batch_size));
        EpochResult result = totals.over(rows, data.mean_weight, steps);
        result.interrupted = poll.interrupted();
        if (guard.checker || guard.tries) {
            result.finite = guard.checker ? !guard.checker->failed() : context.goes_well();
            if (!result.finite) --result.steps;
        } else {
            result.finite = totals.finite() && all_finite(state.theta, chain_.n_parameters) &&
                            (chain_.n_state == 0 || all_finite(state.network, chain_.n_state));
        }
        state.steps += result.steps;
        return result;
    }

    // The objective over all rows, and its gradient. The network's state serves a batch of one row alone.
    Objective objective(const Data<T> &data, const T *theta, const T *state, T *gradient) {
        std::lock_guard lock(busy_);
        const std::int64_t n = data.X.rows;
        const double scale = 1 / (double(n) * data.mean_weight);
        const std::vector<Workspace<T>> &spaces = pool_.for_all_rows(data.X);
        touched_.clear(spaces);
        const StepInputs<T> inputs{.chain = chain_,
                                   .loss = loss_,
                                   .data = data,
                                   .order = Order::consecutive(0, n),
                                   .rows = n,
                                   .theta = theta,
                                   .state = state,
                                   .scale = scale};
        EpochTotals totals(tasks_, chain_.n_blocks);
        ThreadTeam::run({.tasks = tasks_, .threads = threads_, .phases = chain_.phases() + 1},
                        [&](TeamThread &thread) {
                            while (thread.next_step()) {
                                forward_and_backward(thread, inputs, spaces, totals);
                                thread.phase([&](int task) {
                                    penalise(task, GradientSum<T>(chain_, spaces), theta, T(scale), gradient,
                                             totals[task]);
                                });
                            }
                        });
        return totals.objective(scale);
    }

  private:
    // What the steps of an epoch share.
    struct Epoch {
        const Data<T> &data;
        const EpochPlan &plan;
        const UpdateOptions<T> &options;
        TrainingState<T> &state;
        EpochTotals &totals;
        StopPoll &poll;
        StepChecker<T> *checker;
        EpochTotals *tried; // where moves are tried before they are made

        // Whether the losses are finite so far, and what the moves that were tried have left.
        bool goes_well() const {
            return !tried || (std::isfinite(totals.data_loss()) && std::isfinite(tried->loss()));
        }

        Batch batch(std::int64_t step) const {
            const std::int64_t begin = step * plan.batch_size;
            const std::int64_t rows = std::min(plan.batch_size, plan.rows() - begin);
            return {.begin = begin,
                    .rows = rows,
                    .scale = 1 / (double(rows) * data.mean_weight),
                    .steps_before = state.steps + step,
                    .lr_factor = plan.lr_factors[step],
                    .decay_factor = plan.decay_factors ? plan.decay_factors[step] : 1,
                    .dropout_factor = plan.dropout_factors ? plan.dropout_factors[step] : 1};
        }

        StepInputs<T> inputs(const Engine &engine, const Batch &batch) const {
            return {.chain = engine.chain_,
                    .loss = engine.loss_,
                    .data = data,
                    .order = plan.order.from(batch.begin),
                    .rows = batch.rows,
                    .theta = state.theta,
                    .state = state.network,
                    .scale = batch.scale,
                    .seed = state.seed,
                    .number = batch.steps_before,
                    .dropout_factor = batch.dropout_factor};
        }
    };

    // A task has a part of the batch's rows, and afterwards of the parameters. Returns the number of steps.
    std::int64_t steps_by_rows(const Epoch &epoch) {
        const UpdateOptions<T> &options = epoch.options;
        TrainingState<T> &state = epoch.state;
        EpochTotals &totals = epoch.totals;
        StepChecker<T> *const checker = epoch.checker;
        const std::vector<Workspace<T>> &spaces = pool_.for_epoch(epoch.data.X, epoch.plan);
        const GradientSum<T> gradient(chain_, spaces);
        touched_.clear(spaces);
        touched_.begin(epoch.plan.steps());
        const TeamShape shape{.tasks = tasks_,
                              .threads = checker ? 1 : threads_,
                              .steps = epoch.plan.steps(),
                              .phases = chain_.phases() + options.phases() + int(epoch.tried != nullptr)};
        return ThreadTeam::run(shape, [&](TeamThread &thread) {
            while (thread.next_step()) {
                const Batch batch = epoch.batch(thread.step());
                const StepInputs<T> inputs = epoch.inputs(*this, batch);
                forward_and_backward(thread, inputs, spaces, totals);
                // Before the last phase: whoever completes that one opens the next step.
                if (thread.is_caller() && epoch.poll()) thread.stop();
                if (options.needs_norm())
                    thread.phase([&](int task) {
                        const auto moved = moved_by(task, inputs, thread.step(), 0);
                        add_squared_norm(moved(0, chain_.n_parameters), gradient, penalty_, batch,
                                         state.theta, totals[task]);
                    });
                if (epoch.tried)
                    thread.phase([&](int task) {
                        const Norm norm = options.needs_norm() ? totals.gradient_norm() : Norm{};
                        try_move(moved_by(task, inputs, thread.step(), 0), gradient, penalty_, options, norm,
                                 batch, state, (*epoch.tried)[task]);
                    });
                thread.phase([&](int task) {
                    if (!epoch.goes_well()) return thread.stop();
                    if (task == 0) update_running_statistics(spaces, state.network);
                    const Norm norm = options.needs_norm() ? totals.gradient_norm() : Norm{};
                    update_parameters(moved_by(task, inputs, thread.step(), 1), gradient, penalty_, options,
                                      norm, batch, state, totals[task]);
                    if (touched_.any()) finish_rows(task, inputs, thread.step(), spaces, options, batch);
                    if (!checker && !epoch.tried) epoch.poll.report(totals[task], batch.steps_before);
                });
                if (options.constrains())
                    thread.phase(
                        [&](int task) { project(options.constraint, chain_, task, tasks_, state.theta); });
                if (options.constrains() && options.averages())
                    thread.phase([&](int task) {
                        const auto [from, to] = part_of(chain_.n_parameters, task, tasks_);
                        average(options, batch.t(), from, to, state.theta);
                    });
                if (checker && !checker->check(totals.loss())) thread.stop();
            }
        });
    }

    // Forward, loss and backward, with a barrier at every layer that mixes rows.
    void forward_and_backward(TeamThread &thread, const StepInputs<T> &inputs,
                              const std::vector<Workspace<T>> &spaces, EpochTotals &totals) const {
        const std::size_t n_points = chain_.sync_points.size();
        for (std::size_t point = 0; point < n_points; ++point)
            thread.phase([&](int task) { forward_to_sync_point(inputs, point, task, spaces); });
        thread.phase(
            [&](int task) { totals[task].data_loss += forward_loss_backward(inputs, task, spaces); });
        for (std::size_t point = n_points; point-- > 0;)
            thread.phase([&](int task) { backward_from_sync_point(inputs, point, task, spaces); });
    }

    // A task has a part of every layer's units. Returns the number of steps.
    std::int64_t steps_by_columns(const Epoch &epoch, int tasks) {
        EpochTotals &totals = epoch.totals;
        StepChecker<T> *const checker = epoch.checker;
        const ColumnParallel<T> &columns = pool_.column_parallel(epoch.plan, tasks);
        const auto gradient = [whole = columns.gradient()](std::size_t begin, std::size_t, T *) {
            return whole + begin;
        };
        const TeamShape shape{.tasks = tasks,
                              .threads = checker ? 1 : threads_,
                              .steps = epoch.plan.steps(),
                              .phases = ColumnParallel<T>::phases(chain_)};
        return ThreadTeam::run(shape, [&](TeamThread &thread) {
            while (thread.next_step()) {
                const Batch batch = epoch.batch(thread.step());
                const StepInputs<T> inputs = epoch.inputs(*this, batch);
                thread.phase([&](int task) { columns.gather_rows(task, inputs); });
                for (std::size_t layer = 0; layer + 1 < chain_.layers.size(); ++layer)
                    thread.phase([&](int task) { columns.forward(layer, task, inputs); });
                thread.phase(
                    [&](int task) { totals[task].data_loss += columns.last_layer_and_loss(task, inputs); });
                if (thread.is_caller() && epoch.poll()) thread.stop();
                for (std::size_t layer = chain_.layers.size(); layer-- > 0;)
                    thread.phase([&](int task) {
                        columns.backward(layer, task, inputs);
                        // Right away: dx no longer needs these weights.
                        const auto owned = [&](std::size_t from, std::size_t to) {
                            return [&, from, to](auto visit) { columns.owned(layer, task, from, to, visit); };
                        };
                        update_parameters(owned, gradient, penalty_, epoch.options, Norm{}, batch,
                                          epoch.state, totals[task]);
                        if (!checker) epoch.poll.report(totals[task], batch.steps_before);
                    });
                if (checker && !checker->check(totals.loss())) thread.stop();
            }
        });
    }

    // Part of the move's phase: the running statistics are read in a batch of one row alone.
    void update_running_statistics(const std::vector<Workspace<T>> &spaces, T *network_state) const {
        for (std::size_t i = 0; i < chain_.sync_points.size(); ++i)
            chain_.visit_sync_point(
                i, [&](const auto &layer) { layer.update_running_statistics(spaces, network_state); });
    }

    // A task's part of the objective's gradient, and of the penalty.
    void penalise(int task, const GradientSum<T> &data_gradient_of, const T *theta, T scale, T *gradient,
                  TaskTotals &totals) const {
        for_each_strip<T>(
            penalty_, parameters_of(task), data_gradient_of,
            [&](const auto &, auto term, std::size_t begin, std::size_t end, const T *data_gradient) {
                T value = 0;
#pragma omp simd reduction(+ : value)
                for (std::size_t i = begin; i < end; ++i) {
                    gradient[i] = data_gradient[i - begin] + scale * term.gradient(theta[i]);
                    value += term.value(theta[i]);
                }
                totals.penalty += double(value);
            });
    }

    // Calls its argument with (segment, begin, end) for the parameters that are a task's.
    auto parameters_of(int task) const {
        const auto [from, to] = part_of(chain_.n_parameters, task, tasks_);
        return parameters_within(from, to);
    }

    auto parameters_within(std::size_t from, std::size_t to) const {
        return [this, from, to](auto visit) {
            for (const auto &segment : chain_.segments) {
                const std::size_t begin = std::max(segment.begin, from), end = std::min(segment.end, to);
                if (begin < end) visit(segment, begin, end);
            }
        };
    }

    // The same, within the limits that it is given, for those that a step moves: of tables the rows that its
    // batch has reached.
    auto moved_by(int task, const StepInputs<T> &inputs, std::int64_t step, int phase) {
        return [=, &inputs, this](std::size_t first, std::size_t last) {
            const auto part = part_of(chain_.n_parameters, task, tasks_);
            const std::size_t from = std::max(first, part.first), to = std::min(last, part.second);
            return [=, &inputs, this](auto visit) {
                const auto dense = parameters_within(from, to);
                dense([&](const auto &segment, std::size_t begin, std::size_t end) {
                    if (!touched_.has(segment)) visit(segment, begin, end);
                });
                if (touched_.any()) touched_.for_each(inputs, touched_.pass(step, phase), from, to, visit);
            };
        };
    }

    // After the move: rows that the batch has not reached join the average too, and those that it has leave
    // no gradient behind.
    void finish_rows(int task, const StepInputs<T> &inputs, std::int64_t step,
                     const std::vector<Workspace<T>> &spaces, const UpdateOptions<T> &options,
                     const Batch &batch) {
        const auto [from, to] = part_of(chain_.n_parameters, task, tasks_);
        if (options.averages() && !options.constrains())
            touched_.for_each_other(touched_.pass(step, 1), from, to,
                                    [&](std::size_t begin, std::size_t end) {
                                        average(options, batch.t(), begin, end, inputs.theta);
                                    });
        touched_.for_each(inputs, touched_.pass(step, 2), from, to,
                          [&](const auto &, std::size_t begin, std::size_t end) {
                              for (const Workspace<T> &space : spaces)
                                  std::fill(space.gradient + begin, space.gradient + end, T(0));
                          });
    }

    static int clamped(int n) { return std::clamp(n, 1, ThreadTeam::most_tasks); }

    // Tasks of a step by columns; 1: steps are distributed by rows. Where the number of threads must not
    // matter, they are as many as fit the layers, since a task costs little, and a power of two, which most
    // numbers of threads divide evenly.
    int column_tasks(const Matrix<T> &X, std::int64_t largest_batch, const UpdateOptions<T> &options) const {
        if (!options.optimizer_alone()) return 1;
        int tasks = fixed_tasks_ && tasks_ > 1 ? ThreadTeam::most_tasks : tasks_;
        while (tasks > 1 && !ColumnParallel<T>::suits(chain_, X, largest_batch, tasks))
            tasks = fixed_tasks_ ? tasks / 2 : 1;
        return tasks;
    }

    Chain<T> chain_;
    Loss loss_;
    Penalty penalty_;
    bool fixed_tasks_;
    int tasks_, threads_;
    WorkspacePool<T> pool_{chain_, target_columns(), tasks_};
    TouchedRows<T> touched_{chain_};
    std::mutex busy_; // held by the call that uses the pool
};

} // namespace rosenblatt
