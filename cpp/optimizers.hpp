// First-order optimisers: the native twins of optimizers.py (theory G1, G7, G10).
// `at` fixes everything that does not change within a step; the functor it returns moves one
// parameter: from its gradient and its slots of memory to the update that is added.
#pragma once

#include "members.hpp"

#include <cmath>
#include <cstdint>

namespace rosenblatt {

struct SGD {
    double lr = 0, momentum = 0, nesterov = 0, lr_in_velocity = 0;

    static constexpr auto name = "SGD";
    static constexpr std::array fields{Field<SGD>{"lr", &SGD::lr}, Field<SGD>{"momentum", &SGD::momentum},
                                       Field<SGD>{"nesterov", &SGD::nesterov},
                                       Field<SGD>{"lr_in_velocity", &SGD::lr_in_velocity}};
    static constexpr int slots = 1;

    // Both published forms, with and without look-ahead, are v ← γ v + a g; Δ = b v + c g.
    template <class T> auto at(std::int64_t, double factor) const {
        const double rate = lr * factor, outside = lr_in_velocity != 0 ? 1 : -rate;
        const T gamma = T(momentum), a = lr_in_velocity != 0 ? T(-rate) : T(1);
        const T b = T(nesterov != 0 ? outside * momentum : outside), c = nesterov != 0 ? T(-rate) : T(0);
        return [=](T g, T &v) {
            v = gamma * v + a * g;
            return b * v + c * g;
        };
    }
};

struct Adam {
    double lr = 0, beta_1 = 0, beta_2 = 0, epsilon = 0, epsilon_hat = 0;

    static constexpr auto name = "Adam";
    static constexpr std::array fields{Field<Adam>{"lr", &Adam::lr}, Field<Adam>{"beta_1", &Adam::beta_1},
                                       Field<Adam>{"beta_2", &Adam::beta_2},
                                       Field<Adam>{"epsilon", &Adam::epsilon},
                                       Field<Adam>{"epsilon_hat", &Adam::epsilon_hat}};
    static constexpr int slots = 2;

    // Δ = -a m / (r √v + ε): with ε̂ the corrections meet in a, otherwise v's stands in r.
    template <class T> auto at(std::int64_t t, double factor) const {
        const double root = std::sqrt(1 - std::pow(beta_2, double(t)));
        const double rate = lr * factor / (1 - std::pow(beta_1, double(t)));
        const T a = T(epsilon_hat != 0 ? rate * root : rate), r = T(epsilon_hat != 0 ? 1 : 1 / root);
        const T b1 = T(beta_1), c1 = T(1 - beta_1), b2 = T(beta_2), c2 = T(1 - beta_2);
        const T eps = T(epsilon);
        return [=](T g, T &m, T &v) {
            m = b1 * m + c1 * g;
            v = b2 * v + c2 * (g * g);
            return -a * m / (r * std::sqrt(v) + eps);
        };
    }
};

} // namespace rosenblatt
