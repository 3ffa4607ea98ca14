"""Sums of squares beyond the floats, as a number times a power of two."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.support.types import Float64Array

__all__ = ["exponent_of", "mean_weights", "root_mean_square", "scaled_weights", "sum_of_squares"]


def exponent_of(x: Float64Array) -> int:
    """k, with which all of 2^-k · x, an exact product, lies between -1 and 1; 0 for zeros."""
    return int(np.frexp(np.abs(x).max(initial=0.0))[1])


def scaled_weights(weights: Float64Array | None, n: int) -> Float64Array:
    """Weights of n rows, the largest between 0.5 and 1: means are the same."""
    if weights is None:
        return np.ones(n)
    exact = weights.astype(np.float64)
    return np.ldexp(exact, -exponent_of(exact))


def mean_weights(sample_weight: Any) -> Float64Array | None:
    """Weights of a mean as numbers, whose sum is a float.

    Raises
    ------
    TypeError, ValueError
        For what no numbers can be made of, in NumPy's words.
    """
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, np.float64)
    is_huge = weights.size and np.isfinite(weights).all() and exponent_of(weights) > 900
    return np.ldexp(weights, -exponent_of(weights)) if is_huge else weights


def sum_of_squares(x: Float64Array, weights: Float64Array) -> tuple[float, int]:
    """s and k of Σ_i w_i ‖x_i‖² = s · 4^k, of x of shape (n_samples, n_columns)."""
    k = exponent_of(x)
    return float(weights @ (np.ldexp(x, -k) ** 2).sum(axis=1)), k


def root_mean_square(x: Float64Array, weights: Float64Array) -> float:
    """The root of the weighted mean of the squares of x, shape (n_samples,)."""
    total, k = sum_of_squares(x[:, None], weights)
    return float(np.ldexp(np.sqrt(total / weights.sum()), k))
