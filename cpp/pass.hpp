// What a layer receives with every pass of a block of rows.
#pragma once

#include "matrix.hpp"
#include "operand.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

template <class T> struct Workspace;

// A pass of one block of rows through the chain, by one task.
template <class T> struct Pass {
    const T *theta;
    T *gradient; // the task's own, of the size of theta; null when predicting
    T *scratch;  // of the matrix products
    int rows;
    bool accumulate = false; // add to the gradient: not the task's first block of this batch
    std::int64_t step = 0;   // steps taken before this one, over all epochs
    std::int64_t row = 0;    // number of the first row within its batch
    // Receives the entries of a sparse input, from which the update computes dW; null: compute dW at once.
    BlockColumns<T> *columns = nullptr;
    Precision precision = Precision::exact;           // of matrix products
    std::uint64_t seed = 0;                           // of random draws
    double dropout_factor = 1;                        // multiplies the rates of dropout
    const Workspace<T> *space = nullptr;              // the buffers of all layers
    const Rows<T> *input = nullptr;                   // of the chain
    const std::vector<Workspace<T>> *tasks = nullptr; // the buffers of all tasks of the step
    const T *state = nullptr;                         // the network's
};

// Parameters of one layer, contiguous in the flat vector.
struct ParameterRange {
    std::size_t begin, size;
    bool penalised;
};

// W of shape (rows, columns) in the flat vector: column j holds the weights into unit j.
struct UnitWeights {
    std::size_t offset;
    int rows, columns;
};

} // namespace rosenblatt
