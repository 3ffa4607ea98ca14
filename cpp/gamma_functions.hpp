// ln Γ and ψ of positive numbers (theory L20): Stirling's series (DLMF 5.11.1, 5.11.2) from 10 on, which the
// recurrences Γ(x + 1) = x Γ(x) lead to. The C library's lgamma writes to a global.
#pragma once

#include <cmath>

namespace rosenblatt {

inline constexpr double stirling_from = 10;

inline double log_gamma(double x) {
    double product = 1;
    for (; x < stirling_from; ++x) product *= x;
    const double v = 1 / x, w = v * v;
    const double series =
        v * (1. / 12 -
             w * (1. / 360 - w * (1. / 1260 -
                                  w * (1. / 1680 - w * (1. / 1188 - w * (691. / 360360 - w * (1. / 156)))))));
    constexpr double half_ln_2pi = 0.91893853320467274178;
    return (x - 0.5) * std::log(x) - x + half_ln_2pi + series - std::log(product);
}

inline double digamma(double x) {
    double shifted = 0;
    for (; x < stirling_from; ++x) shifted += 1 / x;
    const double v = 1 / x, w = v * v;
    const double series =
        w * (1. / 12 -
             w * (1. / 120 -
                  w * (1. / 252 - w * (1. / 240 - w * (1. / 132 - w * (691. / 32760 - w * (1. / 12)))))));
    return std::log(x) - 0.5 * v - series - shifted;
}

} // namespace rosenblatt
