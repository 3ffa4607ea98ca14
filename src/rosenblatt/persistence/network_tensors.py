"""Between a network's parameters and the arrays of a model file, which are not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Network, Shape, fill
from rosenblatt.support.types import FloatArray

__all__ = ["MISFIT", "dtype_of", "model_of_tensors", "shapes_by_name", "tensors_by_name"]

MISFIT = "the tensors do not fit the network that the metadata describe"


def tensors_by_name(model: Model) -> dict[str, FloatArray]:
    """Parameters and state: layers.0.weight (n_in, n_out), layers.0.bias (n_out,), …"""
    network = model.network
    return network.named_parameters(model.parameters) | network.named_state(model.state)


def dtype_of(tensors: Mapping[str, FloatArray]) -> np.dtype[Any]:
    """The type of all tensors, once their numbers are seen to be finite."""
    dtype, *others = {array.dtype for array in tensors.values()}
    if others:
        raise InputError("the tensors are neither all float32 nor all float64")
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise InputError("a weight is not finite")
    return dtype


def model_of_tensors(
    network: Network,
    loss: Loss,
    tensors: Mapping[str, FloatArray],
    dtype: np.dtype[Any],
    prefix: str = "",
) -> Model:
    """The network with the tensors of the names that begin with the prefix.

    Raises
    ------
    InputError
        Where they do not fit the network.
    """
    shapes = shapes_by_name(network)
    named = {name: tensors[prefix + name] for name in shapes if prefix + name in tensors}
    if shapes != {name: array.shape for name, array in named.items()}:
        raise InputError(MISFIT)
    state = network.initial_state(dtype)
    named_state = network.named_state(state)
    fill(named_state, {name: named.pop(name) for name in named_state})
    if any((array < 0).any() for name, array in named_state.items() if name.endswith("_var")):
        raise InputError("a running variance is negative")
    theta = network.pack_named(named, dtype)
    if network.bounds is not None:
        low, high = network.bounds
        if ((theta < low) | (theta > high)).any():
            raise InputError("a weight breaks the bounds of its layer")
    return Model(network, theta, loss, state)


def shapes_by_name(network: Network) -> dict[str, Shape]:
    """Of all parameters and of the state."""
    return {
        f"layers.{index}.{name}": shape
        for shapes_of in (network.parameter_shapes, network.state_shapes)
        for index, shapes in enumerate(shapes_of)
        for name, shape in shapes.items()
    }
