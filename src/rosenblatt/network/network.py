"""The frozen description of a network, and the layout of its one flat parameter vector.

θ holds the layers' parameters one layer after another, each array row by row: of a dense block the
weights W^l of shape (n_in, n_out) and the biases b^l of shape (n_out,); then, where it has them,
the scale γ^l and the shift β^l of a normalisation, both of shape (n_out,), and the projection P^l
of a residual connection, shape (n_in, n_out). So θ = [W¹ b¹ W² b² …]. (The papers' W^l is this one
transposed.)

What a network learns without a gradient is its state, another flat vector, in the same order: the
running means and variances of batch normalisations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from math import prod
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.dense import Dense
from rosenblatt.network.layer import Bounds, Layer, NativeForm, Shape
from rosenblatt.network.layout import beside_dense, fill, rounded, views, with_prefixes
from rosenblatt.network.random_layers import GaussianNoise
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.field_types import check_count, check_list
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["Network", "TooManyWeights"]

NAME = re.compile(r"[a-z0-9_.]+")
MOST_WEIGHTS = 2**48  # that a processor has addresses for


class TooManyWeights(ValueError):
    """Of layers that no memory holds."""


@final
@dataclass(frozen=True)
class Network:
    """A chain of layers over `n_inputs` features. It returns raw scores: the loss owns the link.

    Attributes
    ----------
    n_inputs : int
        Numbers of one sample; the first layer takes the shape (n_inputs,).
    layers : tuple of Layer
        Each takes the shape that the one before gives; the last gives (n_outputs,), or of the
        members of an ensemble (n_members, n_outputs). The loss is then the mean of the members',
        and the prediction the mean of their predictions.
    input_noise : float
        Standard deviation of the Gaussian noise that a training step adds to the input.
    """

    n_inputs: int
    layers: tuple[Layer, ...]
    input_noise: float = 0.0

    def __post_init__(self) -> None:
        check_count("n_inputs", self.n_inputs)
        if self.n_inputs < 1:
            raise ValueError(f"a network needs at least one input, got n_inputs={self.n_inputs}")
        check_list("layers", self.layers)
        if not self.layers:
            raise ValueError("a network needs at least one layer")
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"a network takes layers such as Dense(3), got {brief(layer)}")
        GaussianNoise(self.input_noise)  # checks the number
        if len(self.layer_shapes[-1]) != 1 + self.layers[-1].gives_members:
            raise ValueError(
                f"a network ends with outputs of shape (n,), and {brief(self.layers[-1], LONG)}"
                f" gives {self.layer_shapes[-1]}"
            )
        if self.n_parameters > MOST_WEIGHTS:
            raise TooManyWeights(
                "the layers make a network of more weights than any memory holds: take fewer units"
            )
        if any(layer.takes_codes for layer in self.layers[1:]):
            raise ValueError("codes of categories are features: their layer comes first")
        if self.input_noise and self.layers[0].takes_codes:
            raise ValueError("noise cannot be added to codes of categories: take input_noise=0")
        for name in (n for shapes in self.parameter_shapes for n in shapes):
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"a parameter cannot be called {brief(name)}: take lower-case letters, digits,"
                    " underscores and points"
                )

    @cached_property
    def layer_shapes(self) -> tuple[Shape, ...]:
        """The shape of a sample that comes into each layer, and of what leaves the last."""
        shapes: list[Shape] = [(self.n_inputs,)]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    @property
    def n_outputs(self) -> int:
        return self.layer_shapes[-1][-1]

    @property
    def n_members(self) -> int:
        """Of the ensemble that it is; 1 for a network without members."""
        *members, _ = self.layer_shapes[-1]
        return prod(members)

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """The numbers of a sample that come into each layer and that leave it.

        Of a dense block it is the shape of its weights.
        """
        return tuple(pairwise(map(prod, self.layer_shapes)))

    @cached_property
    def parameter_shapes(self) -> tuple[Mapping[str, Shape], ...]:
        """Name to shape of every layer's parameters, in the order in which θ holds them."""
        return tuple(
            layer.parameter_shapes(shape)
            for layer, shape in zip(self.layers, self.layer_shapes, strict=False)
        )

    @cached_property
    def n_parameters(self) -> int:
        return sum(prod(shape) for shapes in self.parameter_shapes for shape in shapes.values())

    @cached_property
    def state_shapes(self) -> tuple[Mapping[str, Shape], ...]:
        """Name to shape of what every layer has in the state."""
        return tuple(
            layer.state_shapes(shape)
            for layer, shape in zip(self.layers, self.layer_shapes, strict=False)
        )

    @cached_property
    def n_state(self) -> int:
        return sum(prod(shape) for shapes in self.state_shapes for shape in shapes.values())

    @cached_property
    def is_random(self) -> bool:
        """Whether a training step draws at random."""
        return self.input_noise > 0 or any(layer.is_random for layer in self.layers)

    @cached_property
    def penalised(self) -> tuple[tuple[str, ...], ...]:
        """The names of every layer's parameters that a penalty acts on."""
        return tuple(
            tuple(name for name in layer.penalised if name in shapes)
            for layer, shapes in zip(self.layers, self.parameter_shapes, strict=True)
        )

    @cached_property
    def bounds(self) -> Bounds | None:
        """Lowest and highest θ, shape (n_parameters,) each, infinite where it is free; or None."""
        given = [
            layer.bounds(shape)
            for layer, shape in zip(self.layers, self.layer_shapes, strict=False)
        ]
        if not any(given):
            return None
        low, high = np.full(self.n_parameters, -np.inf), np.full(self.n_parameters, np.inf)
        for lows, highs, bounds in zip(
            self.layer_parameters(low), self.layer_parameters(high), given, strict=True
        ):
            for name, (lowest, highest) in bounds.items():
                lows[name][...], highs[name][...] = lowest, highest
        return low, high

    @cached_property
    def native_forms(self) -> tuple[NativeForm | None, ...]:
        """Every layer for the native engine; None for one that has no kernel there."""
        return tuple(layer.native_form() for layer in self.layers)

    @cached_property
    def costs(self) -> tuple[float, ...]:
        """Multiply-adds of a dense sample in every layer."""
        return tuple(
            layer.cost(shape) for layer, shape in zip(self.layers, self.layer_shapes, strict=False)
        )

    def cost(self, entries: float | None = None) -> float:
        """Multiply-adds of a sample in all layers; `entries` of a sparse row, in the mean."""
        first, *rest = self.costs
        if entries is not None:
            first = self.layers[0].cost(self.layer_shapes[0], entries)
        return first + sum(rest)

    @property
    def dense_layers(self) -> tuple[Dense, ...]:
        """The layers, if all of them are dense blocks.

        Raises
        ------
        ValueError
            If one is of another kind.
        """
        for layer in self.layers:
            if not isinstance(layer, Dense):
                raise ValueError(
                    f"this works with networks of Dense layers alone, got {brief(layer, LONG)}"
                )
        return tuple(layer for layer in self.layers if isinstance(layer, Dense))

    def layer_parameters(self, theta: FloatArray) -> list[dict[str, FloatArray]]:
        """Every layer's parameters by name, as views into θ, shape (n_parameters,)."""
        if theta.shape != (self.n_parameters,):
            raise ValueError(
                f"expected a flat vector of {self.n_parameters} parameters, got {theta.shape}"
            )
        return views(theta, self.parameter_shapes)

    def layer_state(self, state: FloatArray | None) -> list[dict[str, FloatArray]]:
        """Every layer's part of the state by name, as views; nothing where none is given."""
        if state is None:
            return [{} for _ in self.layers]
        if state.shape != (self.n_state,):
            raise ValueError(f"expected a state of {self.n_state} numbers, got {state.shape}")
        return views(state, self.state_shapes)

    def named_state(self, state: FloatArray | None) -> dict[str, FloatArray]:
        """The same in one: 'layers.0.running_mean', 'layers.0.running_var', …"""
        return with_prefixes(self.layer_state(state))

    def initial_state(self, dtype: npt.DTypeLike = np.float64) -> FloatArray:
        """The state to begin with, such as running means of 0 and variances of 1."""
        state = np.zeros(self.n_state, dtype)
        for layer, arrays in zip(self.layers, self.layer_state(state), strict=True):
            layer.initialize_state(arrays)
        return state

    def named_parameters(self, theta: FloatArray) -> dict[str, FloatArray]:
        """The same in one: 'layers.0.weight', 'layers.0.bias', 'layers.1.weight', …"""
        return with_prefixes(self.layer_parameters(theta))

    def weights_and_biases(self, theta: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """(W, b) of every layer of dense blocks, as views into θ, shape (n_parameters,).

        Raises
        ------
        ValueError
            If a layer is no dense block.
        """
        layers = self.layer_parameters(theta)
        if not all("weight" in layer and "bias" in layer for layer in layers):
            assert self.dense_layers
        return [(layer["weight"], layer["bias"]) for layer in layers]

    def squared_norms(self, g: FloatArray) -> npt.NDArray[np.float64]:
        """‖·‖² of each layer's part of a flat vector, shape (n_layers,)."""
        layers = self.layer_parameters(g)
        with np.errstate(over="ignore"):  # squares may be infinite where g is not
            return np.array([sum(float((p * p).sum()) for p in layer.values()) for layer in layers])

    def pack(
        self,
        weights: Sequence[npt.ArrayLike],
        biases: Sequence[npt.ArrayLike],
        dtype: npt.DTypeLike = np.float64,
        others: Mapping[str, npt.ArrayLike] | None = None,
    ) -> FloatArray:
        """A new flat vector from the layers' weights and biases: the inverse of the views.

        `others` has by name what the layers hold beside them.
        """
        if not len(weights) == len(biases) == len(self.layers):
            raise ValueError(
                f"expected weights and biases of {len(self.layers)} layers, got {len(weights)} and"
                f" {len(biases)}"
            )
        theta = aligned_zeros(self.n_parameters, dtype)
        for (w, b), w_given, b_given in zip(
            self.weights_and_biases(theta), weights, biases, strict=True
        ):
            w_array, b_array = np.asarray(w_given), np.asarray(b_given)
            if w_array.shape != w.shape or b_array.shape != b.shape:
                raise ValueError(
                    f"expected weights of shape {w.shape} and biases of shape {b.shape}, "
                    f"got {w_array.shape} and {b_array.shape}"
                )
            w[...] = w_array
            b[...] = b_array
        fill(beside_dense(self.named_parameters(theta)), others or {})
        return theta

    def pack_named(
        self, named: Mapping[str, npt.ArrayLike], dtype: npt.DTypeLike = np.float64
    ) -> FloatArray:
        """A new flat vector: the inverse of `named_parameters`."""
        theta = aligned_zeros(self.n_parameters, dtype)
        fill(self.named_parameters(theta), named)
        return theta

    def initial_parameters(
        self, rng: Rng, initializer: Initializer, dtype: npt.DTypeLike = np.float64
    ) -> FloatArray:
        """θ drawn layer by layer, in float64, then rounded to `dtype`."""
        theta = aligned_zeros(self.n_parameters, np.float64)
        for layer, arrays in zip(self.layers, self.layer_parameters(theta), strict=True):
            layer.initialize(arrays, rng, initializer)
        return theta if np.dtype(dtype) == np.float64 else rounded(theta, dtype)

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # without what is cached
