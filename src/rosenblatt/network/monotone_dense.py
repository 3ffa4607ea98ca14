"""A dense block that goes in one direction with its inputs, whatever they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.activations import Activation, Identity, ReLU
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.activation_field import check_activation
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.affine import Affine, width
from rosenblatt.network.composed import Composed, register_composed
from rosenblatt.network.layer import Arrays, Bounds, Layer, NativeForm, Shape
from rosenblatt.network.random_layers import Dropout
from rosenblatt.network.sequential import Sequential
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.field_types import check_counts
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.types import Float64Array

__all__ = ["MonotoneDense"]


@final
@dataclass(frozen=True)
class MonotoneDense(Composed):
    """a = g(x W + b) whose weights keep directions (N14; cf. Runje & Shankaranarayana 2023).

    An input of direction d_i = 1 rises with what the network is to be monotone in, one of -1 falls
    with it, and one of 0 does not depend on it; likewise every unit, of direction d_j. So a weight
    from an input of d_i ≠ 0 has the sign of d_i d_j, and is 0 into a unit of d_j = 0. Other weights
    and all biases are free. A step brings weights back to these bounds, and they begin with the
    size of a dense layer's.

    A sum of terms that do not fall does not fall either when it is rounded, if all rows have one
    order of the terms; so neither does a chain of such layers, to the last bit.

    Attributes
    ----------
    inputs, units : tuple of int
        The direction of each: -1, 0 or 1.
    activation : ReLU or Identity
    dropout : float
        As in `Dense`.

    Raises
    ------
    ValueError
        For other directions, and for activations that are not known to be monotone to the last bit.
    """

    inputs: tuple[int, ...]
    units: tuple[int, ...]
    activation: Activation = field(default_factory=Identity)
    dropout: float = 0.0

    def __post_init__(self) -> None:
        check_counts("inputs", self.inputs)
        check_counts("units", self.units)
        check_activation(self.activation)
        Affine(len(self.units)), Dropout(self.dropout)  # they check the numbers
        if not {*self.inputs, *self.units} <= {-1, 0, 1}:
            raise ValueError("the directions of a monotone layer are -1, 0 and 1")
        if not isinstance(self.activation, Identity | ReLU):
            raise ValueError(
                f"a monotone layer takes the activations ReLU() and Identity(), got"
                f" {brief(self.activation)}"
            )

    def composition(self) -> Layer:
        parts: list[Layer] = [Affine(len(self.units)), ActivationLayer(self.activation)]
        if self.dropout:
            parts.append(Dropout(self.dropout))
        return Sequential(tuple(parts), has_prefixes=False)

    @cached_property
    def signs(self) -> Float64Array:
        """Of every weight, shape (n_in, n_out): 1, -1, 0 for none at all, NaN for any."""
        of_inputs = np.array(self.inputs, np.float64)[:, None]
        signs = of_inputs * np.array(self.units, np.float64)
        return np.where(of_inputs == 0, np.nan, signs)

    def output_shape(self, shape: Shape) -> Shape:
        if width(self, shape) != len(self.inputs):
            raise ValueError(f"{brief(self, LONG)} takes {len(self.inputs)} inputs, got {shape[0]}")
        return (len(self.units),)

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        signs = self.signs
        low = np.where((signs == 1) | (signs == 0), 0.0, -np.inf)
        high = np.where((signs == -1) | (signs == 0), 0.0, np.inf)
        return {"weight": (low, high)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        self.block.initialize(parameters, rng, initializer)
        weight = parameters["weight"]
        weight[...] = np.where(np.isnan(self.signs), weight, self.signs * np.abs(weight))

    @property
    def name(self) -> str:
        return f"monotone {type(self.activation).__name__}"

    def native_form(self) -> NativeForm:
        given = {
            "units": len(self.units),
            "activation": self.activation,
            "dropout": self.dropout,
            "ordered": True,
        }
        return NativeForm("Dense", given, frozenset({"dropout"}))

    def __repr__(self) -> str:
        """Without the directions, of which there are hundreds."""
        return f"<MonotoneDense: {len(self.inputs)} inputs, {len(self.units)} units>"


register_composed(MonotoneDense)
