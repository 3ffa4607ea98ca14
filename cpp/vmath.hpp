// Elementary functions as straight-line code, so that a loop over them becomes vector
// instructions on every target. Accurate to a few units in the last place; NaN stays NaN. Where eˣ would
// lie within half an octave of the smallest normal number or below, exp gives 0.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace rosenblatt::vmath {

template <class T> struct Format;

template <> struct Format<float> {
    using Bits = std::uint32_t;
    static constexpr int mantissa = 23, bias = 127;
    // x·log2(e) + 1.5·2^mantissa leaves round(x·log2(e)) in the low bits of the mantissa.
    static constexpr float rounder = 12582912.0f;
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    static constexpr float exp_max = 88.72283f, exp_min = -86.98f;
    static constexpr float tanh_max = 20; // of 2 |x|: tanh is 1 from there on
    static constexpr int exp_terms = 7, atanh_terms = 8, circle_terms = 5;
    static constexpr Bits upper_half = 0xfffff000u;
    // By tests/golden/make_normal_tail.py.
    static constexpr float mills_centre = 4;
    static constexpr std::array mills{5.509329167e-5f, -4.326421082e-6f, -0.0005458711106f, 0.000334986871f,
                                      0.004071385053f, -0.008722923583f, -0.01889669045f,   0.1513919355f,
                                      -0.4675412813f,  0.970409539f,     -1.523770906f,     1.893219064f};
};

template <> struct Format<double> {
    using Bits = std::uint64_t;
    static constexpr int mantissa = 52, bias = 1023;
    static constexpr double rounder = 6755399441055744.0;
    static constexpr double ln2_high = 0.693145751953125, ln2_low = 1.42860682030941723212e-6;
    static constexpr double exp_max = 709.782712893383996, exp_min = -708.04;
    static constexpr double tanh_max = 40;
    static constexpr int exp_terms = 13, atanh_terms = 18, circle_terms = 8;
    static constexpr Bits upper_half = 0xfffffffff8000000u;
    static constexpr double mills_centre = 5;
    static constexpr std::array mills{
        -3.55738726898038675e-10, -1.96589751172629917e-9,  3.31402066848201171e-9, 2.3233082810126316e-8,
        -1.77169630826513001e-8,  -1.68950785887868157e-7,  9.71401406372951275e-8, 1.08651332095312991e-6,
        -8.36476982955550618e-7,  -6.94050685875358854e-6,  9.97501988705672117e-6, 0.000041812674011026156,
        -0.000124735750307046425, -0.000148832520593441942, 0.00136585918368225127, -0.00199996206876327112,
        -0.00750328282411072571,  0.0521255024220410765,    -0.173254734086862378,  0.413644715732158487,
        -0.785911075546556412,    1.2415470615738775,       -1.66786659518895993,   1.92808104715315761};
};

// first! / (step·k + first)! for k = terms, …, 1, 0: the coefficients of a series, the highest first.
template <class T, int terms, int step, int first>
constexpr std::array<T, std::size_t(terms) + 1> factorial_terms() {
    std::array<T, std::size_t(terms) + 1> of{};
    long double c = 1;
    for (int k = 0; k <= terms; ++k) {
        of[std::size_t(terms - k)] = T(c);
        for (int j = 1; j <= step; ++j) c /= step * k + first + j;
    }
    return of;
}

// A polynomial by Horner's rule, the highest coefficient first.
template <class T, std::size_t n> inline T polynomial(const std::array<T, n> &coefficients, T x) {
    T sum = coefficients[0];
    for (std::size_t k = 1; k < n; ++k) sum = sum * x + coefficients[k];
    return sum;
}

// Σ_{k=0}^{terms} x^k / ((step·k + first)! / first!) by Horner's rule.
template <int terms, int step, int first, class T> inline T factorial_series(T x) {
    static constexpr auto coefficients = factorial_terms<T, terms, step, first>();
    return polynomial(coefficients, x);
}

// x = n ln 2 + r with |r| ≤ ½ ln 2; `shifted` has n in its low bits.
template <class T> struct Reduced {
    T shifted, r;
    using Bits = typename Format<T>::Bits;

    explicit Reduced(T x, T less = 0) {
        using F = Format<T>;
        shifted = x * T(1.44269504088896340736) + F::rounder;
        const T n = shifted - F::rounder;
        r = x - n * F::ln2_high;
        r = r - n * F::ln2_low - less;
    }

    // 2ⁿ⁺ᵐᵒʳᵉ, of a normal number.
    T power(int more = 0) const {
        return std::bit_cast<T>((std::bit_cast<Bits>(shifted) + Bits(Format<T>::bias + more))
                                << Format<T>::mantissa);
    }

    // eʳ - 1.
    T expm1() const { return r * factorial_series<Format<T>::exp_terms - 1, 1, 1>(r); }
};

