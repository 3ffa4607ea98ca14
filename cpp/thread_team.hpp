// Threads that execute one loop of steps together (SPMD): all of them run the same function.
//
//     ThreadTeam::run({.tasks = 4, .threads = 2, .steps = n, .phases = 2}, [&](TeamThread &thread) {
//         while (thread.next_step()) {
//             thread.phase([&](int task) { ... }); // every task exactly once, then a barrier
//             thread.phase([&](int task) { ... });
//         }
//     });
//
// A thread takes its own tasks of a phase first and then any that are left. A thread that the system does not
// schedule therefore blocks no one: the others do its tasks, and a busy machine makes a team no slower than
// one thread. What a task computes must not depend on the thread that executes it.
#pragma once

#include "core_budget.hpp"
#include "denormals.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace rosenblatt {

inline void spin_pause() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Steps are the loop's iterations, phases the parts of a step between barriers, tasks the parts of a phase
// that run side by side.
struct TeamShape {
    int tasks, threads; // more threads than tasks are not started
    std::int64_t steps = 1;
    int phases = 1; // that the function executes in every step
};

class TeamThread;

class ThreadTeam {
  public:
    static constexpr int most_tasks = 32;
    // Phases of a run: they are counted in half a word.
    static constexpr std::int64_t most_phases = (std::int64_t(1) << 32) - 1;

    // Every thread, the calling one among them, runs body(thread), which must not throw. Returns the number
    // of steps done.
    template <class Body> static std::int64_t run(const TeamShape &shape, const Body &body);

  private:
    friend class TeamThread;

    // std::jthread, which some standard libraries still lack.
    struct Started {
        std::vector<std::thread> threads;
        ~Started() {
            for (std::thread &thread : threads) thread.join();
        }
    };

    explicit ThreadTeam(const TeamShape &shape)
        : tasks_(std::uint32_t(shape.tasks)),
          threads_(std::uint32_t(std::clamp(shape.threads, 1, shape.tasks))),
          phases_(std::uint64_t(shape.phases)), end_(std::uint64_t(shape.steps) * phases_) {}

    // The phase in the upper half, a bit for each of its tasks that is taken in the lower.
    static std::uint64_t phase_of(std::uint64_t state) { return state >> 32; }
    static std::uint32_t taken_of(std::uint64_t state) { return std::uint32_t(state); }

    // Called by the thread that completed a phase: opens the next one, or ends the run with this step.
    void close(std::uint64_t phase) {
        if (stop_.load(std::memory_order_relaxed) && (phase + 1) % phases_ == 0)
            end_.store(phase + 1, std::memory_order_release);
        done_.store(0, std::memory_order_relaxed);
        state_.store((phase + 1) << 32, std::memory_order_release);
        state_.notify_all();
    }

    // Spins for some tens of microseconds, as long as tasks differ in duration, then sleeps.
    void await_change(std::uint64_t state) const {
        constexpr int spins = 2000;
        for (int spin = 0; spin < spins; ++spin) {
            if (state_.load(std::memory_order_acquire) != state) return;
            spin_pause();
        }
        state_.wait(state, std::memory_order_acquire);
    }

    const std::uint32_t tasks_, threads_;
    const std::uint64_t phases_;
    std::atomic<std::uint64_t> end_;
    std::atomic<bool> stop_{false};
    alignas(64) std::atomic<std::uint64_t> state_{0};
    alignas(64) std::atomic<std::uint32_t> done_{0};
};

// One thread's view of the team. The control flow between phases may depend on the step's number alone, so
// that all threads agree on it.
class TeamThread {
  public:
    TeamThread(ThreadTeam &team, std::uint32_t number)
        : team_(team), alone_(team.threads_ == 1), first_(number == 0) {
        for (std::uint32_t task = number; task < team.tasks_; task += team.threads_) own_ |= 1u << task;
    }

    // Goes to the next step, past those that the other threads have completed meanwhile; false at the end.
    bool next_step() {
        if (alone_) {
            ++step_;
            phase_ = std::uint64_t(step_) * team_.phases_;
            return phase_ < team_.end_.load(std::memory_order_relaxed);
        }
        const std::uint64_t reached = ThreadTeam::phase_of(team_.state_.load(std::memory_order_acquire));
        step_ = std::max(step_ + 1, std::int64_t(reached / team_.phases_));
        phase_ = std::uint64_t(step_) * team_.phases_;
        return phase_ < team_.end_.load(std::memory_order_acquire);
    }

    std::int64_t step() const { return step_; }
    bool is_caller() const { return first_; }

    // Ends the run after the current step. In a team another thread may have completed that step already:
    // the run then ends after the one in progress.
    void stop() {
        if (alone_)
            team_.end_.store(std::uint64_t(step_ + 1) * team_.phases_, std::memory_order_relaxed);
        else
            team_.stop_.store(true, std::memory_order_relaxed);
    }

    // work(task) for every task, shared among the threads; returns when all of them are done.
    template <class Work> void phase(const Work &work) {
        if (alone_)
            for (std::uint32_t task = 0; task < team_.tasks_; ++task) work(int(task));
        else
            share(work);
    }

  private:
    template <class Work> void share(const Work &work) {
        const std::uint64_t phase = phase_++;
        const std::uint32_t all = team_.tasks_ == 32 ? ~0u : (1u << team_.tasks_) - 1;
        for (;;) {
            std::uint64_t state = team_.state_.load(std::memory_order_acquire);
            if (ThreadTeam::phase_of(state) != phase) return; // over
            const std::uint32_t open = all & ~ThreadTeam::taken_of(state);
            if (open == 0) {
                team_.await_change(state);
                continue;
            }
            const std::uint32_t choice = open & own_ ? open & own_ : open, task = choice & (~choice + 1);
            if (!team_.state_.compare_exchange_weak(state, state | task, std::memory_order_acq_rel)) continue;
            work(std::countr_zero(task));
            if (team_.done_.fetch_add(1, std::memory_order_acq_rel) + 1 == team_.tasks_) team_.close(phase);
        }
    }

    ThreadTeam &team_;
    const bool alone_, first_;
    std::uint32_t own_ = 0; // a bit for each of its tasks
    std::int64_t step_ = -1;
    std::uint64_t phase_ = 0; // the next one, over all steps
};

template <class Body> std::int64_t ThreadTeam::run(const TeamShape &shape, const Body &body) {
    ThreadTeam team(shape);
    const auto execute = [&](std::uint32_t number) {
        const Denormals flushed(Denormals::as_zero);
        TeamThread thread(team, number);
        body(thread);
    };
    const CoreBudget cores(int(team.threads_) - 1);
    {
        Started started;
        started.threads.reserve(std::size_t(cores.more()));
        try {
            for (int number = 1; number <= cores.more(); ++number)
                started.threads.emplace_back(execute, std::uint32_t(number));
        } catch (const std::system_error &) {
            // Fewer threads than requested: those that did start share the tasks.
        }
        execute(0);
    }
    return std::int64_t(team.end_.load(std::memory_order_acquire) / team.phases_);
}

} // namespace rosenblatt
