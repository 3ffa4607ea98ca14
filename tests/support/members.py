"""Every member of the engine's map, and data that fits it, for the tests that run over all."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import (
    GELU,
    Activation,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
    Step,
    StepwiseSigmoid,
    StepwiseTanh,
)
from rosenblatt.averaging import EMA, StepAveraging
from rosenblatt.backprop import forward
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Gaussian,
    GaussianMixture,
    Huber,
    Loss,
    NegativeBinomial,
    Poisson,
    PolicyGradient,
    Quantile,
)
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from rosenblatt.regularization.clipping import ClipNorm, Clipping, ClipValue
from rosenblatt.regularization.constraints import Constraint, MaxNorm
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.philox import Draws

# Activations that pass a gradient, all activations, and losses that bound no probability.
TRAINABLE: list[Activation] = [
    *(cls() for cls in kernel_classes()["activations"]),
    GELU(approximate=True),
]
ACTIVATIONS: list[Activation] = [*TRAINABLE, Step()]
LOSSES: list[Loss] = [
    *(loss for cls in kernel_classes()["losses"] if (loss := cls()).outputs_per_target == 1),
    BinaryCrossEntropy(smoothing=0.2),
    CategoricalCrossEntropy(smoothing=0.2),
    PolicyGradient(entropy=0.3),
]
# Losses of several outputs a target, whose number suits few networks here.
SPREADS: list[Loss] = [
    Gaussian(),
    Gaussian(1.5),
    NegativeBinomial(),
    NegativeBinomial(2.0),
    GaussianMixture(),
    GaussianMixture(1, 2.0),
    GaussianMixture(5),
]
BOUNDED: list[Loss] = [BinaryCrossEntropy(p_min=0.3), CategoricalCrossEntropy(p_min=0.3)]
SMOOTHED: list[Loss] = [
    BinaryCrossEntropy(p_min=0.3, smoothing=0.2),
    CategoricalCrossEntropy(p_min=0.3, smoothing=0.2),
]
# Every number that a penalty has, set to something that can be seen.
PENALTIES: list[Penalty] = [
    cls(**{field.name: 0.3 for field in dataclasses.fields(cls)})
    for cls in kernel_classes()["penalties"]
]
OPTIMIZERS: list[Optimizer] = [
    *(cls() for cls in kernel_classes()["optimizers"]),
    SGD(lr=0.05, momentum=0.9),
    SGD(lr=0.05, momentum=0.9, nesterov=True),
    SGD(lr=0.05, momentum=0.9, lr_in_velocity=True),
    SGD(lr=0.05, momentum=0.9, nesterov=True, lr_in_velocity=True),
    Adam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3),
    Adam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3, epsilon_hat=True),
    AdaGrad(lr=0.1, lr_decay=0.1, initial_accumulator_value=0.5, epsilon=1e-3),
    RMSProp(lr=0.02, rho=0.8, epsilon=1e-2),
    RMSProp(lr=0.01, rho=0.8, epsilon=1e-2, momentum=0.9),
    RMSProp(lr=0.01, rho=0.8, epsilon=1e-2, centered=True),
    RMSProp(lr=0.01, rho=0.8, epsilon=1e-2, momentum=0.9, centered=True),
    AdaDelta(lr=2.0, rho=0.8, epsilon=1e-3),
    AdamW(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3, weight_decay=0.5),
    AMSGrad(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3, weight_decay=0.5),
    NAdam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3, momentum_decay=0.1),
    RAdam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-3),
    Lion(lr=0.01, beta_1=0.8, beta_2=0.9, weight_decay=0.5),
]
# What surrounds the optimiser's move, with numbers that bite.
CLIPPINGS: list[Clipping] = [ClipNorm(0.1), ClipValue(0.02)]
CONSTRAINTS: list[Constraint] = [MaxNorm(0.6)]
AVERAGINGS: list[StepAveraging] = [EMA(0.8)]


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
    if takes_codes(loss):
        return rng.integers(0, n_outputs, (n, 1)).astype(np.float64)
    if isinstance(loss, BinaryCrossEntropy | BinaryFocal):
        return rng.integers(0, 2, (n, n_outputs)).astype(np.float64)
    if isinstance(loss, PolicyGradient):
        action = rng.integers(0, n_outputs, n)
        return np.column_stack([action, rng.standard_normal(n)])
    n_targets = n_outputs // loss.outputs_per_target
    if isinstance(loss, Poisson | NegativeBinomial):
        return rng.poisson(1.5, (n, n_targets)).astype(np.float64)
    return rng.standard_normal((n, n_targets))


def takes_codes(loss: Loss) -> bool:
    return isinstance(loss, CategoricalCrossEntropy | CategoricalFocal)


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


# Where an activation, or a loss as a function of the error s - y, has a corner; 0 where not given.
CORNERS: dict[type, tuple[float, ...]] = {
    HardSigmoid: (-3, 3),
    HardTanh: (-1, 1),
    HardSwish: (-3, 3),
    **{cls: tuple(x for x, _ in cls.points) for cls in (StepwiseSigmoid, StepwiseTanh)},
    Huber: (-1, 1),
    AbsoluteError: (0,),
    Quantile: (0,),
}


def away_from_kinks(
    net: Network, loss: Loss | None, n: int, margin: float, draws: Draws | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Rows and parameters such that no unit, and no error of `targets`, is near a corner."""
    for seed in range(3000):
        theta = parameters(net, seed)
        rows = np.random.default_rng(seed).standard_normal((n, net.n_inputs))
        passed = forward(net, theta, rows, draws)
        gaps = [
            np.abs(z - corner).min()
            for layer, z in zip(net.layers, passed.z, strict=True)
            for corner in CORNERS.get(type(layer.activation), (0,))
        ]
        if loss is not None and type(loss) in CORNERS:
            y = targets(loss, n, net.n_outputs)
            error = passed.scores - np.repeat(y, net.n_outputs // y.shape[1], axis=1)
            gaps += [np.abs(error - corner).min() for corner in CORNERS[type(loss)]]
        if min(gaps) > margin:
            return rows, theta
    raise AssertionError("no seed keeps away from the corners")