// eˣ: x = n ln 2 + r with |r| ≤ ½ ln 2, then 2ⁿ times the Taylor series of eʳ. A small `less` that x was
// rounded by makes it eˣ⁻ˡᵉˢˢ.
template <class T> inline T exp(T x, T less = 0) {
    using F = Format<T>;
    T bounded = x > F::exp_max ? F::exp_max : x;
    bounded = bounded < F::exp_min ? F::exp_min : bounded;
    const Reduced<T> of(bounded, less);
    // n may reach the exponent of infinity: multiply by 2^(n-1), then by 2.
    T result = factorial_series<F::exp_terms, 1, 0>(of.r) * of.power(-1) * 2;
    result = x > F::exp_max ? std::numeric_limits<T>::infinity() : result;
    return x < F::exp_min ? T(0) : result;
}

// The same for x ≤ 0.
template <class T> inline T exp_of_negative(T x) {
    using F = Format<T>;
    const Reduced<T> of(x < F::exp_min ? F::exp_min : x);
    const T result = factorial_series<F::exp_terms, 1, 0>(of.r) * of.power();
    return x < F::exp_min ? T(0) : result;
}

// eˣ - 1 = 2ⁿ (eʳ - 1) + (2ⁿ - 1), which loses nothing near 0, where n is 0.
template <class T> inline T expm1(T x) {
    using F = Format<T>;
    T bounded = x > F::exp_max ? F::exp_max : x;
    bounded = bounded < F::exp_min ? F::exp_min : bounded;
    const Reduced<T> of(bounded);
    const T half = of.power(-1);
    T result = 2 * (of.expm1() * half + (half - T(0.5)));
    return x > F::exp_max ? std::numeric_limits<T>::infinity() : result;
}

// ln(1 + e) = 2 artanh(e / (2 + e)) for 0 ≤ e ≤ 1, in full relative accuracy.
template <class T> inline T log1p_unit(T e) {
    T s = e / (2 + e);
    T s2 = s * s;
    T sum = T(1) / T(2 * Format<T>::atanh_terms + 1);
    for (int k = Format<T>::atanh_terms - 1; k >= 0; --k) sum = sum * s2 + T(1) / T(2 * k + 1);
    return 2 * s * sum;
}

// ln x for normal x > 0: x = 2ⁿ m with 1 ≤ m < 2. Exact to an ulp of the larger of ln m and n ln 2.
template <class T> inline T log(T x) {
    using F = Format<T>;
    using Bits = typename F::Bits;
    const Bits bits = std::bit_cast<Bits>(x), mask = (Bits(1) << F::mantissa) - 1;
    const T m = std::bit_cast<T>((bits & mask) | (Bits(F::bias) << F::mantissa));
    const T n = T(int(bits >> F::mantissa) - F::bias);
    return n * T(0.69314718055994530942) + log1p_unit(m - 1);
}

template <class T> inline T sigmoid(T x) {
    const T e = exp_of_negative(-std::abs(x)), small = e / (1 + e);
    return x < 0 ? small : 1 - small;
}

// tanh |x| = (e²ˣ - 1) / (e²ˣ - 1 + 2): nothing cancels, and one division does.
template <class T> inline T tanh(T x) {
    T size = 2 * std::abs(x);
    size = size > Format<T>::tanh_max ? Format<T>::tanh_max : size;
    const Reduced<T> of(size);
    const T power = of.power(), e = of.expm1() * power + (power - 1);
    return std::copysign(e / (e + 2), x);
}

template <class T> struct CosSin {
    T cos, sin;
};

// cos 2πt and sin 2πt. What is left of t beside whole turns, and of that beside quarters, is exact.
template <class T> inline CosSin<T> cos_sin_of_turns(T t) {
    const T turn = t - std::rint(t), quarter = std::rint(4 * turn);
    const T angle = T(6.28318530717958647693) * (turn - T(0.25) * quarter), square = -angle * angle;
    const T c = factorial_series<Format<T>::circle_terms, 2, 0>(square);
    const T s = angle * factorial_series<Format<T>::circle_terms, 2, 1>(square);
    const bool odd = quarter == 1 || quarter == -1;
    const T of_cos = odd ? s : c, of_sin = odd ? c : s;
    return {quarter > 0 || quarter < T(-1) ? -of_cos : of_cos,
            quarter < 0 || quarter > T(1) ? -of_sin : of_sin};
}

template <class T> struct NormalTail {
    T probability, density;
};

// 1 - Φ(x) and φ(x) of the standard normal distribution, x ≥ 0, in full relative accuracy: Mills' ratio
// (1 - Φ)/φ, times x + centre, is smooth on the whole half-line as a function of
// (x - centre)/(x + centre), which runs from -1 to 1; Format has its Chebyshev expansion.
template <class T> inline NormalTail<T> normal_tail(T x) {
    using F = Format<T>;
    // Half of the digits of x, so that their square is exact, and the rest of x² apart.
    const T high = std::bit_cast<T>(std::bit_cast<typename F::Bits>(x) & F::upper_half);
    const T bell = exp(T(-0.5) * high * high, T(0.5) * (x - high) * (x + high));
    const T density = T(0.39894228040143267794) * bell; // over √(2π)
    const T u = 1 / (x + F::mills_centre);
    return {density * (u * polynomial(F::mills, 1 - 2 * F::mills_centre * u)), density};
}

} // namespace rosenblatt::vmath
