// Gradient clipping: the native twins of clipping.py (theory G14). `at` takes the norm of the whole gradient,
// if `needs_norm`, and returns a functor that clips one number.
#pragma once

#include "members.hpp"
#include "norm.hpp"

namespace rosenblatt {

struct NoClipping {
    static constexpr auto name = "NoClipping";
    static constexpr auto fields = no_fields<NoClipping>;
    static constexpr bool needs_norm = false;

    template <class T> static auto at(Norm) {
        return [](T g) { return g; };
    }
};

struct ClipNorm {
    double limit = 0;

    static constexpr auto name = "ClipNorm";
    static constexpr std::array fields{field<&ClipNorm::limit>("limit")};
    static constexpr bool needs_norm = true;

    template <class T> auto at(Norm norm) const { return ScaleToNorm<T>(limit, norm); }
};

struct ClipValue {
    double limit = 0;

    static constexpr auto name = "ClipValue";
    static constexpr std::array fields{field<&ClipValue::limit>("limit")};
    static constexpr bool needs_norm = false;

    // Written so that NaN passes.
    template <class T> auto at(Norm) const {
        return [c = T(limit)](T g) {
            g = g > c ? c : g;
            return g < -c ? -c : g;
        };
    }
};

} // namespace rosenblatt
