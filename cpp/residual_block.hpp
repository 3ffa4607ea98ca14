// The shortcut of a residual block of pictures, where it changes their shape (theory C9).
#pragma once

#include "convolution.hpp"
#include "skip.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace rosenblatt {

struct ResidualBlockSpec {
    int filters;
    Sides kernel, stride;
    MemberSpec activation;
    std::optional<MemberSpec> normalization;
};

// A convolution of what came into the block, behind the layers that it leads past. Its part of the gradient
// of what came in is the first: the block's convolution adds its own.
template <class T> struct ShortcutConvolution {
    static constexpr bool in_place = false;
    int n_outputs;
    int source; // the layer whose output came into the block; -1 for the chain's input
    Convolution<T> convolution;

    std::vector<ParameterRange> parameters() const { return convolution.parameters(); }
    UnitWeights unit_weights() const { return convolution.unit_weights(); }
    std::size_t scratch_size(int rows) const { return convolution.scratch_size(rows); }

    void forward(const Pass<T> &pass, const Rows<T> &, T *y) const {
        convolution.forward(pass, skipped_rows(pass, source), y);
    }

    void backward(const Pass<T> &pass, const Rows<T> &, const T *y, T *dy, T *) const {
        convolution.backward(pass, skipped_rows(pass, source), y, dy, skipped_gradient(pass, source));
    }
};

} // namespace rosenblatt
