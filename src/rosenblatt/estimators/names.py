"""What the names that scikit-learn's users write stand for: below this room are only objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.initializers import Initializer, RandomBiasUniform
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.schedules import Constant, DivideOnStall, InverseScaling, RateControl

__all__ = [
    "OPTIMIZERS",
    "RATE_CONTROLS",
    "initializer",
]

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


def initializer(activations: Sequence[Activation]) -> Initializer:
    """scikit-learn's initial weights, for what was chosen for the hidden layers."""
    return RandomBiasUniform(2.0 if all(isinstance(g, Sigmoid) for g in activations) else 6.0)
