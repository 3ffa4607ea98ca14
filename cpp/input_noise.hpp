// Noise on the inputs while training: the native twin of input_noise.py.
#pragma once

#include "philox.hpp"
#include "vmath.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace rosenblatt {

// Cosine and sine of 2π·word / 2³²: the two upper bits are the quadrant, within which the angle is π/4 + x.
template <class T> void cosine_and_sine(std::uint32_t word, T &cosine, T &sine) {
    constexpr T quarter = T(1.57079632679489661923), root_half = T(0.70710678118654752440);
    const T x = quarter * (T(word & 0x3fffffff) * T(0x1p-30) - T(0.5)), square = -x * x;
    const T s = x * vmath::factorial_series<vmath::Format<T>::circle_terms, 2, 1>(square);
    const T c = vmath::factorial_series<vmath::Format<T>::circle_terms, 2, 0>(square);
    const T along = root_half * (c - s), across = root_half * (c + s);
    const bool odd = word & 0x40000000, back = word & 0x80000000;
    const T turned_cosine = odd ? -across : along, turned_sine = odd ? along : across;
    cosine = back ? -turned_cosine : turned_cosine;
    sine = back ? -turned_sine : turned_sine;
}

// Adds numbers of N(0, σ²) to the elements [begin, begin + n) of a batch's inputs (Box & Muller 1958).
template <class T>
void add_noise(const philox::Stream &stream, std::uint64_t begin, std::size_t n, T sigma, T *x) {
    using philox::counters, philox::group;
    alignas(64) std::uint32_t words[group];
    alignas(64) T noise[group];
    const std::uint64_t end = begin + n;
    for (std::uint64_t number = begin / group; number * group < end; ++number) {
        stream.words(number, words);
        for (int half = 0; half < group; half += 2 * counters)
#pragma omp simd
            for (int j = half; j < half + counters; ++j) {
                const T u = (T(words[j]) + 1) * T(0x1p-32);
                // Rounding may take the logarithm of a number next to 1 beyond 0.
                const T square = -2 * vmath::log(u), radius = sigma * std::sqrt(square > 0 ? square : T(0));
                T cosine, sine;
                cosine_and_sine(words[j + counters], cosine, sine);
                noise[j] = radius * cosine;
                noise[j + counters] = radius * sine;
            }
        const std::uint64_t start = number * group, from = std::max(begin, start),
                            to = std::min(end, start + group);
        for (std::uint64_t i = from; i < to; ++i) x[i - begin] += noise[i - start];
    }
}

} // namespace rosenblatt
