// The values that a training run passes around: what an epoch is given, moves and returns.
#pragma once

#include "optimizers.hpp"
#include "update_options.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace rosenblatt {

// Everything that steps change but the mean of the parameters, and the seed of their random draws.
template <class T> struct TrainingState {
    T *theta;
    T *slots[most_slots]; // the optimiser's, each of the size of theta
    std::int64_t steps;   // taken so far, over all epochs
    std::uint64_t seed = 0;
    T *network = nullptr; // running statistics
};

// One pass over the rows in a given order, a step for each batch.
struct EpochPlan {
    Order order;
    std::int64_t batch_size;
    const double *lr_factors; // one per step: it multiplies the optimiser's learning rate
    double seconds = std::numeric_limits<double>::infinity();          // no step but the first begins later
    const double *decay_factors = nullptr, *dropout_factors = nullptr; // one per step, or null for ones
    const std::uint8_t *stop = nullptr; // another thread's word, once it is not 0, that the time is over

    std::int64_t rows() const { return order.count; }
    std::int64_t steps() const { return (rows() - 1) / batch_size + 1; }
    std::int64_t largest_batch() const { return std::min(batch_size, rows()); }
};

// The batch of one step.
struct Batch {
    std::int64_t begin, rows;  // within the epoch's order
    double scale;              // from the sum of weighted losses to their mean
    std::int64_t steps_before; // over all epochs
    double lr_factor, decay_factor, dropout_factor;
    std::int64_t t() const { return steps_before + 1; }
};

// Means over rows: the weighted data loss, and the penalty.
struct Objective {
    double data_loss = 0, penalty = 0;
};

struct EpochResult {
    Objective objective;
    // Per block: root mean square over the batches, penalty included, before clipping.
    std::vector<double> gradient_norms;
    std::int64_t steps = 0;
    bool finite = true; // its losses and all that it moved; with a StepChecker the last step is undone if not
    bool interrupted = false;
};

struct EpochRecord {
    EpochResult result;
    double seconds = 0; // wall time
};

} // namespace rosenblatt
