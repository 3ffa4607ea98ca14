// Normalisations: the native twins of normalizations.py. What they do to rows is in normalize.hpp.
#pragma once

#include "members.hpp"

namespace rosenblatt {

struct LayerNorm {
    double epsilon = 0;

    static constexpr auto name = "LayerNorm";
    static constexpr std::array fields{Field<LayerNorm>{"epsilon", &LayerNorm::epsilon}};
};

} // namespace rosenblatt
