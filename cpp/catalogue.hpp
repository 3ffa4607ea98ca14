// What the engine can run: one variant a concept. A new member is one struct and one entry here.
#pragma once

#include "activations.hpp"
#include "averaging.hpp"
#include "clipping.hpp"
#include "constraints.hpp"
#include "losses.hpp"
#include "optimizers.hpp"
#include "penalties.hpp"

#include <variant>

namespace rosenblatt {

using Activation = std::variant<Identity, Sigmoid, Tanh, ReLU, Softmax>;
using Loss = std::variant<SquaredError, BinaryCrossEntropy, CategoricalCrossEntropy, Poisson>;
using Penalty = std::variant<L2, L1, ElasticNet>;
using Optimizer = std::variant<SGD, Adam>;
using Clipping = std::variant<NoClipping, ClipNorm, ClipValue>;
using Constraint = std::variant<NoConstraint, MaxNorm>;
using Averaging = std::variant<NoAveraging, EMA>;

} // namespace rosenblatt
