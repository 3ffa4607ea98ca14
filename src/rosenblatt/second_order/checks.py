"""Checks of hyper-parameters, and of the networks that second-order methods accept."""

from __future__ import annotations

import math

from rosenblatt.network import Dense, Network
from rosenblatt.support.held_numbers import check_held
from rosenblatt.support.listing import LONG, brief

__all__ = ["plain_layers", "positive"]


def positive(method: object, *names: str, or_zero: bool = False) -> None:
    """ValueError unless each attribute is finite and above 0, or 0 with `or_zero`."""
    for name in names:
        value = getattr(method, name)
        check_held(type(method).__name__, {name: value})
        if not (math.isfinite(value) and (value > 0 or (or_zero and value == 0))):
            expected = "0 or more" if or_zero else "above 0"
            raise ValueError(f"{type(method).__name__}: {name} must be {expected}, got {value}.")


def plain_layers(network: Network) -> tuple[Dense, ...]:
    """The layers of a network that has nothing but dense layers and their activations.

    Raises
    ------
    ValueError
        For any other network: its curvature is not known here.
    """
    for layer in network.layers:
        if not (isinstance(layer, Dense) and layer.is_plain):
            raise ValueError(
                "second-order methods take dense layers with an activation and nothing else, got"
                f" {brief(layer, LONG)}: take a first-order solver, such as Adam, or L-BFGS"
            )
    return network.dense_layers
