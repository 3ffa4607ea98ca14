// The native twin of optimizers/sgd.py (theory G1, G7).
#pragma once

#include "members.hpp"

#include <cstdint>

namespace rosenblatt {

struct SGD {
    double lr = 0, momentum = 0;
    bool nesterov = false, lr_in_velocity = false;

    static constexpr auto name = "SGD";
    static constexpr std::array fields{field<&SGD::lr>("lr"), field<&SGD::momentum>("momentum"),
                                       field<&SGD::nesterov>("nesterov"),
                                       field<&SGD::lr_in_velocity>("lr_in_velocity")};
    int slots() const { return momentum != 0 ? 1 : 0; }

    // Both published forms, with and without look-ahead, are v ← γ v + a g; Δ = b v + c g. Without momentum
    // either is Δ = -η g, and there is nothing to remember.
    template <class T, class Use> void at(std::int64_t, double lr_factor, Use use) const {
        const double rate = lr * lr_factor, outside = lr_in_velocity ? 1 : -rate;
        const T gamma = T(momentum), a = lr_in_velocity ? T(-rate) : T(1);
        const T b = T(nesterov ? outside * momentum : outside), c = nesterov ? T(-rate) : T(0);
        if (momentum == 0) return use([step = T(-rate)](T g) { return step * g; });
        use([=](T g, T &v) {
            v = gamma * v + a * g;
            return b * v + c * g;
        });
    }
};

} // namespace rosenblatt
