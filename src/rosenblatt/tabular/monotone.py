"""Networks that are monotone in some features by the signs of their weights.

Of a layer's units some see the free inputs alone; of the others one half goes up and one half down
with the monotone features. A ReLU of what goes down, with a weight of at most 0, is the concave
min(z, 0), so that the network may flatten as well as steepen, and sums of both kinds stay balanced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rosenblatt.activations import ReLU
from rosenblatt.network import Layer, MonotoneDense, PiecewiseLinear

__all__ = ["directions_of_pieces", "monotone_layers"]

FREE_SHARE: Final = 0.75  # of a layer's units, where there are free inputs


def directions_of_pieces(first: PiecewiseLinear, directions: Sequence[int]) -> tuple[int, ...]:
    """Of the layer's outputs: the features, and their pieces, which rise with them."""
    of_features = np.asarray(directions, np.int64)
    return tuple(np.concatenate([of_features, of_features[first.source]]).tolist())


def monotone_layers(
    inputs: tuple[int, ...], hidden: Sequence[int], dropout: float
) -> tuple[Layer, ...]:
    """Hidden layers, and one output, which does not fall where an input of direction 1 rises.

    Parameters
    ----------
    inputs : tuple of int
        The direction of each.
    hidden : sequence of int
        Units.
    dropout : float
    """
    layers: list[Layer] = []
    for n_units in hidden:
        units = directions_of_units(n_units, any(direction == 0 for direction in inputs))
        layers.append(MonotoneDense(inputs, units, ReLU(), dropout))
        inputs = units
    return (*layers, MonotoneDense(inputs, (1,)))


def directions_of_units(n_units: int, any_free: bool) -> tuple[int, ...]:
    n_free = round(FREE_SHARE * n_units) if any_free else 0
    n_rising = (n_units - n_free + 1) // 2
    return (0,) * n_free + (1,) * n_rising + (-1,) * (n_units - n_free - n_rising)
