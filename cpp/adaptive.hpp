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
        field<&AdaGrad::lr>("lr"), field<&AdaGrad::lr_decay>("lr_decay"),
        field<&AdaGrad::initial_accumulator_value>("initial_accumulator_value"),
        field<&AdaGrad::epsilon>("epsilon")};
    static constexpr int slots() { return 1; }

    template <class T, class Use> void at(std::int64_t t, double lr_factor, Use use) const {
        const T rate = T(lr * lr_factor / (1 + double(t - 1) * lr_decay));
        const T start = T(initial_accumulator_value), eps = T(epsilon);
        use([=](T g, T &sum) {
            sum += g * g;
            return -rate * g / (std::sqrt(start + sum) + eps);
        });
    }
};

struct RMSProp {
    double lr = 0, rho = 0, epsilon = 0, momentum = 0;
    bool centered = false;

    static constexpr auto name = "RMSProp";
    static constexpr std::array fields{
        field<&RMSProp::lr>("lr"), field<&RMSProp::rho>("rho"), field<&RMSProp::epsilon>("epsilon"),
        field<&RMSProp::momentum>("momentum"), field<&RMSProp::centered>("centered")};
    int slots() const { return 1 + int(centered) + int(momentum != 0); }

    // Each form keeps, and moves through memory, what it needs and no more.
    template <class T, class Use> void at(std::int64_t, double lr_factor, Use use) const {
        const T rate = T(lr * lr_factor), r = T(rho), c = T(1 - rho), eps = T(epsilon), gamma = T(momentum);
        const auto plain = [=](T g, T &v) {
            v = r * v + c * (g * g);
            return g / (std::sqrt(v) + eps);
        };
        const auto central = [=](T g, T &v, T &m) {
            v = r * v + c * (g * g);
            m = r * m + c * g;
            return g / (std::sqrt(std::max(v - m * m, T(0))) + eps); // which lets a NaN through
        };
        if (centered && momentum != 0)
            use([=](T g, T &v, T &m, T &b) {
                b = gamma * b + central(g, v, m);
                return -rate * b;
            });
        else if (centered)
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
    static constexpr std::array fields{field<&AdaDelta::lr>("lr"), field<&AdaDelta::rho>("rho"),
                                       field<&AdaDelta::epsilon>("epsilon")};
    static constexpr int slots() { return 2; }

    template <class T, class Use> void at(std::int64_t, double lr_factor, Use use) const {
        const T rate = T(lr * lr_factor), r = T(rho), c = T(1 - rho), eps = T(epsilon);
        use([=](T g, T &v, T &u) {
            v = r * v + c * (g * g);
            const T d = std::sqrt((u + eps) / (v + eps)) * g;
            u = r * u + c * (d * d);
            return -rate * d;
        });
    }
};

} // namespace rosenblatt
