// Whether an epoch has to end before its last step.
#pragma once

#include "task_totals.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

namespace rosenblatt {

// Whether a byte that another thread may set, or null, is not 0.
inline bool is_set(const std::uint8_t *byte) { return byte && __atomic_load_n(byte, __ATOMIC_RELAXED); }

// Polled by the calling thread once a step. The clock is read, and the caller's `interrupted` called, only as
// often as costs nothing beside the steps.
class StopPoll {
  public:
    // `work` is the number of multiplications of a step, about.
    StopPoll(double work, double seconds, const std::uint8_t *stop, const std::function<bool()> &interrupted)
        : interrupted_by_(interrupted), seconds_(seconds), stop_(stop),
          steps_per_reading_(1 + std::int64_t(work_per_reading / work)) {}

    bool operator()() {
        if (non_finite_.load(std::memory_order_relaxed)) return true;
        if (++polls_ % steps_per_reading_ != 0) return false;
        if (is_set(stop_)) return true;
        const auto now = Clock::now();
        return std::chrono::duration<double>(now - start_).count() >= seconds_ || is_interrupted(now);
    }

    // Any thread reports its totals, which are checked now and then: an epoch that has diverged ends. A Guard
    // is exact where this is not, so that nothing is reported beside one.
    void report(const TaskTotals &totals, std::int64_t step) {
        if (step % steps_per_report == 0 && !totals.finite())
            non_finite_.store(true, std::memory_order_relaxed);
    }

    bool interrupted() const { return interrupted_; }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr auto interval = std::chrono::milliseconds(100); // between calls of `interrupted`
    static constexpr double work_per_reading = 1e6;                  // some ten microseconds
    static constexpr std::int64_t steps_per_report = 64;             // a power of 2

    bool is_interrupted(Clock::time_point now) {
        if (now - called_ < interval) return false;
        called_ = now;
        return interrupted_ = interrupted_by_();
    }

    const std::function<bool()> &interrupted_by_;
    const double seconds_;
    const std::uint8_t *const stop_;
    const std::int64_t steps_per_reading_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point called_ = start_;
    std::int64_t polls_ = 0;
    bool interrupted_ = false;
    // A sum is not finite. The parameters may be all the same: a square may overflow alone.
    std::atomic<bool> non_finite_{false};
};

} // namespace rosenblatt
