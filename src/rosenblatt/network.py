"""The frozen description of a network, and the layout of its one flat parameter vector.

Layer l holds weights W^l of shape (n_in, n_out), row by row, then biases b^l of shape (n_out,);
the layers follow one another: θ = [W¹ b¹ W² b² …]. (The paper's W^l is this one transposed.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Activation, Identity
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.types import FloatArray, aligned_zeros

__all__ = ["Dense", "Network"]


@final
@dataclass(frozen=True)
class Dense:
    """A fully connected layer: z = a W + b, a = g(z) (B1, B2)."""

    n_outputs: int
    activation: Activation = field(default_factory=Identity)

    def __post_init__(self) -> None:
        if self.n_outputs < 1:
            raise ValueError(f"a layer needs at least one unit, got n_outputs={self.n_outputs}")


@final
@dataclass(frozen=True)
class Network:
    """A chain of layers over `n_inputs` features. It returns raw scores: the loss owns the link."""

    n_inputs: int
    layers: tuple[Dense, ...]

    def __post_init__(self) -> None:
        if self.n_inputs < 1:
            raise ValueError(f"a network needs at least one input, got n_inputs={self.n_inputs}")
        if not self.layers:
            raise ValueError("a network needs at least one layer")

    @property
    def n_outputs(self) -> int:
        return self.layers[-1].n_outputs

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(n_in, n_out) of every layer's weights."""
        units = (self.n_inputs, *(layer.n_outputs for layer in self.layers))
        return tuple(pairwise(units))

    @property
    def n_parameters(self) -> int:
        return sum(n_in * n_out + n_out for n_in, n_out in self.shapes)

    def weights_and_biases(self, theta: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """(W, b) of every layer as views into θ, shape (n_parameters,)."""
        if theta.shape != (self.n_parameters,):
            raise ValueError(
                f"expected a flat vector of {self.n_parameters} parameters, got {theta.shape}"
            )
        views = []
        start = 0
        for n_in, n_out in self.shapes:
            end = start + n_in * n_out
            views.append((theta[start:end].reshape(n_in, n_out), theta[end : end + n_out]))
            start = end + n_out
        return views

    def squared_norms(self, g: FloatArray) -> npt.NDArray[np.float64]:
        """‖·‖² of each layer's part of a flat vector, shape (n_layers,)."""
        parts = self.weights_and_biases(g)
        return np.array([float((W * W).sum() + (b * b).sum()) for W, b in parts])

    def pack(
        self,
        weights: Sequence[npt.ArrayLike],
        biases: Sequence[npt.ArrayLike],
        dtype: npt.DTypeLike = np.float64,
    ) -> FloatArray:
        """A new flat vector from the layers' weights and biases: the inverse of the views."""
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
        return theta

    def initial_parameters(
        self, rng: Rng, initializer: Initializer, dtype: npt.DTypeLike = np.float64
    ) -> FloatArray:
        """θ drawn layer by layer, in float64, then rounded to `dtype`."""
        drawn = [initializer.draw(rng, n_in, n_out) for n_in, n_out in self.shapes]
        return self.pack([w for w, _ in drawn], [b for _, b in drawn], dtype)
