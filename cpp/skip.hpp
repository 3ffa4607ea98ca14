// What a layer takes from further back in the chain than the layer before it.
#pragma once

#include "pass.hpp"

#include <cstddef>

namespace rosenblatt {

// Where a skip begins: behind layer `source`, or at the chain's input for -1.
template <class T> Rows<T> skipped_rows(const Pass<T> &pass, int source) {
    return source < 0 ? *pass.input : Rows<T>::contiguous(pass.space->outputs[std::size_t(source)]);
}

// The gradient of it; null for the chain's input, whose gradient nobody takes.
template <class T> T *skipped_gradient(const Pass<T> &pass, int source) {
    return source < 0 ? nullptr : pass.space->deltas[std::size_t(source)];
}

} // namespace rosenblatt
