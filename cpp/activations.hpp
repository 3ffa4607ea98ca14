// Activation functions: the native twins of activations/ (theory N3).
// If the derivative follows from a = g(z), `derivative` takes a; otherwise `slope` takes z, which then has to
// be kept for the backward pass.
#pragma once

#include "members.hpp"
#include "vmath.hpp"

#include <algorithm>
#include <cmath>

namespace rosenblatt {

struct Identity {
    static constexpr auto name = "Identity";
    static constexpr auto fields = no_fields<Identity>;

    template <class T> static T value(T z) { return z; }
    template <class T> static T derivative(T) { return 1; }
};

struct Sigmoid {
    static constexpr auto name = "Sigmoid";
    static constexpr auto fields = no_fields<Sigmoid>;

    template <class T> static T value(T z) { return vmath::sigmoid(z); }
    template <class T> static T derivative(T a) { return a * (1 - a); }
};

struct Tanh {
    static constexpr auto name = "Tanh";
    static constexpr auto fields = no_fields<Tanh>;

    template <class T> static T value(T z) { return vmath::tanh(z); }
    template <class T> static T derivative(T a) { return 1 - a * a; }
};

struct ReLU {
    static constexpr auto name = "ReLU";
    static constexpr auto fields = no_fields<ReLU>;

    // Written so that NaN passes.
    template <class T> static T value(T z) { return z < 0 ? T(0) : z; }
    template <class T> static T derivative(T a) { return a > 0 ? T(1) : T(0); }
};

// With a leak of 0 or more, a and z lie on the same side of the kink.
struct LeakyReLU {
    double leak = 0;

    static constexpr auto name = "LeakyReLU";
    static constexpr std::array fields{field<&LeakyReLU::leak>("leak")};

    template <class T> T value(T z) const { return z > 0 ? z : T(leak) * z; }
    template <class T> T derivative(T a) const { return a > 0 ? T(1) : T(leak); }
};

struct ELU {
    double alpha = 0;

    static constexpr auto name = "ELU";
    static constexpr std::array fields{field<&ELU::alpha>("alpha")};

    template <class T> T value(T z) const { return z > 0 ? z : T(alpha) * vmath::expm1(z); }
    template <class T> T derivative(T a) const { return a > 0 ? T(1) : a + T(alpha); }
};

struct SELU {
    static constexpr auto name = "SELU";
    static constexpr auto fields = no_fields<SELU>;
    static constexpr double scale = 1.0507009873554804934, alpha = 1.6732632423543772848;

    template <class T> static T value(T z) {
        return z > 0 ? T(scale) * z : T(scale * alpha) * vmath::expm1(z);
    }
    template <class T> static T derivative(T a) { return a > 0 ? T(scale) : a + T(scale * alpha); }
};

struct Softplus {
    static constexpr auto name = "Softplus";
    static constexpr auto fields = no_fields<Softplus>;

    template <class T> static T value(T z) {
        return (z > 0 ? z : T(0)) + vmath::log1p_unit(vmath::exp(-std::abs(z)));
    }
    template <class T> static T derivative(T a) { return -vmath::expm1(-a); }
};

struct GELU {
    bool approximate = false;

    static constexpr auto name = "GELU";
    static constexpr std::array fields{field<&GELU::approximate>("approximate")};

    template <class T> T value(T z) const {
        if (approximate) return z * vmath::sigmoid(2 * argument(z));
        const T tail = vmath::normal_tail(std::abs(z)).probability;
        return z * (z > 0 ? 1 - tail : tail);
    }
    template <class T> T slope(T z) const {
        if (approximate) {
            const T gate = vmath::sigmoid(2 * argument(z));
            return gate + z * gate * (1 - gate) * T(2 * factor) * (1 + T(3 * cubic) * z * z);
        }
        const auto [tail, density] = vmath::normal_tail(std::abs(z));
        return (z > 0 ? 1 - tail : tail) + z * density;
    }

  private:
    static constexpr double factor = 0.79788456080286535588, cubic = 0.044715; // √(2/π)
    template <class T> static T argument(T z) { return T(factor) * (z + T(cubic) * z * z * z); }
};

struct SiLU {
    static constexpr auto name = "SiLU";
    static constexpr auto fields = no_fields<SiLU>;

    template <class T> static T value(T z) { return z * vmath::sigmoid(z); }
    template <class T> static T slope(T z) {
        const T gate = vmath::sigmoid(z);
        return gate * (1 + z * (1 - gate));
    }
};

// t = tanh(ln(1 + eᶻ)) = n / (n + 2) with n = e²ᶻ + 2eᶻ, divided by e²ᶻ where z ≥ 0.
struct Mish {
    static constexpr auto name = "Mish";
    static constexpr auto fields = no_fields<Mish>;

    template <class T> static T value(T z) {
        const T e = vmath::exp(-std::abs(z));
        return z * (numerator(z, e) / denominator(z, e));
    }
    // 1 - t² = 4 (1 + eᶻ)² / (n + 2)², and σ(z) = eᶻ / (1 + eᶻ) cancels one factor.
    template <class T> static T slope(T z) {
        const T e = vmath::exp(-std::abs(z)), below = denominator(z, e);
        const T gate = 4 * (z >= 0 ? e * e : e) * (1 + e) / (below * below);
        return numerator(z, e) / below + z * gate;
    }

