// Norms, also of numbers whose squares overflow, and vectors scaled down to a largest norm.
#pragma once

#include <cmath>
#include <limits>

namespace rosenblatt {

// value · 2^exponent.
struct Norm {
    double value = 0;
    int exponent = 0;

    // From the sum of squares.
    static Norm of(double squares) { return {std::sqrt(squares), 0}; }
    // From the sum of squares of scaled numbers.
    static Norm of_scaled(double squares) { return {std::sqrt(squares), -scale_exponent}; }

    // Applied to numbers if the sum of their squares overflows: 2^48 squares of the largest double then fit a
    // double, and those that underflow are negligible beside them.
    static constexpr int scale_exponent = -536;
    static constexpr double scale = 0x1p-536;
};

// x · min(1, limit / norm), element by element. The factor is split in two if it would underflow in T.
template <class T> class ScaleToNorm {
  public:
    ScaleToNorm(double limit, Norm norm) {
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
