// Running means of the weights, mean ← mean + a_t (θ - mean): the native twins of averaging.py.
#pragma once

#include "members.hpp"

#include <cmath>
#include <cstdint>

namespace rosenblatt {

struct NoAveraging {
    static constexpr auto name = "NoAveraging";
    static constexpr auto fields = no_fields<NoAveraging>;
    static constexpr bool has_mean = false;

    static double weight(std::int64_t) { return 1; }
};

struct EMA {
    double decay = 0;

    static constexpr auto name = "EMA";
    static constexpr std::array fields{field<&EMA::decay>("decay")};
    static constexpr bool has_mean = true;

    double weight(std::int64_t t) const { return (1 - decay) / (1 - std::pow(decay, double(t))); }
};

} // namespace rosenblatt
