"""Arrays by name as views into one flat vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from rosenblatt.network.layer import Shape
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["beside_dense", "fill", "rounded", "views", "with_prefixes"]


def views(flat: FloatArray, shapes: Sequence[Mapping[str, Shape]]) -> list[dict[str, FloatArray]]:
    """The arrays of each layer by name, one after another in a flat vector."""
    start = 0
    layers: list[dict[str, FloatArray]] = []
    for of_layer in shapes:
        layers.append({})
        for name, shape in of_layer.items():
            end = start + prod(shape)
            layers[-1][name] = flat[start:end].reshape(shape)
            start = end
    return layers


def with_prefixes(layers: list[dict[str, FloatArray]]) -> dict[str, FloatArray]:
    return {f"layers.{i}.{name}": p for i, layer in enumerate(layers) for name, p in layer.items()}


def beside_dense(named: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Those of named parameters that are neither weights nor biases of dense layers."""
    return {name: p for name, p in named.items() if not name.endswith((".weight", ".bias"))}


def fill(arrays: Mapping[str, FloatArray], given: Mapping[str, npt.ArrayLike]) -> None:
    """Write the numbers given into the arrays of the same names."""
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    if shapes != (found := {name: np.shape(array) for name, array in given.items()}):
        raise ValueError(f"expected parameters of the shapes {shapes}, got {found}")
    for name, array in arrays.items():
        array[...] = given[name]


def rounded(theta: FloatArray, dtype: npt.DTypeLike) -> FloatArray:
    result = aligned_zeros(len(theta), dtype)
    result[...] = theta
    return result
