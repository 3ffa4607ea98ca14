// The cores of this process that engines occupy.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>

namespace rosenblatt {

// RAII reservation of cores. Engines that run at the same time, each called from a thread of its own, start
// no more threads between them than there are cores.
class CoreBudget {
  public:
    // Reserves a core for the calling thread, and up to `wanted` more for threads that it would start.
    explicit CoreBudget(int wanted) {
        // Queried once: the standard library reads a file to answer.
        static const int total = std::max(1, int(std::thread::hardware_concurrency()));
        int taken = taken_.load(std::memory_order_relaxed);
        do more_ = std::clamp(total - taken - 1, 0, wanted);
        while (!taken_.compare_exchange_weak(taken, taken + 1 + more_, std::memory_order_relaxed));
    }
    ~CoreBudget() { taken_.fetch_sub(1 + more_, std::memory_order_relaxed); }
    CoreBudget(const CoreBudget &) = delete;
    CoreBudget &operator=(const CoreBudget &) = delete;

    int more() const { return more_; }

    // A forked child has none of its parent's other threads.
    static void reset_after_fork() { taken_ = 0; }

  private:
    static inline std::atomic<int> taken_{0};
    int more_;
};

} // namespace rosenblatt
