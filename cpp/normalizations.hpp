// Normalisations: the native twins of normalizations.py. What they do is in normalize.hpp
// and batch_normalize.hpp.
#pragma once

#include "members.hpp"

namespace rosenblatt {

struct LayerNorm {
    double epsilon = 0;

    static constexpr auto name = "LayerNorm";
    static constexpr std::array fields{field<&LayerNorm::epsilon>("epsilon")};
};

struct BatchNorm {
    double epsilon = 0, momentum = 0;

    static constexpr auto name = "BatchNorm";
    static constexpr std::array fields{field<&BatchNorm::epsilon>("epsilon"),
                                       field<&BatchNorm::momentum>("momentum")};
};

} // namespace rosenblatt
