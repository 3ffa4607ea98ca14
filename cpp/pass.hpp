// What a layer is told of the pass that it takes part in.
#pragma once

#include "matrix.hpp"
#include "operand.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

template <class T> struct Workspace;

// What a layer may know of the pass that it takes part in. A pass is one thread's block of rows.
template <class T> struct Pass {
    const T *theta;
    T *gradient; // the thread's own, of the size of theta; null when predicting
    T *scratch;  // for the matrix products
    int rows;
    bool accumulate;   // add to the gradient: not the thread's first block of this batch
    std::int64_t step; // steps taken before this one, over all epochs
    std::int64_t row;  // number of the first row in its batch
    // Where a sparse input's entries go, for the optimiser to compute dW from δ; null for dW at once.
    BlockColumns<T> *columns = nullptr;
    Precision precision = Precision::exact;          // of the matrix products
    std::uint64_t seed = 0;                          // of what is drawn at random
    const Workspace<T> *space = nullptr;             // the buffers of all layers
    const Rows<T> *input = nullptr;                  // of the chain
    const std::vector<Workspace<T>> *team = nullptr; // of all items of the step, this one's among them
    const T *state = nullptr;                        // the network's
};

struct ParameterRange {
    std::size_t begin, size;
    bool penalised;
};

} // namespace rosenblatt
