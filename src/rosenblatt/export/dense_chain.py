"""A network as dense layers in an order, for formats that have no other ones.

A layer takes the neurons of layers before it, of the one before it alone where nothing skips: sums
and columns beside each other are matrices over the neurons of several layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from rosenblatt.activations import Activation, Identity, Sigmoid, Softmax
from rosenblatt.export.chain_parts import parts_of_members
from rosenblatt.export.parts import Activated, Added, Appended, Part, Scaled, Sums, cannot
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.support.types import Float64Array

__all__ = ["DenseLayer", "all_of", "dense_layers"]

Neuron: TypeAlias = tuple[int, int]  # its layer, 0 for the inputs, and its place there


@final
@dataclass(frozen=True, eq=False)
class DenseLayer:
    """g(x W + b), W of shape (n_in, n_out) in double precision, x the values of `sources`."""

    sources: tuple[Neuron, ...]
    weight: Float64Array
    bias: Float64Array
    activation: Activation


@final
@dataclass(frozen=True, eq=False)
class Affine:
    """x W + b of the values x of neurons, W a matrix or, of shape (n,), what stands on a diagonal.

    The matrix of a diagonal over the columns of a wide table would have the square of their number.
    """

    sources: tuple[Neuron, ...]
    weight: Float64Array
    bias: Float64Array

    @property
    def matrix(self) -> Float64Array:
        return np.diag(self.weight) if self.weight.ndim == 1 else self.weight

    def then(self, weight: Float64Array, bias: Float64Array | float = 0.0) -> Affine:
        W = self.weight[:, None] * weight if self.weight.ndim == 1 else self.weight @ weight
        return Affine(self.sources, W, self.bias @ weight + bias)

    def scaled(self, factor: Float64Array, shift: Float64Array) -> Affine:
        return Affine(self.sources, self.weight * factor, self.bias * factor + shift)


def all_of(layer: int, n: int) -> tuple[Neuron, ...]:
    """The neurons of a layer."""
    return tuple((layer, k) for k in range(n))


def values_of(sources: tuple[Neuron, ...]) -> Affine:
    n = len(sources)
    return Affine(sources, np.ones(n), np.zeros(n))


def dense_layers(
    trained: Trained, target: str, *, before: Scaled | None = None, after: Scaled | None = None
) -> list[DenseLayer]:
    """The layers, of the network's predictions: its link is the last activation.

    Steps that are linear become one layer, `before` and `after` with them, and so does the mean of
    several networks.

    Raises
    ------
    ValueError
        For layers that are none of these and a link that is no activation.
    """
    layers: list[DenseLayer] = []
    start = values_of(all_of(0, trained.model.n_inputs))
    if before is not None:
        start = start.scaled(before.factor, before.shift)
    members = parts_of_members(trained, target)
    whole: Affine | None = None
    for parts in members:
        x = passed([*parts, *link_of(trained.link, target)], start, layers, target)
        whole = x if whole is None else added(whole, x)
    assert whole is not None
    if len(members) > 1:
        whole = whole.scaled(np.full(len(whole.bias), 1 / len(members)), np.zeros(1))
    if after is not None:
        whole = whole.scaled(after.factor, after.shift)
    if not layers or not is_all_of_the_last(whole, layers):
        layers.append(DenseLayer(whole.sources, whole.matrix, whole.bias, Identity()))
    return layers


def link_of(link: Link, target: str) -> list[Part]:
    match link:
        case Link.IDENTITY:
            return []
        case Link.LOGISTIC:
            return [Activated(Sigmoid())]
        case Link.SOFTMAX:
            return [Activated(Softmax())]
        case Link.EXP:
            raise ValueError(
                f"a loss of counts cannot be exported to {target}, which has no exponential output:"
                " export to ONNX or C."
            )


def passed(parts: Sequence[Part], x: Affine, layers: list[DenseLayer], target: str) -> Affine:
    """What steps make of x; activations are layers more."""
    for part in parts:
        match part:
            case Sums(weight, bias):
                x = x.then(weight, bias)
            case Scaled(factor, shift):
                x = x.scaled(factor, shift)
            case Activated(activation):
                layers.append(DenseLayer(x.sources, x.matrix, x.bias, activation))
                x = values_of(all_of(len(layers), len(x.bias)))
            case Added(inner, projection):
                direct = x if projection is None else x.then(projection)
                x = added(passed(inner, x, layers, target), direct)
            case Appended(inner, first):
                n = len(x.bias)
                x = beside(passed(inner, x, layers, target), x.then(np.eye(n)[:, first:]))
            case _:
                raise cannot(part, target)
    return x


def added(one: Affine, other: Affine) -> Affine:
    both = beside(one, other)
    n = len(one.bias)
    return Affine(
        both.sources, both.weight[:, :n] + both.weight[:, n:], both.bias[:n] + both.bias[n:]
    )


def beside(one: Affine, other: Affine) -> Affine:
    """The numbers of both, in the order of the neurons."""
    sources = sorted({*one.sources, *other.sources})
    places = {neuron: k for k, neuron in enumerate(sources)}
    n = len(one.bias)
    W = np.zeros((len(sources), n + len(other.bias)))
    W[[places[neuron] for neuron in one.sources], :n] = one.matrix
    W[[places[neuron] for neuron in other.sources], n:] = other.matrix
    return Affine(tuple(sources), W, np.concatenate([one.bias, other.bias]))


def is_all_of_the_last(x: Affine, layers: Sequence[DenseLayer]) -> bool:
    """Whether it is what the last layer gives, as it is."""
    n = len(layers[-1].bias)
    is_eye = x.matrix.shape == (n, n) and (x.matrix == np.eye(n)).all()
    return bool(x.sources == all_of(len(layers), n) and is_eye and not x.bias.any())
