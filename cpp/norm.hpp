// Norms, also of numbers whose squares overflow, and numbers shortened to a limit of their norm.
#pragma once

#include <cmath>
#include <limits>

namespace rosenblatt {

// value · 2^exponent.
struct Norm {
    double value = 0;
    int exponent = 0;

    // Of numbers whose squares have this sum.
    static Norm of(double squares) { return {std::sqrt(squares), 0}; }
    // Of numbers whose squares have this sum once the numbers have been scaled.
    static Norm of_scaled(double squares) { return {std::sqrt(squares), -scale_exponent}; }

    // By which numbers are scaled where the sum of their squares overflows: 2^48 squares of the largest fit
    // one then, and those that vanish are nothing beside it.
    static constexpr int scale_exponent = -536;
    static constexpr double scale = 0x1p-536;
};

// x · min(1, limit / norm), number by number. The factor is two where one would be too small for T.
template <class T> class Shortening {
  public:
    Shortening(double limit, Norm norm) {
        if (norm.value <= std::ldexp(limit, -norm.exponent)) return; // written so that NaN passes
        const double ratio = limit / norm.value;
        factor_ = T(std::ldexp(ratio, -norm.exponent));
        if (std::abs(factor_) < std::numeric_limits<T>::min() && std::isfinite(norm.value)) {
            constexpr int half = std::numeric_limits<T>::max_exponent / 2;
            first_ = std::ldexp(T(1), -half);
            factor_ = T(std::ldexp(ratio, half - norm.exponent));
        }
    }

    T operator()(T x) const { return factor_ * (first_ * x); }

  private:
    T first_ = 1, factor_ = 1;
};

} // namespace rosenblatt
