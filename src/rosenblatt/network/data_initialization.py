"""Initial weights and biases that follow from rows of the data (theory N10)."""

from __future__ import annotations

import numpy as np

from rosenblatt.initializers import Rng
from rosenblatt.network.dense import Dense
from rosenblatt.network.network import Network
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["fit_initial_parameters"]


def fit_initial_parameters(
    network: Network,
    theta: FloatArray,
    X: FloatArray,
    rng: Rng,
    n_rows_a_bias: int = 5,
) -> None:
    """Fit the initial weights and biases of dense layers to rows, layer by layer and in place.

    Over the rows x W of every unit then has the standard deviation 1, and a unit's bias puts its
    zero to where a random mixture of a few rows is, with weights uniform over the simplex: the
    bend of a unit lies among the data (Steinwart 2019, 'he+5'). RealMLP begins so (Holzmüller,
    Grinsztajn & Steinwart 2024). The rows pass as in a prediction, without dropout.

    A unit of the same value for all rows keeps its weights.

    Parameters
    ----------
    network : Network
    theta : array (n_parameters,)
        As `Network.initial_parameters` makes it; those of other layers stay.
    X : array (n_samples, n_inputs)
    rng : RandomState or Generator
        Draws the rows and their shares.
    n_rows_a_bias : int, default 5
    """
    state = network.layer_state(network.initial_state(theta.dtype))
    x = np.asarray(X, theta.dtype)
    parameters = network.layer_parameters(theta)
    for layer, arrays, running in zip(network.layers, parameters, state, strict=True):
        if isinstance(layer, Dense):
            W = arrays["weight"]
            z = matmul(x, W) * (len(W) ** -0.5 if layer.ntk else 1.0)
            spread = z.std(axis=0)
            usable = np.isfinite(spread) & (spread > 1e-6 * np.abs(z).max(axis=0, initial=0))
            spread = np.where(usable, spread, 1)
            W /= spread
            arrays["bias"][...] = -mixture(z / spread, rng, n_rows_a_bias)
        x = layer.forward(arrays, running, x, None).out


def mixture(z: FloatArray, rng: Rng, n: int) -> FloatArray:
    """For every column the mean of n of its values, weighted uniformly over the simplex."""
    n_samples, n_units = z.shape
    rows = (rng.uniform(size=(n, n_units)) * n_samples).astype(np.int64)
    shares = rng.exponential(size=(n, n_units))
    picked = np.take_along_axis(z, rows, axis=0)
    mixed: FloatArray = (picked * shares / shares.sum(axis=0)).sum(axis=0)
    return mixed
