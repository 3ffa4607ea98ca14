"""The few steps that the exports to formulas and to other tools' layers have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, final

from rosenblatt.activations import Activation
from rosenblatt.export.expression import Expression
from rosenblatt.support.types import Float64Array

__all__ = [
    "Activated",
    "Added",
    "Appended",
    "Bent",
    "Gated",
    "Mapped",
    "Part",
    "Scaled",
    "Standardised",
    "Sums",
    "cannot",
]


@final
@dataclass(frozen=True, eq=False)
class Sums:
    """x W + b, W of shape (n_in, n_out), in double precision."""

    weight: Float64Array
    bias: Float64Array


@final
@dataclass(frozen=True)
class Activated:
    """g(x)."""

    activation: Activation


@final
@dataclass(frozen=True, eq=False)
class Bent:
    """x above 0 and slope ⊙ x otherwise, slope of shape (n,)."""

    slope: Float64Array


@final
@dataclass(frozen=True)
class Gated:
    """u ⊙ g(v) of the halves u and v of x."""

    activation: Activation


@final
@dataclass(frozen=True, eq=False)
class Scaled:
    """x ⊙ factor + shift, both of shape (n,)."""

    factor: Float64Array
    shift: Float64Array


@final
@dataclass(frozen=True, eq=False)
class Standardised:
    """(x - mean) / √(variance + ε) ⊙ factor + shift, mean and variance over the row."""

    epsilon: float
    factor: Float64Array
    shift: Float64Array


@final
@dataclass(frozen=True, eq=False)
class Added:
    """f(x) + x, or f(x) + x P."""

    parts: tuple[Part, ...]
    projection: Float64Array | None


@final
@dataclass(frozen=True)
class Appended:
    """f(x), and x behind it, from a number of it on."""

    parts: tuple[Part, ...]
    first: int = 0


@final
@dataclass(frozen=True)
class Mapped:
    """Functions of single numbers: for each output which of the inputs, and of what form.

    `layer` is the name of the layer that has them.
    """

    layer: str
    sources: tuple[int, ...]
    functions: tuple[Callable[[Expression], Expression], ...]


Part: TypeAlias = (
    Sums | Activated | Bent | Gated | Scaled | Standardised | Added | Appended | Mapped
)
LAYERS = {
    Bent: "PReLU",
    Gated: "GLU",
    Standardised: "LayerNorm",
    Added: "Residual",
    Appended: "BesideInput",
}


def cannot(what: Part | str, target: str) -> ValueError:
    """For a step, or a layer of this name, that a target has not."""
    if not isinstance(what, str):
        what = (
            what.layer if isinstance(what, Mapped) else LAYERS.get(type(what), type(what).__name__)
        )
    return ValueError(f"a layer {what} cannot be exported to {target}: export to ONNX or C.")
