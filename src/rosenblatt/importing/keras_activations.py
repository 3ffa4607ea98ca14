"""The activations that Keras names, which differ between its versions and TensorFlow.js."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
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
from rosenblatt.importing.forms import Form, clipped, ramp

__all__ = ["Dialect", "form_of"]


class Dialect(Enum):
    """Whose formulas a name stands for."""

    KERAS_3 = "Keras 3"
    KERAS_2 = "Keras 2"
    TFJS = "TensorFlow.js"


COMMON: Mapping[str, Form] = {
    "elu": Form(ELU()),
    "linear": Form(Identity()),
    "mish": Form(Mish()),
    "relu": Form(ReLU()),
    "relu6": clipped(0, 6),
    "selu": Form(SELU()),
    "sigmoid": Form(Sigmoid()),
    "silu": Form(SiLU()),
    "softmax": Form(Softmax()),
    "softplus": Form(Softplus()),
    "softsign": Form(Softsign()),
    "swish": Form(SiLU()),
    "tanh": Form(Tanh()),
    "gelu": Form(GELU()),
    "leaky_relu": Form(LeakyReLU(0.2)),
}
OWN: Mapping[Dialect, Mapping[str, Form]] = {
    Dialect.KERAS_3: {
        "celu": Form(ELU()),
        "hard_sigmoid": Form(HardSigmoid()),
        "hard_silu": Form(HardSwish()),
        "hard_swish": Form(HardSwish()),
        "hard_tanh": Form(HardTanh()),
        "log_sigmoid": Form(Softplus(), rate=-1, scale=-1),
    },
    Dialect.KERAS_2: {"hard_sigmoid": ramp(0.2, 0.5)},
    Dialect.TFJS: {
        "hard_sigmoid": ramp(0.2, 0.5),
        "gelu_new": Form(GELU(approximate=True)),
    },
}


def form_of(value: Any, dialect: Dialect, place: str) -> Form:
    """The activation of a layer, by its name or as Keras writes a function."""
    if isinstance(value, dict) and value.get("class_name") == "function":
        value = value.get("config")
    if value is None:
        return Form()
    if not isinstance(value, str):
        raise InputError(f"{place} has an activation with a configuration of its own: name one")
    form = OWN[dialect].get(value) or COMMON.get(value)
    if form is None:
        raise InputError(f"{place} has the activation {value[:40]!r}, which is not supported")
    return form
