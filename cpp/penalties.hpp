// Penalties on the weights: the native twins of penalties.py (theory B5).
#pragma once

#include "members.hpp"

namespace rosenblatt {

struct L2 {
    double strength = 0;

    static constexpr auto name = "L2";
    static constexpr std::array fields{Field<L2>{"strength", &L2::strength}};

    // Value and gradient of one weight, both to be multiplied by the factor given here.
    template <class T> T gradient(T w) const { return T(strength) * w; }
    template <class T> T value(T w) const { return T(0.5 * strength) * w * w; }
};

// What the biases bear.
struct Unpenalised {
    template <class T> T gradient(T) const { return 0; }
    template <class T> T value(T) const { return 0; }
};

} // namespace rosenblatt
