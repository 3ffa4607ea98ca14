"""Weights that two dense layers share, one of them transposed (theory A3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.network.network import Network
from rosenblatt.support.types import FloatArray

__all__ = ["Tie", "copy_tied", "fold_tied"]


@final
@dataclass(frozen=True)
class Tie:
    """The weight of layer `copy` is that of layer `source`, transposed: W^copy = (W^source)ᵀ.

    Attributes
    ----------
    source, copy : int
        Numbers of layers, from 0.
    """

    source: int
    copy: int


def copy_tied(network: Network, ties: Sequence[Tie], theta: FloatArray) -> None:
    """Set the copies in θ, shape (n_parameters,), to what they are copies of."""
    if ties:
        layers = network.layer_parameters(theta)
        for tie in ties:
            layers[tie.copy]["weight"][...] = layers[tie.source]["weight"].T


def fold_tied(network: Network, ties: Sequence[Tie], g: FloatArray) -> None:
    """Bring the gradient of all of θ, shape (n_parameters,), to the parameters that are free.

    A shared weight has the sum of the gradients of its uses, and its copy has 0.
    """
    if ties:
        layers = network.layer_parameters(g)
        for tie in ties:
            of_copy = layers[tie.copy]["weight"]
            layers[tie.source]["weight"][...] += of_copy.T
            of_copy[...] = 0
