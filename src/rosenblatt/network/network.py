"""The frozen description of a network, and the layout of its one flat parameter vector.

Layer l holds weights W^l of shape (n_in, n_out), row by row, then biases b^l of shape (n_out,);
then, where it has them, the scale γ^l and the shift β^l of a normalisation, both of shape (n_out,),
and the projection P^l of a residual connection, shape (n_in, n_out). The layers follow one another:
θ = [W¹ b¹ W² b² …]. (The paper's W^l is this one transposed.)

What a network learns without a gradient is its state, another flat vector: the running means and
variances of its batch normalisations, layer by layer, each of shape (n_out,).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Activation, Identity
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.normalizations import BatchNorm, Normalization
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["PENALISED", "Dense", "Network"]

# The names of the parameters that a penalty acts on: what multiplies a layer's input.
PENALISED = ("weight", "projection")


@final
@dataclass(frozen=True)
class Dense:
    """A block around a fully connected layer: z = a W + b and a = g(z) (B1, B2), and more to it.

    In this order: dense, normalisation, activation, dropout, residual connection.

    Attributes
    ----------
    n_outputs : int
    activation : Activation
    normalization : Normalization, optional
        Of a W + b, followed by a learned scale and shift.
    dropout : float
        Probability with which a unit's output is left out of a training step, in [0, 1).
    residual : bool
        Whether the block's input is added to its output (He et al. 2016), through a learned
        projection x P where their widths differ.
    """

    n_outputs: int
    activation: Activation = field(default_factory=Identity)
    normalization: Normalization | None = None
    dropout: float = 0.0
    residual: bool = False

    def __post_init__(self) -> None:
        if self.n_outputs < 1:
            raise ValueError(f"a layer needs at least one unit, got n_outputs={self.n_outputs}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be in [0, 1), got dropout={self.dropout}")


@final
@dataclass(frozen=True)
class Network:
    """A chain of layers over `n_inputs` features. It returns raw scores: the loss owns the link.

    With `input_noise`, a training step adds Gaussian noise of that standard deviation to what comes
    in.
    """

    n_inputs: int
    layers: tuple[Dense, ...]
    input_noise: float = 0.0

    def __post_init__(self) -> None:
        if self.n_inputs < 1:
            raise ValueError(f"a network needs at least one input, got n_inputs={self.n_inputs}")
        if not self.layers:
            raise ValueError("a network needs at least one layer")
        if not 0 <= self.input_noise < np.inf:
            raise ValueError(f"input_noise must be 0 or more, got {self.input_noise}")

    @property
    def n_outputs(self) -> int:
        return self.layers[-1].n_outputs

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(n_in, n_out) of every layer's weights."""
        units = (self.n_inputs, *(layer.n_outputs for layer in self.layers))
        return tuple(pairwise(units))

    @property
    def parameter_shapes(self) -> list[dict[str, tuple[int, ...]]]:
        """Name to shape of every layer's parameters, in the order in which θ holds them."""
        layers: list[dict[str, tuple[int, ...]]] = []
        for layer, (n_in, n_out) in zip(self.layers, self.shapes, strict=True):
            layers.append({"weight": (n_in, n_out), "bias": (n_out,)})
            if layer.normalization is not None:
                layers[-1] |= {"scale": (n_out,), "shift": (n_out,)}
            if layer.residual and n_in != n_out:
                layers[-1]["projection"] = (n_in, n_out)
        return layers

    @property
    def n_parameters(self) -> int:
        return sum(prod(shape) for shapes in self.parameter_shapes for shape in shapes.values())

    @property
    def state_shapes(self) -> list[dict[str, tuple[int, ...]]]:
        """Name to shape of what every layer has in the state."""
        return [
            dict.fromkeys(("running_mean", "running_var"), (layer.n_outputs,))
            if isinstance(layer.normalization, BatchNorm)
            else {}
            for layer in self.layers
        ]

    @property
    def n_state(self) -> int:
        return sum(prod(shape) for shapes in self.state_shapes for shape in shapes.values())

    @property
    def is_random(self) -> bool:
        """Whether a training step draws at random."""
        return self.input_noise > 0 or any(layer.dropout > 0 for layer in self.layers)

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
        """Running means of 0 and variances of 1."""
        state = np.zeros(self.n_state, dtype)
        for layer in self.layer_state(state):
            if "running_var" in layer:
                layer["running_var"][...] = 1
        return state

    def named_parameters(self, theta: FloatArray) -> dict[str, FloatArray]:
        """The same in one: 'layers.0.weight', 'layers.0.bias', 'layers.1.weight', …"""
        return with_prefixes(self.layer_parameters(theta))

    def weights_and_biases(self, theta: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """(W, b) of every layer as views into θ, shape (n_parameters,)."""
        return [(layer["weight"], layer["bias"]) for layer in self.layer_parameters(theta)]

    def squared_norms(self, g: FloatArray) -> npt.NDArray[np.float64]:
        """‖·‖² of each layer's part of a flat vector, shape (n_layers,)."""
        layers = self.layer_parameters(g)
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

    def initial_parameters(
        self, rng: Rng, initializer: Initializer, dtype: npt.DTypeLike = np.float64
    ) -> FloatArray:
        """θ drawn layer by layer, in float64, then rounded to `dtype`.

        Projections are weights; normalisations begin with scale 1 and shift 0.
        """
        theta = aligned_zeros(self.n_parameters, np.float64)
        for (n_in, n_out), layer in zip(self.shapes, self.layer_parameters(theta), strict=True):
            layer["weight"][...], layer["bias"][...] = initializer.draw(rng, n_in, n_out)
            if "scale" in layer:
                layer["scale"][...] = 1
            if "projection" in layer:
                layer["projection"][...], _ = initializer.draw(rng, n_in, n_out)
        return theta if np.dtype(dtype) == np.float64 else rounded(theta, dtype)


def views(
    flat: FloatArray, shapes: list[dict[str, tuple[int, ...]]]
) -> list[dict[str, FloatArray]]:
    """Stretches of a flat vector, one after the other."""
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
