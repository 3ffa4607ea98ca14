// A team of threads that works through phases of equal items, in order.
//
// A phase opens when all items of the one before are done. Every member takes its own items first
// and then whatever nobody has taken, so that a member which the system does not let run holds
// nobody up: on a busy machine the others do its share, and a team is not slower than one thread.
// What an item computes never depends on who computes it.
#pragma once

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

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Within its scope the thread counts numbers below the smallest normal one as 0, or as what they are. They
// come from gradients that fade (units that died, momenta that decay), where they mean nothing and cost many
// times an ordinary number's time.
class Denormals {
  public:
    enum Mode { as_zero, kept };

#if defined(__x86_64__) || defined(__i386__)
    explicit Denormals(Mode mode) : before_(_mm_getcsr()) {
        _mm_setcsr(mode == as_zero ? before_ | 0x8040u : before_ & ~0x8040u);
    }
    ~Denormals() { _mm_setcsr(before_); }

  private:
    unsigned before_;
#elif defined(__aarch64__)
    explicit Denormals(Mode mode) {
        constexpr std::uint64_t flush = std::uint64_t(1) << 24;
        asm volatile("mrs %0, fpcr" : "=r"(before_));
        asm volatile("msr fpcr, %0" ::"r"(mode == as_zero ? before_ | flush : before_ & ~flush));
    }
    ~Denormals() { asm volatile("msr fpcr, %0" ::"r"(before_)); }

  private:
    std::uint64_t before_;
#else
    explicit Denormals(Mode) {}
#endif

  public:
    Denormals(const Denormals &) = delete;
    Denormals &operator=(const Denormals &) = delete;
};

// The cores of this process that engines' threads hold: engines that run at once, each from a thread of
// its user's, start no more threads between them than there are cores.
class Cores {
  public:
    // A core for the calling thread, and up to `wanted` more for threads that it would start.
    explicit Cores(int wanted) {
        // Asked once: the system reads a file to answer.
        static const int total = std::max(1, int(std::thread::hardware_concurrency()));
        int taken = taken_.load(std::memory_order_relaxed);
        do more_ = std::clamp(total - taken - 1, 0, wanted);
        while (!taken_.compare_exchange_weak(taken, taken + 1 + more_, std::memory_order_relaxed));
    }
    ~Cores() { taken_.fetch_sub(1 + more_, std::memory_order_relaxed); }
    Cores(const Cores &) = delete;
    Cores &operator=(const Cores &) = delete;

    int more() const { return more_; }

    // A forked child has none of its parent's other threads.
    static void forget() { taken_ = 0; }

  private:
    static inline std::atomic<int> taken_{0};
    int more_;
};

class ThreadTeam {
  public:
    static constexpr int largest = 32;

    // Runs work(round, phase, item) for every item of every phase of every round, in order, by `members`
    // threads, the calling one among them and no more than there are items. `leave`, asked now and then by
    // the calling thread alone, ends the run after the round in hand. Returns the number of rounds done. Work
    // must not throw.
    //
    // `alone` the calling thread does every item, and asks to leave before every round.
    template <class Work, class NoEpilogue>
    static std::int64_t run(int items, int members, std::int64_t rounds, int phases, Work work,
                            NoEpilogue leave, bool alone = false) {
        members = alone ? 1 : std::min(members, items);
        const Denormals on_this_thread(Denormals::as_zero);
        const Cores cores(members - 1);
        if (members == 1) {
            std::int64_t round = 0;
            for (; round < rounds && !leave(); ++round)
                for (int phase = 0; phase < phases; ++phase)
                    for (int item = 0; item < items; ++item) work(round, phase, item);
            return round;
        }
        ThreadTeam team(items, members, rounds, phases);
        {
            Others others;
            others.threads.reserve(std::size_t(cores.more()));
            try {
                for (int member = 1; member <= cores.more(); ++member)
                    others.threads.emplace_back([&team, &work, member] {
                        const Denormals on_another(Denormals::as_zero);
                        team.join(member, work, [] { return false; });
                    });
            } catch (const std::system_error &) {
                // Fewer threads than asked for: those that did start share the items.
            }
            team.join(0, work, leave);
        }
        return std::int64_t(phase_of(team.state_.load(std::memory_order_acquire))) / phases;
    }

    // Phases are counted in half a word.
    static constexpr std::int64_t most_phases = (std::int64_t(1) << 32) - 1;

  private:
    // std::jthread, which some standard libraries still lack.
    struct Others {
        std::vector<std::thread> threads;
        ~Others() {
            for (std::thread &thread : threads) thread.join();
        }
    };

    ThreadTeam(int items, int members, std::int64_t rounds, int phases)
        : items_(std::uint32_t(items)), members_(std::uint32_t(members)), phases_(std::uint64_t(phases)),
          end_(std::uint64_t(rounds) * std::uint64_t(phases)) {}

    // The phase in the upper half, a bit for each of its items that is taken in the lower.
    static std::uint64_t phase_of(std::uint64_t state) { return state >> 32; }
    static std::uint32_t taken_of(std::uint64_t state) { return std::uint32_t(state); }

    template <class Work, class NoEpilogue> void join(int member, Work &work, NoEpilogue leave) {
        const std::uint32_t everything = items_ == 32 ? ~0u : (1u << items_) - 1;
        std::uint32_t own = 0;
        for (auto item = std::uint32_t(member); item < items_; item += members_) own |= 1u << item;
        for (;;) {
            if (leave()) stop_.store(true, std::memory_order_relaxed);
            std::uint64_t state = state_.load(std::memory_order_acquire);
            const std::uint64_t phase = phase_of(state);
            if (phase >= end_.load(std::memory_order_acquire)) return;
            const std::uint32_t open = everything & ~taken_of(state);
            if (open == 0) {
                await_change(state);
                continue;
            }
            const std::uint32_t choice = open & own ? open & own : open, item = choice & (~choice + 1);
            if (!state_.compare_exchange_weak(state, state | item, std::memory_order_acq_rel)) continue;
            work(std::int64_t(phase / phases_), int(phase % phases_), std::countr_zero(item));
            if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == items_) close(phase);
        }
    }

    // The member that did the last item of a phase opens the next one, or ends the run with a round.
    void close(std::uint64_t phase) {
        if (stop_.load(std::memory_order_relaxed) && (phase + 1) % phases_ == 0)
            end_.store(phase + 1, std::memory_order_release);
        done_.store(0, std::memory_order_relaxed);
        state_.store((phase + 1) << 32, std::memory_order_release);
        state_.notify_all();
    }

    // Spins for some tens of microseconds, as long as the members' shares differ, then sleeps.
    void await_change(std::uint64_t state) const {
        for (int spin = 0; spin < spins; ++spin) {
            if (state_.load(std::memory_order_acquire) != state) return;
            relax();
        }
        state_.wait(state, std::memory_order_acquire);
    }

    static constexpr int spins = 2000;
    const std::uint32_t items_, members_;
    const std::uint64_t phases_;
    std::atomic<std::uint64_t> end_;
    std::atomic<bool> stop_{false};
    alignas(64) std::atomic<std::uint64_t> state_{0};
    alignas(64) std::atomic<std::uint32_t> done_{0};
};

} // namespace rosenblatt
