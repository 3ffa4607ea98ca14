// A crew of threads that works through phases of equal items, in order.
//
// A phase opens when all items of the one before are done. Every member takes its own item first
// and then whatever nobody has taken, so that a member which the system does not let run holds
// nobody up: on a busy machine the others do its share, and a crew is not slower than one thread.
// What an item computes never depends on who computes it.
#pragma once

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

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

class Crew {
  public:
    static constexpr int largest = 32;

    // Runs work(phase, item) for every item of the phases 0 … phases-1, with as many items to a phase
    // as the crew has members. `leave`, asked now and then by the calling thread alone, ends the run
    // early. Returns the number of phases done. Work must not throw.
    template <class Work, class Leave>
    static std::int64_t run(int size, std::int64_t phases, Work work, Leave leave) {
        if (size == 1) {
            std::int64_t phase = 0;
            for (; phase < phases && !leave(); ++phase) work(phase, 0);
            return phase;
        }
        Crew crew(size, phases);
        std::vector<std::jthread> others;
        others.reserve(std::size_t(size - 1));
        try {
            for (int member = 1; member < size; ++member)
                others.emplace_back(
                    [&crew, &work, member] { crew.join(member, work, [] { return false; }); });
        } catch (const std::system_error &) {
            // Fewer threads than asked for: those that did start share the items.
        }
        crew.join(0, work, leave);
        others.clear();
        return std::int64_t(phase_of(crew.state_.load(std::memory_order_acquire)));
    }

  private:
    Crew(int size, std::int64_t phases) : size_(std::uint32_t(size)), end_(std::uint64_t(phases)) {}

    // The phase in the upper half, a bit for each of its items that is taken in the lower.
    static std::uint64_t phase_of(std::uint64_t state) { return state >> 32; }
    static std::uint32_t taken_of(std::uint64_t state) { return std::uint32_t(state); }

    template <class Work, class Leave> void join(int member, Work &work, Leave leave) {
        const std::uint32_t everything = size_ == 32 ? ~0u : (1u << size_) - 1;
        for (;;) {
            std::uint64_t state = state_.load(std::memory_order_acquire);
            const std::uint64_t phase = phase_of(state);
            if (leave()) end_.store(phase, std::memory_order_release);
            if (phase >= end_.load(std::memory_order_acquire)) return;
            const std::uint32_t free = everything & ~taken_of(state);
            if (free == 0) {
                await_change(state);
                continue;
            }
            const std::uint32_t own = 1u << member, item = free & own ? own : free & (~free + 1);
            if (!state_.compare_exchange_weak(state, state | item, std::memory_order_acq_rel)) continue;
            work(std::int64_t(phase), std::countr_zero(item));
            if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
                done_.store(0, std::memory_order_relaxed);
                state_.store((phase + 1) << 32, std::memory_order_release);
                state_.notify_all();
            }
        }
    }

    // Spins for some microseconds, as long as the members' shares differ, then sleeps.
    void await_change(std::uint64_t state) const {
        for (int spin = 0; spin < spins; ++spin) {
            if (state_.load(std::memory_order_acquire) != state) return;
            relax();
        }
        state_.wait(state, std::memory_order_acquire);
    }

    static constexpr int spins = 2000;
    const std::uint32_t size_;
    std::atomic<std::uint64_t> end_;
    alignas(64) std::atomic<std::uint64_t> state_{0};
    alignas(64) std::atomic<std::uint32_t> done_{0};
};

} // namespace rosenblatt
