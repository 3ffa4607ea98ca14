// How the calling thread treats subnormal numbers.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace rosenblatt {

// RAII: within its scope the thread flushes subnormal numbers to zero, or keeps them. Subnormals stem from
// vanishing gradients (dead units, decaying momenta), carry no information there, and cost many times an
// ordinary operation's time.
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

} // namespace rosenblatt
