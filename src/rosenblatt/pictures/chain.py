"""From the layers that a user gives to the network of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from rosenblatt.activations import Activation, Identity
from rosenblatt.errors import InputError
from rosenblatt.network import (
    Augmentation,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    Network,
    Reshape,
    Shape,
)
from rosenblatt.support.listing import brief

__all__ = ["network_of_pictures"]


def network_of_pictures(
    shape: Shape,
    augmentation: Sequence[Any],
    layers: Sequence[Any],
    activation: Activation,
    n_outputs: int,
    input_noise: float = 0.0,
) -> Network:
    """`Reshape`, what varies the pictures, the layers, and a dense layer of the outputs.

    Parameters
    ----------
    shape : (height, width, channels)
    augmentation : sequence of Augmentation
    layers : sequence of Layer
        A `Flatten` is put in where a dense layer would take pictures.
    activation : Activation
        Of every `Conv2D` and `Dense` among the layers that has none of its own.
    n_outputs : int
    input_noise : float

    Raises
    ------
    InputError
        For what is no layer, or does not fit the pictures.
    """
    height, width, channels = shape
    chain: list[Layer] = [Reshape((height, width, channels))]
    for transform in augmentation:
        if not isinstance(transform, Augmentation):
            raise InputError(f"augmentation must be such as Shift(2), got {brief(transform)}.")
        try:
            shape = transform.output_shape(shape)
        except ValueError as error:
            raise InputError(f"augmentation: {error}.") from error
        chain.append(transform)
    try:
        for layer in layers:
            if not isinstance(layer, Layer):
                raise InputError(f"layers must be such as Conv2D(32, 3), got {brief(layer)}.")
            if isinstance(layer, Dense) and len(shape) == 3:
                chain.append(Flatten())
                shape = (prod(shape),)
            shape = layer.output_shape(shape)
            chain.append(activated(layer, activation))
        if len(shape) == 3:
            chain.append(Flatten())
        return Network(height * width * channels, (*chain, Dense(n_outputs)), input_noise)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"layers: {error}.") from error


def activated(layer: Layer, activation: Activation) -> Layer:
    if isinstance(layer, Conv2D | Dense) and layer.activation == Identity():
        return replace(layer, activation=activation)
    return layer
