"""Initial parameters: initialisers by name, and the one that depends on the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.activations import Activation, Sigmoid, Tanh
from rosenblatt.engine.blas import blas_for
from rosenblatt.initializers import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    LeCunNormal,
    LeCunUniform,
    NguyenWidrow,
    Orthogonal,
    RandomBiasUniform,
    Rng,
    for_inputs_between,
)
from rosenblatt.network import Network
from rosenblatt.options.names import member
from rosenblatt.problem import Arrays, Matrix
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.types import FloatArray

__all__ = ["INITIALIZERS", "first_parameters", "scikit_learns_initializer"]

INITIALIZERS: dict[str, Initializer] = {
    "glorot_normal": GlorotNormal(),
    "glorot_uniform": GlorotUniform(),
    "he_normal": HeNormal(),
    "he_uniform": HeUniform(),
    "lecun_normal": LeCunNormal(),
    "lecun_uniform": LeCunUniform(),
    "nguyen_widrow": NguyenWidrow(),
    "orthogonal": Orthogonal(),
    "random_bias_uniform": RandomBiasUniform(),
}

# Initialisers that draw each number independently and call no BLAS.
ENTRY_BY_ENTRY = (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LeCunNormal,
    LeCunUniform,
    RandomBiasUniform,
)

# The activations of Nguyen and Widrow's method: the width of the nonlinear range, relative to that
# of tanh, and the range of values.
SATURATING: dict[type[Activation], tuple[float, tuple[float, float]]] = {
    Tanh: (1.0, (-1.0, 1.0)),
    Sigmoid: (2.0, (0.0, 1.0)),
}


def scikit_learns_initializer(activations: Sequence[Activation]) -> Initializer:
    """The initialiser that scikit-learn uses with these hidden activations."""
    return RandomBiasUniform(2.0 if all(isinstance(g, Sigmoid) for g in activations) else 6.0)


def first_parameters(
    wanted: str | Initializer | None,
    default: Initializer,
    network: Network,
    arrays: Arrays,
    rng: Rng,
    n_jobs: int | None = None,
    deterministic: bool = False,
) -> FloatArray:
    """The initial θ, in X's float type; `wanted` is the estimator's `initializer`."""
    otherwise = "None, or an object of rosenblatt.initializers"
    if isinstance(wanted, str):
        chosen = member(INITIALIZERS, wanted, "initializer", otherwise)
    else:
        chosen = wanted or default
    if isinstance(chosen, ENTRY_BY_ENTRY):
        return network.initial_parameters(rng, chosen, arrays.X.dtype)
    factorised = max(n_in * n_out * min(n_in, n_out) for n_in, n_out in network.shapes)
    with blas_for(factorised, n_jobs, deterministic):
        if isinstance(chosen, NguyenWidrow):
            theta = nguyen_widrow(chosen, default, network, arrays.gathered().X, rng)
        else:
            theta = network.initial_parameters(rng, chosen, arrays.X.dtype)
    if not np.isfinite(theta).all():
        raise ValueError(
            f"{type(chosen).__name__} gives weights that are not finite in {theta.dtype}: an"
            " initializer must draw numbers that it holds."
        )
    return theta


def nguyen_widrow(
    chosen: NguyenWidrow, default: Initializer, network: Network, X: Matrix, rng: Rng
) -> FloatArray:
    """θ with hidden layers by Nguyen and Widrow's method and the output layer by `default`.

    The units of the first layer cover the ranges of X's columns, those of a later layer the range
    of the activation before it.
    """
    if any(layer.normalization is not None or layer.residual for layer in network.dense_layers):
        raise ValueError(
            "initializer='nguyen_widrow' lays units over the values that reach their layer, which a"
            " normalization scales anew and a residual connection adds to: take another"
            " initializer, such as 'glorot_uniform', or leave out normalization and residual."
        )
    low, high = column_ranges(X)
    weights, biases = [], []
    for layer, (n_in, n_out) in zip(network.dense_layers[:-1], network.shapes[:-1], strict=True):
        known = SATURATING.get(type(layer.activation))
        if known is None:
            raise ValueError(
                "initializer='nguyen_widrow' spreads out the bent stretches of saturating units,"
                f" which {type(layer.activation).__name__} does not have: take activation='tanh'"
                " or 'logistic', or another initializer, such as 'he_normal'."
            )
        stretch, (lowest, highest) = known
        W, b = NguyenWidrow(chosen.stretch * stretch).draw(rng, n_in, n_out)
        W, b = for_inputs_between(low, high, W, b)
        weights.append(W)
        biases.append(b)
        low, high = np.full(n_out, lowest), np.full(n_out, highest)
    W, b = default.draw(rng, *network.shapes[-1])
    return network.pack([*weights, W], [*biases, b], X.dtype)


def column_ranges(X: Matrix) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest value of every column, shape (n_features,), in float64."""
    given = X.toarray() if isinstance(X, Pixels) else X
    ends: list[Any] = [given.min(axis=0), given.max(axis=0)]
    low, high = (e if isinstance(e, np.ndarray) else e.toarray() for e in ends)
    return np.ravel(low).astype(np.float64), np.ravel(high).astype(np.float64)
