// Plain numbers, such as -12.5e3, from text to the nearest double.
#pragma once

#include <bit>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace rosenblatt::table {

inline constexpr std::int64_t largest_exact = std::int64_t(1) << 53; // whole numbers up to it are doubles
inline constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}; // all of them exact
inline constexpr std::uint64_t whole_powers_of_ten[] = {1,      10,      100,       1000,
                                                        10'000, 100'000, 1'000'000, 10'000'000};

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number of eight digits, each in a byte, the first one in the lowest.
inline std::uint64_t joined(std::uint64_t digits) {
    digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
    digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
    return (digits * 10000 + (digits >> 32)) & 0xffffffff;
}

// Digits up to another byte, which comes before `end`. Of more than 19 digits the value is none.
inline void take_digits(const char *&at, const char *end, std::uint64_t &value) {
    // Eight bytes at once: the processor cannot predict how many digits there are, one by one.
    while (std::endian::native == std::endian::little && end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        word ^= 0x3030303030303030; // digits are 0 to 9 now, other bytes more
        // A carry goes up, and the lowest of the other bytes is what counts.
        const std::uint64_t others = (word | (word + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0;
        if (others == 0) {
            value = value * 100'000'000 + joined(word);
            at += 8;
            continue;
        }
        const int n = std::countr_zero(others) / 8;
        if (n > 0) {
            value = value * whole_powers_of_ten[n] + joined(word << (64 - 8 * n));
            at += n;
        }
        return;
    }
    for (; is_digit(*at); ++at) value = value * 10 + std::uint64_t(*at - '0');
}

inline bool take_whole_number(const char *&at, const char *end, std::int64_t &value) {
    const bool is_negative = *at == '-';
    at += is_negative;
    const char *first = at;
    std::uint64_t digits = 0;
    take_digits(at, end, digits);
    if (at == first || at - first > 18) return false;
    value = is_negative ? -std::int64_t(digits) : std::int64_t(digits);
    return true;
}

inline bool take_exponent(const char *&at, int &exponent) {
    ++at;
    const bool is_negative = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    const char *first = at;
    int value = 0;
    for (; is_digit(*at); ++at) value = value < 10000 ? value * 10 + (*at - '0') : value;
    exponent = is_negative ? -value : value;
    return at > first;
}

// digits · 10^power, if few operations give the nearest double for certain.
inline bool nearest(std::uint64_t digits, std::ptrdiff_t power, double &value) {
    if (power < -22 || power > 22) return false;
    const double by = powers_of_ten[power < 0 ? -power : power];
    if (digits <= std::uint64_t(largest_exact)) {
        // One operation on two exact numbers is rounded once.
        value = power < 0 ? double(digits) / by : double(digits) * by;
        return true;
    }
#if LDBL_MANT_DIG == 64
    // Both are exact as numbers of 64 bits, too. Their quotient is rounded twice, which is once too often
    // only if the first time ends in the middle between two doubles.
    const long double wide = power < 0 ? (long double)(digits) / by : (long double)(digits)*by;
    std::uint64_t bits;
    std::memcpy(&bits, &wide, sizeof(bits));
    value = double(wide);
    return (bits & 0x7ff) != 0x400;
#else
    return false;
#endif
}

// False for what is no plain number, and for those so large that doubles do not tell them apart.
inline bool take_number(const char *&at, const char *end, double &value) {
    const bool is_negative = *at == '-';
    at += is_negative;
    const char *first = at;
    std::uint64_t digits = 0;
    take_digits(at, end, digits);
    std::ptrdiff_t n_digits = at - first, n_decimals = 0;
    if (*at == '.') {
        const char *point = at++;
        take_digits(at, end, digits);
        n_decimals = at - point - 1;
        n_digits += n_decimals;
    }
    if (n_digits == 0) return false;
    int exponent = 0;
    if ((*at == 'e' || *at == 'E') && !take_exponent(at, exponent)) return false;
    const std::ptrdiff_t power = exponent - n_decimals;
    if (n_digits > 19 || !nearest(digits, power, value)) {
#ifdef __cpp_lib_to_chars
        const auto [stop, error] = std::from_chars(first, at, value);
        if (error != std::errc() || stop != at) return false;
#else
        return false;
#endif
    }
    // By its bit, not by a branch: signs are as good as random.
    value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) | std::uint64_t(is_negative) << 63);
    return std::abs(value) < double(largest_exact);
}

} // namespace rosenblatt::table
