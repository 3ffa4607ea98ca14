"""Layers from PyTorch's modules in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from rosenblatt.errors import InputError
from rosenblatt.importing.forms import Form, clipped
from rosenblatt.importing.pieces import Activated, Dropped, Linear, Normalized, Piece, Sloped
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import Float64Array

__all__ = ["module_pieces"]


def module_pieces(module: Any, name: str = "") -> Iterator[Piece]:
    """The layers of an `nn.Sequential`, also of nested ones, or of a single module.

    Raises
    ------
    InputError
        For a module of another type, by its name.
    """
    kind = type(module).__name__
    place = f"the module {name!r} ({kind})" if name else f"the module ({kind})"
    if not type(module).__module__.startswith("torch.nn.modules."):
        raise InputError(f"{place} is none of torch.nn's own: give an nn.Sequential of these")
    if kind == "Sequential":
        # A module may stand in several places, of which named_children gives the first alone.
        for k, child in enumerate(module):
            yield from module_pieces(child, f"{name}.{k}" if name else str(k))
    elif kind in LAYERS:
        yield LAYERS[kind](module, place)
    elif kind in FORMS:
        yield Activated(place, FORMS[kind](module))
    elif kind not in NOTHING:
        raise InputError(f"{place} has no counterpart here")


def array(tensor: Any) -> Float64Array:
    return np.array(tensor.detach().cpu().double().numpy(), np.float64)


def linear(module: Any, place: str) -> Linear:
    W = array(module.weight).T
    return Linear(place, W, np.zeros(W.shape[1]) if module.bias is None else array(module.bias))


def batch_norm(module: Any, place: str) -> Normalized:
    if module.running_mean is None or module.momentum is None:
        raise InputError(f"{place} keeps no running mean with a momentum")
    state = {"running_mean": array(module.running_mean), "running_var": array(module.running_var)}
    return normalized(module, place, BatchNorm(module.eps, module.momentum), state)


def layer_norm(module: Any, place: str) -> Normalized:
    if len(module.normalized_shape) != 1:
        raise InputError(f"{place} acts on more than the units of a layer")
    return normalized(module, place, LayerNorm(module.eps), {})


def normalized(
    module: Any, place: str, member: BatchNorm | LayerNorm, state: dict[str, Float64Array]
) -> Normalized:
    n = module.num_features if isinstance(member, BatchNorm) else module.normalized_shape[0]
    scale = np.ones(n) if module.weight is None else array(module.weight)
    shift = np.zeros(n) if module.bias is None else array(module.bias)
    return Normalized(place, member, scale, shift, state)


def softplus(module: Any) -> Form:
    if module.beta <= 0 or module.threshold < 20:
        raise InputError(
            f"Softplus with the threshold {module.threshold} is no softplus beyond it: one of 20 or"
            " more is read"
        )
    return Form(Softplus(), rate=module.beta, scale=1 / module.beta)


def softmax(module: Any) -> Form:
    if module.dim not in (1, -1):
        raise InputError(f"Softmax acts along dim={module.dim}: one of dim=1, over units, is read")
    return Form(Softmax())


def celu(module: Any) -> Form:
    if not 0 < module.alpha < math.inf:
        raise InputError(f"CELU has the alpha {module.alpha}: one above 0 is read")
    return Form(ELU(), rate=1 / module.alpha, scale=module.alpha)


LAYERS: dict[str, Callable[[Any, str], Piece]] = {
    "Linear": linear,
    "BatchNorm1d": batch_norm,
    "LayerNorm": layer_norm,
    "Dropout": lambda module, place: Dropped(place, float(module.p)),
    "PReLU": lambda module, place: Sloped(place, array(module.weight)),
}
NOTHING = ("Identity",)
FORMS: dict[str, Callable[[Any], Form]] = {
    "CELU": celu,
    "ELU": lambda module: Form(ELU(module.alpha)),
    "GELU": lambda module: Form(GELU(module.approximate == "tanh")),
    "Hardsigmoid": lambda module: Form(HardSigmoid()),
    "Hardswish": lambda module: Form(HardSwish()),
    "Hardtanh": lambda module: clipped(module.min_val, module.max_val),
    "LeakyReLU": lambda module: Form(LeakyReLU(module.negative_slope)),
    "LogSigmoid": lambda module: Form(Softplus(), rate=-1, scale=-1),
    "Mish": lambda module: Form(Mish()),
    "ReLU": lambda module: Form(ReLU()),
    "ReLU6": lambda module: clipped(0, 6),
    "SELU": lambda module: Form(SELU()),
    "SiLU": lambda module: Form(SiLU()),
    "Sigmoid": lambda module: Form(Sigmoid()),
    "Softmax": softmax,
    "Softplus": softplus,
    "Softsign": lambda module: Form(Softsign()),
    "Tanh": lambda module: Form(Tanh()),
}
