"""Minimises a loss over the weights of a linear model, in float64."""

from __future__ import annotations

import numpy as np
from scipy import optimize

from rosenblatt.losses import Loss
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["minimiser"]


def minimiser(
    loss: Loss, X: FloatArray, y: FloatArray, start: FloatArray, weights: FloatArray | None = None
) -> Float64Array:
    """The W, shape (n_inputs, n_outputs), that makes the mean of L(X W, y) least, by BFGS.

    Parameters
    ----------
    loss : Loss
    X : array (n, n_inputs)
    y : array (n, n_targets)
    start : array (n_inputs, n_outputs)
    weights : array (n,), optional
    """
    w = np.ones(len(X)) if weights is None else weights
    w = w / w.sum()

    def objective(flat: Float64Array) -> tuple[float, Float64Array]:
        scores = X @ flat.reshape(start.shape)
        gradient = X.T @ (w[:, None] * loss.gradient(scores, y))
        return float(w @ loss.value(scores, y)), gradient.ravel()

    flat = np.asarray(start, np.float64).ravel()
    # Again from where the first run lost itself in rounding.
    for _ in range(2):
        flat = optimize.minimize(
            objective, flat, jac=True, method="BFGS", options={"gtol": 1e-12}
        ).x
    return flat.reshape(start.shape)
