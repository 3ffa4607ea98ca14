// The native twin of optimizers/lion.py (theory G10).
#pragma once

#include "members.hpp"

#include <cstdint>

namespace rosenblatt {

struct Lion {
    double lr = 0, beta_1 = 0, beta_2 = 0, weight_decay = 0;

    static constexpr auto name = "Lion";
    static constexpr std::array fields{field<&Lion::lr>("lr"), field<&Lion::beta_1>("beta_1"),
                                       field<&Lion::beta_2>("beta_2"),
                                       field<&Lion::weight_decay>("weight_decay")};
    static constexpr int slots() { return 1; }

    template <class T, class Use> void at(std::int64_t, double lr_factor, Use use) const {
        const T rate = T(lr * lr_factor);
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        use([=](T g, T &m) {
            const T direction = b1 * m + c1 * g;
            m = b2 * m + c2 * g;
            // 0 stays 0, and a NaN must not pass for a step of no size.
            return direction > 0 ? -rate : direction < 0 ? rate : direction;
        });
    }
};

} // namespace rosenblatt
