// The native twins of optimizers/adaptive.py (theory G8, G9).
#pragma once

#include "members.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace rosenblatt {

struct AdaGrad {
    double lr = 0, lr_decay = 0, initial_accumulator_value = 0, epsilon = 0;

    static constexpr auto name = "AdaGrad";
    static constexpr std::array fields{
        Field<AdaGrad>{"lr", &AdaGrad::lr}, Field<AdaGrad>{"lr_decay", &AdaGrad::lr_decay},
        Field<AdaGrad>{"initial_accumulator_value", &AdaGrad::initial_accumulator_value},
        Field<AdaGrad>{"epsilon", &AdaGrad::epsilon}};
    static constexpr int slots() { return 1; }

    template <class T, class Use> void at(std::int64_t t, double factor, Use use) const {
        const T rate = T(lr * factor / (1 + double(t - 1) * lr_decay));
        const T start = T(initial_accumulator_value), eps = T(epsilon);
        use([=](T g, T &sum) {
            sum += g * g;
            return -rate * g / (std::sqrt(start + sum) + eps);
        });
    }
};

struct RMSProp {
    double lr = 0, rho = 0, epsilon = 0, momentum = 0, centered = 0;

    static constexpr auto name = "RMSProp";
    static constexpr std::array fields{
        Field<RMSProp>{"lr", &RMSProp::lr}, Field<RMSProp>{"rho", &RMSProp::rho},
        Field<RMSProp>{"epsilon", &RMSProp::epsilon}, Field<RMSProp>{"momentum", &RMSProp::momentum},
        Field<RMSProp>{"centered", &RMSProp::centered}};
    int slots() const { return 1 + int(centered != 0) + int(momentum != 0); }

    // Each form keeps, and moves through memory, what it needs and no more.
    template <class T, class Use> void at(std::int64_t, double factor, Use use) const {
        const T rate = T(lr * factor), r = T(rho), c = T(1 - rho), eps = T(epsilon), gamma = T(momentum);
        const auto plain = [=](T g, T &v) {
            v = r * v + c * (g * g);
            return g / (std::sqrt(v) + eps);
        };
        const auto central = [=](T g, T &v, T &m) {
            v = r * v + c * (g * g);
            m = r * m + c * g;
            return g / (std::sqrt(std::max(v - m * m, T(0))) + eps); // which lets a NaN through
        };
        if (centered != 0 && momentum != 0)
            use([=](T g, T &v, T &m, T &b) {
                b = gamma * b + central(g, v, m);
                return -rate * b;
            });
        else if (centered != 0)
            use([=](T g, T &v, T &m) { return -rate * central(g, v, m); });
        else if (momentum != 0)
            use([=](T g, T &v, T &b) {
                b = gamma * b + plain(g, v);
                return -rate * b;
            });
        else
            use([=](T g, T &v) { return -rate * plain(g, v); });
    }
};

struct AdaDelta {
    double lr = 0, rho = 0, epsilon = 0;

    static constexpr auto name = "AdaDelta";
    static constexpr std::array fields{Field<AdaDelta>{"lr", &AdaDelta::lr},
                                       Field<AdaDelta>{"rho", &AdaDelta::rho},
                                       Field<AdaDelta>{"epsilon", &AdaDelta::epsilon}};
    static constexpr int slots() { return 2; }

    template <class T, class Use> void at(std::int64_t, double factor, Use use) const {
        const T rate = T(lr * factor), r = T(rho), c = T(1 - rho), eps = T(epsilon);
        use([=](T g, T &v, T &u) {
            v = r * v + c * (g * g);
            const T d = std::sqrt((u + eps) / (v + eps)) * g;
            u = r * u + c * (d * d);
            return -rate * d;
        });
    }
};

} // namespace rosenblatt
