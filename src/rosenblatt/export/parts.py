"""What the layers of a chain compute, in the few steps that the exports to formulas have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rosenblatt.activations import Activation, Identity
from rosenblatt.export.expression import Expression, of, where
from rosenblatt.network import (
    ActivationLayer,
    Affine,
    BesideInput,
    Dropout,
    GaussianNoise,
    Interpolation,
    NormalizationLayer,
    PiecewiseLinear,
    Residual,
    Scale,
    Sequential,
    TrainedLayer,
)
from rosenblatt.network.composed import Composed
from rosenblatt.network.sequential import nodes
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import Float64Array

__all__ = [
    "Activated",
    "Added",
    "Appended",
    "Mapped",
    "Part",
    "Scaled",
    "Standardised",
    "Sums",
    "cannot",
    "parts_of",
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
    """f(x), and x behind it."""

    parts: tuple[Part, ...]


@final
@dataclass(frozen=True)
class Mapped:
    """Functions of single numbers: for each output which of the inputs, and of what form."""

    layer: Any
    sources: tuple[int, ...]
    functions: tuple[Callable[[Expression], Expression], ...]


Part: TypeAlias = Sums | Activated | Scaled | Standardised | Added | Appended | Mapped


def parts_of(layers: Sequence[TrainedLayer], target: str) -> tuple[Part, ...]:
    """The steps of a chain.

    Raises
    ------
    ValueError
        For a layer that is none of these, such as one of an ensemble's members.
    """
    return tuple(part for layer in layers for part in parts_of_one(layer, target))


def parts_of_one(node: TrainedLayer, target: str) -> tuple[Part, ...]:
    layer = node.layer
    match layer:
        case Composed():
            return parts_of_one(TrainedLayer(layer.block, node.shape, node.arrays), target)
        case Sequential():
            return parts_of(nodes(node), target)
        case Affine():
            W = node.arrays["weight"].astype(np.float64)
            return (Sums(layer.factor(W) * W, node.arrays["bias"].astype(np.float64)),)
        case ActivationLayer():
            return () if layer.activation == Identity() else (Activated(layer.activation),)
        case Dropout() | GaussianNoise():
            return ()
        case Scale():
            factor = node.arrays["factor"].astype(np.float64)
            return (Scaled(factor, np.zeros_like(factor)),)
        case NormalizationLayer():
            return (normalised(node, target),)
        case Residual():
            arrays = dict(node.arrays)
            P = arrays.pop("projection", None)
            inner = parts_of_one(TrainedLayer(layer.layer, node.shape, arrays), target)
            return (Added(inner, None if P is None else P.astype(np.float64)),)
        case BesideInput():
            return (
                Appended(parts_of_one(TrainedLayer(layer.layer, node.shape, node.arrays), target)),
            )
        case PiecewiseLinear():
            return (pieces(layer),)
        case Interpolation():
            return (maps(layer, node.shape[0]),)
    raise cannot(type(layer).__name__, target)


def cannot(what: str, target: str) -> ValueError:
    """For a layer that a target has not."""
    return ValueError(f"a layer {what} cannot be exported to {target}: export to ONNX or C.")


def normalised(node: TrainedLayer, target: str) -> Part:
    norm = node.layer.normalization
    exact = {name: array.astype(np.float64) for name, array in node.arrays.items()}
    if isinstance(norm, LayerNorm):
        return Standardised(norm.epsilon, exact["scale"], exact["shift"])
    if isinstance(norm, BatchNorm):
        factor = exact["scale"] / np.sqrt(exact["running_var"] + norm.epsilon)
        return Scaled(factor, exact["shift"] - exact["running_mean"] * factor)
    raise cannot(type(norm).__name__, target)


def pieces(layer: PiecewiseLinear) -> Mapped:
    def held(low: float, high: float) -> Callable[[Expression], Expression]:
        return lambda x: of("min", of("max", x, low), high)

    def piece(begin: float, slope: float, least: float, most: float, shift: float) -> Any:
        def h(x: Expression) -> Expression:
            u = (x - begin) * slope
            return of("min", of("max", u, least), most) - shift

        return h

    p = layer.pieces
    numbers = zip(*(a.tolist() for a in (p.begin, p.slope, p.least, p.most, p.shift)), strict=True)
    of_pieces = tuple(piece(*row) for row in numbers)
    ranges = tuple(map(held, layer.lows, layer.highs))
    sources = (*range(layer.n_inputs), *layer.source.tolist())
    return Mapped(layer, sources, ranges + of_pieces)


def maps(layer: Interpolation, n_inputs: int) -> Mapped:
    def through(xs: tuple[float, ...], ys: tuple[float, ...], slopes: list[float]) -> Any:
        def h(x: Expression) -> Expression:
            if not xs:
                return x
            value: Expression | float = ys[-1]
            for k in reversed(range(len(xs) - 1)):
                value = where(x < xs[k + 1], slopes[k] * (x - xs[k]) + ys[k], value)
            return where(x < xs[0], ys[0], value)

        return h

    of_maps = tuple(
        through(xs, ys, slopes.tolist())
        for xs, ys, slopes in zip(layer.x, layer.y, layer.slopes, strict=True)
    )
    behind = range(layer.n_features, n_inputs)
    kept = tuple((lambda x: x) for _ in behind)
    return Mapped(layer, (*layer.columns, *behind), of_maps + kept)
