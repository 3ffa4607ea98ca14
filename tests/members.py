"""Every member of the engine's map, and data that fits it, for the tests that run over all."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Activation, Identity, Step
from rosenblatt.engine.kernels import KERNELS
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
)
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.penalties import Penalty

# Activations that pass a gradient, all activations, and losses that bound no probability.
TRAINABLE: list[Activation] = [cls() for cls in KERNELS["activations"]]
ACTIVATIONS: list[Activation] = [*TRAINABLE, Step()]
LOSSES: list[Loss] = [cls() for cls in KERNELS["losses"]]
BOUNDED: list[Loss] = [BinaryCrossEntropy(p_min=0.3), CategoricalCrossEntropy(p_min=0.3)]
# Every number that a penalty has, set to something that can be seen.
PENALTIES: list[Penalty] = [
    cls(**{field.name: 0.3 for field in dataclasses.fields(cls)}) for cls in KERNELS["penalties"]
]
OPTIMIZERS: list[Optimizer] = [
    *(cls() for cls in KERNELS["optimizers"]),
    SGD(lr=0.05, momentum=0.9),
    SGD(lr=0.05, momentum=0.9, nesterov=True),
    SGD(lr=0.05, momentum=0.9, lr_in_velocity=True),
    SGD(lr=0.05, momentum=0.9, nesterov=True, lr_in_velocity=True),
    Adam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3),
    Adam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3, epsilon_hat=True),
]


# What a hidden layer's block may have beside its activation, as the fields of `Dense`. With the
# first ones the objective over all rows is a function of the parameters; the others draw at random.
FUNCTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "residual": {"residual": True},
    "layer norm": {"normalization": LayerNorm()},
    "batch norm": {"normalization": BatchNorm()},
    "batch norm, residual": {"normalization": BatchNorm(1e-3, 0.3), "residual": True},
    "layer norm, residual": {"normalization": LayerNorm(1e-3), "residual": True},
}
STRUCTURES: dict[str, dict[str, Any]] = {
    **FUNCTIONS,
    "dropout": {"dropout": 0.4},
    "noise": {"input_noise": 0.3},
    "noise, batch norm, residual": {
        "input_noise": 0.3,
        "normalization": BatchNorm(),
        "residual": True,
    },
    "dropout, batch norm, residual": {
        "dropout": 0.4,
        "normalization": BatchNorm(),
        "residual": True,
    },
    "dropout, layer norm, residual": {
        "dropout": 0.4,
        "normalization": LayerNorm(),
        "residual": True,
    },
}


def targets(loss: Loss, n: int, n_outputs: int, seed: int = 0) -> npt.NDArray[np.float64]:
    """Targets of n rows as the loss takes them; a loss not named here takes any numbers."""
    rng = np.random.default_rng(seed)
    if isinstance(loss, CategoricalCrossEntropy):
        return rng.integers(0, n_outputs, (n, 1)).astype(np.float64)
    if isinstance(loss, BinaryCrossEntropy):
        return rng.integers(0, 2, (n, n_outputs)).astype(np.float64)
    if isinstance(loss, Poisson):
        return rng.poisson(1.5, (n, n_outputs)).astype(np.float64)
    return rng.standard_normal((n, n_outputs))


def network(
    activation: Activation, *units: int, input_noise: float = 0.0, **structure: Any
) -> Network:
    """A chain through `units`, inputs first, with raw scores at its end."""
    hidden = [Dense(n, activation, **structure) for n in units[1:-1]]
    return Network(units[0], (*hidden, Dense(units[-1], Identity())), input_noise)


def parameters(net: Network, seed: int = 0, dtype: Any = np.float64) -> npt.NDArray[Any]:
    return (0.5 * np.random.default_rng(seed).standard_normal(net.n_parameters)).astype(dtype)


def random_state(net: Network, seed: int = 0, dtype: Any = np.float64) -> npt.NDArray[Any]:
    """Running means of both signs, and positive variances."""
    state = np.random.default_rng(seed).standard_normal(net.n_state).astype(dtype)
    for name, array in net.named_state(state).items():
        if name.endswith("running_var"):
            array[...] = 0.2 + np.abs(array)
    return state


def central_difference(f: Any, x: Any, h: Any) -> Any:
    """df/dx of fourth order: the error is h⁴/30 times the fifth derivative, and rounding over h."""
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)
