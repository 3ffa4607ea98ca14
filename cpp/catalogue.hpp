// What the engine can run: one variant a concept. A new member is one struct and one entry here.
#pragma once

#include "activations.hpp"
#include "losses.hpp"
#include "normalizations.hpp"
#include "optimizers.hpp"
#include "penalties.hpp"

#include <variant>

namespace rosenblatt {

using Activation = std::variant<Identity, Sigmoid, Tanh, ReLU, Softmax>;
using Loss = std::variant<SquaredError, BinaryCrossEntropy, CategoricalCrossEntropy, Poisson>;
using Normalization = std::variant<LayerNorm, BatchNorm>;
using Penalty = std::variant<L2>;
using Optimizer = std::variant<SGD, Adam>;

} // namespace rosenblatt
