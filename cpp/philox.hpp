// Random words as a function of seed, step, layer and element: Philox4x32-10 (Salmon et al. 2011), the native
// twin of philox.py. Several counters go through the rounds at once, a word in the low half of every lane.
#pragma once

#include "simd.hpp"

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace rosenblatt::philox {

using Lanes = std::uint64_t __attribute__((vector_size(simd::bytes)));
inline constexpr int lanes = simd::bytes / 8;

// Of the low halves.
inline Lanes product(Lanes a, Lanes b) {
#if defined(__AVX512F__)
    // The masked form: GCC 12 warns about the other.
    return Lanes(_mm512_maskz_mul_epu32(0xff, __m512i(a), __m512i(b)));
#elif defined(__AVX2__)
    return Lanes(_mm256_mul_epu32(__m256i(a), __m256i(b)));
#elif defined(__SSE2__)
    return Lanes(_mm_mul_epu32(__m128i(a), __m128i(b)));
#else
    constexpr std::uint64_t low = 0xffffffff;
    return (a & low) * (b & low);
#endif
}

inline Lanes everywhere(std::uint64_t word) { return word - Lanes{}; }

// The four words of every counter, in place, for vectors of counters side by side; what the upper halves of
// lanes hold means nothing.
template <int vectors> void rounds(Lanes (&c)[4][vectors], std::uint64_t seed) {
    auto k0 = std::uint32_t(seed), k1 = std::uint32_t(seed >> 32);
    const Lanes m0 = everywhere(0xd2511f53), m1 = everywhere(0xcd9e8d57);
    simd::unrolled<10>([&](auto) {
        const Lanes key0 = everywhere(k0), key1 = everywhere(k1);
        simd::unrolled<vectors>([&](auto v) {
            const Lanes p0 = product(m0, c[0][v]), p1 = product(m1, c[2][v]);
            c[0][v] = (p1 >> 32) ^ c[1][v] ^ key0;
            c[1][v] = p1;
            c[2][v] = (p0 >> 32) ^ c[3][v] ^ key1;
            c[3][v] = p0;
        });
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
    });
}

// Elements are numbered in groups, which 16 counters serve: word k of counter j is element 16 k + j's.
inline constexpr int counters = 16, group = 4 * counters;

// The words of one layer in one step.
struct Stream {
    std::uint64_t seed;
    std::int64_t step;
    int layer;

    // The words of the elements from group·number on.
    void words(std::uint64_t number, std::uint32_t *out) const {
        const std::uint64_t first = number * counters;
        constexpr int together = lanes < counters ? 2 : 1;
        for (int start = 0; start < counters; start += together * lanes) {
            Lanes c[4][together];
            for (int v = 0; v < together; ++v) {
                for (int j = 0; j < lanes; ++j)
                    c[0][v][j] = std::uint32_t(first) + unsigned(start + v * lanes + j);
                c[1][v] = everywhere((first >> 32 << 16) + std::uint64_t(layer));
                c[2][v] = everywhere(std::uint32_t(step));
                c[3][v] = everywhere(std::uint32_t(std::uint64_t(step) >> 32));
            }
            rounds(c, seed);
            simd::unrolled<4>([&](auto k) {
                simd::unrolled<together>([&](auto v) {
                    using Halves = std::uint32_t __attribute__((vector_size(simd::bytes / 2)));
                    const Halves words = __builtin_convertvector(c[k][v], Halves);
                    std::memcpy(out + k * counters + start + v * lanes, &words, sizeof words);
                });
            });
        }
    }

    // visit(i, words, n) for the elements [begin, end), a group's part at a time: word j is element
    // begin + i + j's. n is a constant where a group is whole.
    template <class Visit> void for_each(std::uint64_t begin, std::uint64_t end, Visit visit) const {
        alignas(64) std::uint32_t drawn[group];
        for (std::uint64_t at = begin; at < end;) {
            const std::uint64_t start = at / group * group, stop = end < start + group ? end : start + group;
            words(at / group, drawn);
            if (stop - at == group)
                visit(std::ptrdiff_t(at - begin), drawn, std::integral_constant<int, group>{});
            else
                visit(std::ptrdiff_t(at - begin), drawn + (at - start), int(stop - at));
            at = stop;
        }
    }
};

} // namespace rosenblatt::philox
