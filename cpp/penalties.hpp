// Penalties on the weights: the native twins of penalties.py (theory B5).
#pragma once

#include "members.hpp"

#include <cmath>

namespace rosenblatt {

struct L2 {
    double strength = 0;

    static constexpr auto name = "L2";
    static constexpr std::array fields{field<&L2::strength>("strength")};

    // Value and gradient of one weight; the caller multiplies both by the loss's scale.
    template <class T> T gradient(T w) const { return T(strength) * w; }
    template <class T> T value(T w) const { return T(0.5 * strength) * w * w; }
};

// The slope of |w|, as NumPy's sign has it: 0 at 0.
template <class T> T sign(T w) { return T(w > 0) - T(w < 0); }

struct L1 {
    double strength = 0;

    static constexpr auto name = "L1";
    static constexpr std::array fields{field<&L1::strength>("strength")};

    template <class T> T gradient(T w) const { return T(strength) * sign(w); }
    template <class T> T value(T w) const { return T(strength) * std::abs(w); }
};

struct ElasticNet {
    double l2 = 0, l1 = 0;

    static constexpr auto name = "ElasticNet";
    static constexpr std::array fields{field<&ElasticNet::l2>("l2"), field<&ElasticNet::l1>("l1")};

    template <class T> T gradient(T w) const { return L2{l2}.gradient(w) + L1{l1}.gradient(w); }
    template <class T> T value(T w) const { return L2{l2}.value(w) + L1{l1}.value(w); }
};

// Biases carry no penalty.
struct Unpenalised {
    template <class T> T gradient(T) const { return 0; }
    template <class T> T value(T) const { return 0; }
};

} // namespace rosenblatt
