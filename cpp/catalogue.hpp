// What the engine can run: one variant a concept. A new member is one struct and one entry here.
#pragma once

#include "activations.hpp"
#include "averaging.hpp"
#include "classification_losses.hpp"
#include "clipping.hpp"
#include "constraints.hpp"
#include "distribution_losses.hpp"
#include "normalizations.hpp"
#include "optimizers.hpp"
#include "penalties.hpp"
#include "policy_losses.hpp"
#include "regression_losses.hpp"

#include <variant>

namespace rosenblatt {

using Activation = std::variant<Identity, Sigmoid, Tanh, ReLU, Softmax, LeakyReLU, ELU, SELU, Softplus, GELU,
                                SiLU, Mish, HardSigmoid, HardTanh, HardSwish, Softsign, Sine, Bump,
                                ClippedLogistic, StepwiseSigmoid, StepwiseTanh>;
using Loss = std::variant<SquaredError, BinaryCrossEntropy, CategoricalCrossEntropy, Poisson, Huber, LogCosh,
                          AbsoluteError, Quantile, BinaryFocal, CategoricalFocal, Gaussian, NegativeBinomial,
                          GaussianMixture, PolicyGradient, GaussianPolicyGradient>;
using Normalization = std::variant<LayerNorm, BatchNorm>;
using Penalty = std::variant<L2, L1, ElasticNet>;
using Optimizer = std::variant<SGD, AdaGrad, RMSProp, AdaDelta, Adam, AdamW, AMSGrad, NAdam, RAdam, Lion>;
using Clipping = std::variant<NoClipping, ClipNorm, ClipValue>;
using Constraint = std::variant<NoConstraint, MaxNorm>;
using Averaging = std::variant<NoAveraging, EMA>;

} // namespace rosenblatt