  private:
    template <class T> static T numerator(T z, T e) { return z >= 0 ? 1 + 2 * e : e * (e + 2); }
    template <class T> static T denominator(T z, T e) {
        return z >= 0 ? 1 + 2 * e + 2 * e * e : e * (e + 2) + 2;
    }
};

struct HardSigmoid {
    static constexpr auto name = "HardSigmoid";
    static constexpr auto fields = no_fields<HardSigmoid>;

    template <class T> static T value(T z) { return z < -3 ? T(0) : (z > 3 ? T(1) : (z + 3) / 6); }
    template <class T> static T derivative(T a) { return (a > 0) & (a < 1) ? T(1) / 6 : T(0); }
};

struct HardTanh {
    static constexpr auto name = "HardTanh";
    static constexpr auto fields = no_fields<HardTanh>;

    template <class T> static T value(T z) { return z < -1 ? T(-1) : (z > 1 ? T(1) : z); }
    template <class T> static T derivative(T a) { return (a > -1) & (a < 1) ? T(1) : T(0); }
};

struct HardSwish {
    static constexpr auto name = "HardSwish";
    static constexpr auto fields = no_fields<HardSwish>;

    template <class T> static T value(T z) { return z * HardSigmoid::value(z); }
    template <class T> static T slope(T z) { return z > -3 ? (z < 3 ? z / 3 + T(0.5) : T(1)) : T(0); }
};

struct Softsign {
    static constexpr auto name = "Softsign";
    static constexpr auto fields = no_fields<Softsign>;

    template <class T> static T value(T z) { return z / (1 + std::abs(z)); }
    template <class T> static T slope(T z) {
        const T below = 1 + std::abs(z);
        return 1 / (below * below);
    }
};

// libm's functions, which are exact far from 0 as well.
struct Sine {
    static constexpr auto name = "Sine";
    static constexpr auto fields = no_fields<Sine>;

    template <class T> static T value(T z) { return std::sin(z); }
    template <class T> static T slope(T z) { return std::cos(z); }
};

struct Bump {
    static constexpr auto name = "Bump";
    static constexpr auto fields = no_fields<Bump>;

    template <class T> static T value(T z) { return vmath::exp(-z * z); }
    template <class T> static T slope(T z) { return -2 * z * vmath::exp(-z * z); }
};

struct ClippedLogistic {
    static constexpr auto name = "ClippedLogistic";
    static constexpr auto fields = no_fields<ClippedLogistic>;
    static constexpr int cut = 15;

    template <class T> static T value(T z) { return z > cut ? T(1) : (z < -cut ? T(0) : vmath::sigmoid(z)); }
    template <class T> static T derivative(T a) { return a * (1 - a); }
};

// Straight lines between six points (x, y), and constants beyond them.
template <class Points> struct Stepwise {
    static constexpr auto fields = no_fields<Points>;

    // Written so that NaN passes.
    template <class T> static T value(T z) {
        if (z >= T(Points::x[5])) return T(Points::high);
        if (z < T(Points::x[0])) return T(Points::low);
        const int k = line(z);
        return T(steepness(k)) * (z - T(Points::x[k])) + T(Points::y[k]);
    }
    template <class T> static T slope(T z) {
        return (z >= T(Points::x[5])) | (z < T(Points::x[0])) ? T(0) : T(steepness(line(z)));
    }

  private:
    template <class T> static int line(T z) {
        return (z >= T(Points::x[1])) + (z >= T(Points::x[2])) + (z >= T(Points::x[3])) +
               (z >= T(Points::x[4]));
    }
    static constexpr double steepness(int k) {
        return (Points::y[k + 1] - Points::y[k]) / (Points::x[k + 1] - Points::x[k]);
    }
};

struct StepwiseSigmoid : Stepwise<StepwiseSigmoid> {
    static constexpr auto name = "StepwiseSigmoid";
    static constexpr double low = 0, high = 1;
    static constexpr std::array x{-2.64665246009826660156, -1.47221946716308593750, -0.549306154251098632812,
                                  0.549306154251098632812, 1.47221934795379638672,  2.64665293693542480469};
    static constexpr std::array y{4.99999988824129104614e-03, 5.00000007450580596924e-02, 0.25, 0.75,
                                  0.949999988079071044922,    0.995000004768371582031};
};

struct StepwiseTanh : Stepwise<StepwiseTanh> {
    static constexpr auto name = "StepwiseTanh";
    static constexpr double low = -1, high = 1;
    static constexpr std::array x{-2.64665293693542480469, -1.47221934795379638672, -0.549306154251098632812,
                                  0.549306154251098632812, 1.47221934795379638672,  2.64665293693542480469};
    static constexpr std::array y{-0.990000009536743164062, -0.899999976158142089844, -0.5, 0.5,
                                  0.899999976158142089844,  0.990000009536743164062};
};

// Mixes the units of a row, so it brings its own loops in place of a value and a derivative.
struct Softmax {
    static constexpr auto name = "Softmax";
    static constexpr auto fields = no_fields<Softmax>;

    template <class T> static void forward_row(T *a, int n) {
        T top = *std::max_element(a, a + n);
        T sum = 0;
        for (int k = 0; k < n; ++k) a[k] = vmath::exp(a[k] - top);
        for (int k = 0; k < n; ++k) sum += a[k];
        for (int k = 0; k < n; ++k) a[k] /= sum;
    }

    template <class T> static void backward_row(const T *a, T *grad, int n) {
        T mean = 0;
        for (int k = 0; k < n; ++k) mean += a[k] * grad[k];
        for (int k = 0; k < n; ++k) grad[k] = a[k] * (grad[k] - mean);
    }
};

} // namespace rosenblatt
