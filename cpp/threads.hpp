// A team of threads that works through the same steps, meeting at barriers.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace rosenblatt {

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

class Team {
  public:
    explicit Team(int size) : size_(size) {}

    int size() const { return size_; }

    // Runs job(member) on every member, the caller as member 0. Jobs must not throw: the others would
    // wait for ever. Where the system grants too few threads, no job starts and the error is thrown.
    template <class Job> void run(Job job) {
        std::atomic<Start> start{Start::wait};
        std::vector<std::jthread> others;
        others.reserve(std::size_t(size_ - 1));
        auto begin = [&start](Start word) {
            start.store(word, std::memory_order_release);
            start.notify_all();
        };
        try {
            for (int member = 1; member < size_; ++member)
                others.emplace_back([&job, &start, member] {
                    start.wait(Start::wait, std::memory_order_acquire);
                    if (start.load(std::memory_order_acquire) == Start::go) job(member);
                });
        } catch (...) {
            begin(Start::cancel);
            throw;
        }
        begin(Start::go);
        job(0);
    }

    // Spins for some microseconds, as long as a step's imbalance lasts, then sleeps: on a busy
    // machine the missing member may need this very core.
    void barrier() {
        if (size_ == 1) return;
        const std::uint32_t phase = phase_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
            arrived_.store(0, std::memory_order_relaxed);
            phase_.store(phase + 1, std::memory_order_release);
            phase_.notify_all();
            return;
        }
        for (int spin = 0; spin < spins; ++spin) {
            if (phase_.load(std::memory_order_acquire) != phase) return;
            relax();
        }
        phase_.wait(phase, std::memory_order_acquire);
    }

  private:
    enum class Start { wait, go, cancel };

    static constexpr int spins = 4000;
    const int size_;
    alignas(64) std::atomic<int> arrived_{0};
    alignas(64) std::atomic<std::uint32_t> phase_{0};
};

} // namespace rosenblatt
