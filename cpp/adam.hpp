// Adam and its kin: the native twins of optimizers/adam.py (theory G10).
#pragma once

#include "members.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rosenblatt {

// 1 - βᵗ, by which a mean that started from 0 is too small.
inline double correction(double beta, std::int64_t t) { return 1 - std::pow(beta, double(t)); }

struct Adam {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0;
    bool epsilon_hat = false;

    static constexpr auto name = "Adam";
    static constexpr std::array fields{field<&Adam::lr>("lr"), field<&Adam::beta_1>("beta_1"),
                                       field<&Adam::beta_2>("beta_2"), field<&Adam::epsilon>("epsilon"),
                                       field<&Adam::epsilon_hat>("epsilon_hat")};
    static constexpr int slots() { return 2; }

    // Δ = -a m / (r √v + ε): with ε̂ both corrections are part of a, otherwise v's is r.
    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        const double root = std::sqrt(correction(beta_2, t));
        const double rate = lr * lr_factor / correction(beta_1, t);
        const T a = T(epsilon_hat ? rate * root : rate), r = T(epsilon_hat ? 1 : 1 / root);
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        const T eps = T(epsilon);
        use([=](T g, T &m, T &v) {
            m = b1 * m + c1 * g;
            v = b2 * v + c2 * (g * g);
            return -a * m / (r * std::sqrt(v) + eps);
        });
    }
};

struct AdamW {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0, weight_decay = 0;

    static constexpr auto name = "AdamW";
    static constexpr std::array fields{field<&AdamW::lr>("lr"), field<&AdamW::beta_1>("beta_1"),
                                       field<&AdamW::beta_2>("beta_2"), field<&AdamW::epsilon>("epsilon"),
                                       field<&AdamW::weight_decay>("weight_decay")};
    static constexpr int slots() { return 2; }

    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        Adam{lr, beta_1, beta_2, epsilon}.at<T>(t, lr_factor, use);
    }
};

struct AMSGrad {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0, weight_decay = 0;

    static constexpr auto name = "AMSGrad";
    static constexpr std::array fields{field<&AMSGrad::lr>("lr"), field<&AMSGrad::beta_1>("beta_1"),
                                       field<&AMSGrad::beta_2>("beta_2"), field<&AMSGrad::epsilon>("epsilon"),
                                       field<&AMSGrad::weight_decay>("weight_decay")};
    static constexpr int slots() { return 3; }

    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        const T a = T(lr * lr_factor / correction(beta_1, t)), r = T(1 / std::sqrt(correction(beta_2, t)));
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        const T eps = T(epsilon);
        use([=](T g, T &m, T &v, T &u) {
            m = b1 * m + c1 * g;
            v = b2 * v + c2 * (g * g);
            u = std::max(v, u); // in this order it is a NaN wherever v is
            return -a * m / (r * std::sqrt(u) + eps);
        });
    }
};

struct NAdam {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0, momentum_decay = 0;

    static constexpr auto name = "NAdam";
    static constexpr std::array fields{field<&NAdam::lr>("lr"), field<&NAdam::beta_1>("beta_1"),
                                       field<&NAdam::beta_2>("beta_2"), field<&NAdam::epsilon>("epsilon"),
                                       field<&NAdam::momentum_decay>("momentum_decay")};
    static constexpr int slots() { return 2; }

    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        const double now = mu(std::pow(0.96, double(t) * momentum_decay));
        const double next = mu(std::pow(0.96, double(t + 1) * momentum_decay));
        const double product = mu_product(t), rate = lr * lr_factor;
        const T of_g = T(rate * (1 - now) / (1 - product)), of_m = T(rate * next / (1 - product * next));
        const T r = T(1 / std::sqrt(correction(beta_2, t))), eps = T(epsilon);
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        use([=](T g, T &m, T &v) {
            m = b1 * m + c1 * g;
            v = b2 * v + c2 * (g * g);
            return -(of_g * g + of_m * m) / (r * std::sqrt(v) + eps);
        });
    }

  private:
    double mu(double power) const { return beta_1 * (1 - 0.5 * power); }

    // μ₁⋯μ_t, or 0 once β₁ᵗ, an upper bound, is negligible beside 1: some 400 steps for β₁ = 0.9.
    //
    // Whether it is inlined decides which products the compiler contracts in `at`, and so the last bit of a
    // step. Fixed here: the bits do not depend on how long the code around it is.
#if defined(__AVX512F__)
    [[gnu::always_inline]]
#else
    [[gnu::noinline]]
#endif
    double mu_product(std::int64_t t) const {
        if (std::pow(beta_1, double(t)) < 0x1p-60) return 0;
        const double ratio = std::pow(0.96, momentum_decay);
        double power = 1, product = 1;
        for (std::int64_t i = 1; i <= t; ++i) {
            power *= ratio;
            product *= mu(power);
        }
        return product;
    }
};

struct RAdam {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0;

    static constexpr auto name = "RAdam";
    static constexpr std::array fields{field<&RAdam::lr>("lr"), field<&RAdam::beta_1>("beta_1"),
                                       field<&RAdam::beta_2>("beta_2"), field<&RAdam::epsilon>("epsilon")};
    static constexpr int slots() { return 2; }

    // Δ = -a m / (r √v + e): before the second moment is certain r is 0 and e is 1.
    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        const double v_correction = correction(beta_2, t), rate = lr * lr_factor / correction(beta_1, t);
        const double limit = 2 / (1 - beta_2) - 1;
        const double length = limit - 2 * double(t) * std::pow(beta_2, double(t)) / v_correction;
        const bool certain = length > 5;
        const double certainty = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length);
        const T a = T(certain ? rate * std::sqrt(certainty * v_correction) : rate);
        const T r = certain ? T(1) : T(0), e = certain ? T(epsilon) : T(1);
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        use([=](T g, T &m, T &v) {
            m = b1 * m + c1 * g;
            v = b2 * v + c2 * (g * g);
            return -a * m / (r * std::sqrt(v) + e);
        });
    }
};

} // namespace rosenblatt
