"""What the names that scikit-learn's users write stand for: below this room are only objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from rosenblatt.initializers import Initializer, RandomBiasUniform
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm, Normalization
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.schedules import Constant, DivideOnStall, InverseScaling, RateControl

__all__ = [
    "ACTIVATIONS",
    "LINKS",
    "NORMALIZATIONS",
    "OPTIMIZERS",
    "RATE_CONTROLS",
    "REGRESSION_LOSSES",
    "RegressionLoss",
    "initializer",
]

ACTIVATIONS: dict[str, Activation] = {
    "identity": Identity(),
    "logistic": Sigmoid(),
    "tanh": Tanh(),
    "relu": ReLU(),
}

NORMALIZATIONS: dict[str, Normalization] = {"batch": BatchNorm(), "layer": LayerNorm()}

# From an estimator's parameters; 'lbfgs' is no first-order rule and not among them.
OPTIMIZERS: dict[str, Callable[[Any], Optimizer]] = {
    "sgd": lambda p: SGD(
        lr=p.learning_rate_init,
        momentum=p.momentum,
        nesterov=p.nesterovs_momentum,
        lr_in_velocity=True,
    ),
    "adam": lambda p: Adam(
        lr=p.learning_rate_init,
        beta_1=p.beta_1,
        beta_2=p.beta_2,
        epsilon=p.epsilon,
        epsilon_hat=True,
    ),
}

# scikit-learn stops dividing the rate once it is at most 1e-6.
RATE_CONTROLS: dict[str, Callable[[Any], RateControl]] = {
    "constant": lambda p: Constant(),
    "invscaling": lambda p: InverseScaling(p.power_t),
    "adaptive": lambda p: DivideOnStall(p.learning_rate_init, smallest=1e-6),
}


@final
@dataclass(frozen=True)
class RegressionLoss:
    """A loss with the name of its inverse link, and whether its report averages the outputs."""

    loss: Loss
    out_activation: str
    averages_outputs: bool


# What turns raw scores into predictions, by scikit-learn's name for it.
LINKS: dict[str, Loss] = {
    "identity": SquaredError(),
    "exp": Poisson(),
    "logistic": BinaryCrossEntropy(),
    "softmax": CategoricalCrossEntropy(),
}

REGRESSION_LOSSES: dict[str, RegressionLoss] = {
    "squared_error": RegressionLoss(SquaredError(), "identity", averages_outputs=True),
    "poisson": RegressionLoss(Poisson(), "exp", averages_outputs=False),
}


def initializer(activation: Activation) -> Initializer:
    """scikit-learn's initial weights."""
    return RandomBiasUniform(2.0 if isinstance(activation, Sigmoid) else 6.0)
