// The native twin of optimizers/sgd.py (theory G1, G7).
#pragma once

#include "members.hpp"

#include <cstdint>

namespace rosenblatt {

struct SGD {
    double lr = 0, momentum = 0, nesterov = 0, lr_in_velocity = 0;

    static constexpr auto name = "SGD";
    static constexpr std::array fields{Field<SGD>{"lr", &SGD::lr}, Field<SGD>{"momentum", &SGD::momentum},
                                       Field<SGD>{"nesterov", &SGD::nesterov},
                                       Field<SGD>{"lr_in_velocity", &SGD::lr_in_velocity}};
    int slots() const { return momentum != 0 ? 1 : 0; }

    // Both published forms, with and without look-ahead, are v ← γ v + a g; Δ = b v + c g. Without momentum
    // either is Δ = -η g, and there is nothing to remember.
    template <class T, class Use> void at(std::int64_t, double factor, Use use) const {
        const double rate = lr * factor, outside = lr_in_velocity != 0 ? 1 : -rate;
        const T gamma = T(momentum), a = lr_in_velocity != 0 ? T(-rate) : T(1);
        const T b = T(nesterov != 0 ? outside * momentum : outside), c = nesterov != 0 ? T(-rate) : T(0);
        if (momentum == 0) return use([step = T(-rate)](T g) { return step * g; });
        use([=](T g, T &v) {
            v = gamma * v + a * g;
            return b * v + c * g;
        });
    }
};

} // namespace rosenblatt
