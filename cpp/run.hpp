// A run over several epochs: shuffles, limits time, and replays the epochs of a call that diverged.
#pragma once

#include "engine.hpp"
#include "epoch_order.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace rosenblatt {

// What one call of Run::epochs does.
struct RunPlan {
    std::int64_t n_epochs, batch_size;
    const double *lr_factors;                // one per step of all epochs
    std::int64_t *order = nullptr;           // row numbers, shuffled in place; null: all rows as they lie
    std::int64_t n_rows = 0;                 // of an epoch
    const BitGenerator *generator = nullptr; // shuffles the order before each epoch; null: never
    double seconds = std::numeric_limits<double>::infinity();
    const double *decay_factors = nullptr, *dropout_factors = nullptr; // like lr_factors, or null
    const std::uint8_t *stop = nullptr;                                // like the epoch's
};

// From when on moves are tried (trial_move.hpp), and the state is not saved before a call; never by default.
struct TriedFrom {
    std::size_t bytes = std::numeric_limits<std::size_t>::max(); // of a state
    double work_per_parameter = 0; // multiplications of a batch on its way forward: a trial is a pass apart
};

struct RunResult {
    std::vector<EpochRecord> epochs;
    bool interrupted = false; // possibly within an epoch, whose steps count but which has no record
};

// An engine bound to its data and to the state that it trains.
template <class T> class Run {
  public:
    Run(Engine<T> &engine, const Data<T> &data, UpdateOptions<T> options, TrainingState<T> state,
        TriedFrom tried_from)
        : engine_(engine), data_(data), options_(std::move(options)), state_(state), tried_from_(tried_from) {
        const std::size_t n = engine_.chain().n_parameters;
        for (std::size_t k = 0; k < options_.slots(); ++k) unchecked_.add(state_.slots[k], n);
        if (options_.mean) unchecked_.add(options_.mean, n);
        all_ = unchecked_;
        all_.add(state_.theta, n);
        all_.add(state_.network, engine_.chain().n_state);
    }

    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;

    std::int64_t steps() const { return state_.steps; }

    // Copies the order that the epochs start from, before the caller releases it.
    const std::vector<std::int64_t> &set_order(const RunPlan &plan) {
        orders_.start_from(plan.order, plan.order ? std::size_t(plan.n_rows) : 0, plan.generator);
        return orders_.numbers();
    }

    // Epochs, up to one that diverges or lacks the time for its steps. `steps` have been taken before. The
    // plan's order is left as the last epoch had it; after a divergence everything is as it was before the
    // step at fault. set_order comes first.
    RunResult epochs(const RunPlan &plan, std::int64_t steps, const std::function<bool()> &interrupted) {
        state_.steps = steps;
        Clock clock;
        RunResult result;
        if (tries(std::min(plan.batch_size, plan.n_rows))) {
            take(plan, clock, interrupted, {.tries = true}, result);
        } else if (all_.save_to(saved_); !take(plan, clock, interrupted, {}, result)) {
            all_.restore_from(saved_);
            state_.steps = steps;
            result.epochs.clear();
            if (!result.interrupted) take(plan, clock, interrupted, {.checker = &checker_}, result);
        }
        if (plan.generator) std::copy_n(last_order_, plan.n_rows, plan.order);
        return result;
    }

  private:
    // Seconds since the call began.
    class Clock {
      public:
        double elapsed() const {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        }

      private:
        std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    };

    bool tries(std::int64_t largest_batch) const {
        const Chain<T> &chain = engine_.chain();
        const double work = double(largest_batch) * double(chain.multiplications());
        return all_.bytes() >= tried_from_.bytes &&
               work >= tried_from_.work_per_parameter * double(chain.n_parameters) &&
               engine_.can_try(data_, largest_batch, options_);
    }

    // Takes the epochs. Returns whether everything is finite in the end.
    bool take(const RunPlan &plan, const Clock &clock, const std::function<bool()> &interrupted,
              const Guard<T> &guard, RunResult &run) {
        double elapsed = clock.elapsed(), polled = elapsed;
        for (std::int64_t number = 0; number < plan.n_epochs; ++number) {
            last_order_ = orders_.of(number);
            if (guard.checker) guard.checker->begin_epoch();
            EpochPlan epoch{.order = plan.order ? Order::of(last_order_, plan.n_rows)
                                                : Order::consecutive(0, plan.n_rows),
                            .batch_size = plan.batch_size,
                            .lr_factors = plan.lr_factors,
                            .seconds = plan.seconds - elapsed,
                            .stop = plan.stop};
            const std::int64_t before_it = number * epoch.steps();
            epoch.lr_factors += before_it;
            if (plan.decay_factors) epoch.decay_factors = plan.decay_factors + before_it;
            if (plan.dropout_factors) epoch.dropout_factors = plan.dropout_factors + before_it;
            EpochResult result = engine_.epoch(data_, epoch, options_, state_, interrupted, guard);
            const double before = std::exchange(elapsed, clock.elapsed());
            const bool complete = result.finite && result.steps == epoch.steps(), finite = result.finite;
            run.interrupted = result.interrupted;
            if (!run.interrupted || complete) run.epochs.push_back({std::move(result), elapsed - before});
            if (!finite) return false;
            if (run.interrupted || !complete || elapsed >= plan.seconds || is_set(plan.stop)) break;
            // Short epochs end before they poll.
            if (elapsed - polled >= seconds_per_poll) {
                polled = elapsed;
                if ((run.interrupted = interrupted())) break;
            }
        }
        return unchecked_.finite();
    }

    static constexpr double seconds_per_poll = 0.1;

    Engine<T> &engine_;
    const Data<T> &data_;
    UpdateOptions<T> options_;
    TrainingState<T> state_;
    TriedFrom tried_from_;
    EpochOrders orders_;
    const std::int64_t *last_order_ = nullptr;
    MutableState<T> all_, unchecked_; // everything; what an epoch does not check itself
    std::vector<T> saved_;            // of everything, before a call
    StepChecker<T> checker_{all_};
};

} // namespace rosenblatt
