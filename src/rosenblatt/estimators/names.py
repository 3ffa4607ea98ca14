"""What the names that scikit-learn's users write stand for: below this room are only objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from rosenblatt.initializers import Initializer, RandomBiasUniform
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)

__all__ = [
    "ACTIVATIONS",
    "LINKS",
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
