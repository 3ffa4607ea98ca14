"""A network as dense layers one after the other, for formats that have no other ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Activation, Identity, Sigmoid, Softmax
from rosenblatt.export.chain_parts import parts_of_members
from rosenblatt.export.parts import Activated, Part, Scaled, Sums, cannot
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.support.types import Float64Array

__all__ = ["DenseLayer", "dense_layers"]


@final
@dataclass(frozen=True, eq=False)
class DenseLayer:
    """g(x W + b), W of shape (n_in, n_out) in double precision."""

    weight: Float64Array
    bias: Float64Array
    activation: Activation


def dense_layers(
    trained: Trained, target: str, *, before: Scaled | None = None, after: Scaled | None = None
) -> list[DenseLayer]:
    """The layers, of the network's predictions: its link is the last activation.

    Steps that are linear become one layer, `before` and `after` with them.

    Raises
    ------
    ValueError
        For the mean of several networks, layers that are none of these and a link that is no
        activation.
    """
    members = parts_of_members(trained, target)
    if len(members) > 1:
        raise ValueError(
            f"the mean of several networks cannot be exported to {target}: export to ONNX or C, or"
            " each network on its own."
        )
    parts: list[Part] = [*members[0], *link_of(trained.link, target)]
    parts = [*([before] if before else []), *parts, *([after] if after else [])]
    layers = list(merged(parts, trained.model.n_inputs, target))
    return [x for x in layers if not is_nothing(x)] or layers[:1]


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


def merged(parts: Sequence[Part], n: int, target: str) -> Iterator[DenseLayer]:
    """Layers of the linear steps up to each activation."""
    W, b = np.eye(n), np.zeros(n)
    for part in parts:
        match part:
            case Sums(weight, bias):
                W, b = W @ weight, b @ weight + bias
            case Scaled(factor, shift):
                W, b = W * factor, b * factor + shift
            case Activated(activation):
                yield DenseLayer(W, b, activation)
                W, b = np.eye(len(b)), np.zeros(len(b))
            case _:
                raise cannot(part, target)
    yield DenseLayer(W, b, Identity())


def is_nothing(layer: DenseLayer) -> bool:
    """Whether it gives what comes in."""
    n = len(layer.weight)
    is_eye = layer.weight.shape == (n, n) and (layer.weight == np.eye(n)).all()
    return bool(layer.activation == Identity() and is_eye and not layer.bias.any())
