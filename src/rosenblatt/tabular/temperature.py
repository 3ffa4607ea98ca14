"""Calibration of class probabilities by one temperature (Guo et al. 2017)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from rosenblatt.model import Model
from rosenblatt.support.types import Float64Array, FloatArray, IntArray

__all__ = ["log_losses", "of_mean", "scaled_down", "temperature"]

LARGEST = 20.0  # and its inverse the smallest
# By how much the temperature of a single network exceeds that of the mean of very many (measured:
# decision 058).
NOISE = 0.15
SCORES_AT_ONCE = 1 << 20
MOST_SCORES = 1 << 23  # that the temperature is found by


def log_losses(scores: FloatArray, codes: IntArray) -> Float64Array:
    """-ln p of each row's class, from raw scores of shape (n, n_outputs)."""
    if scores.shape[1] == 1:
        s = scores[:, 0].astype(np.float64)
        return np.logaddexp(0, np.where(codes == 1, -s, s))
    losses = np.empty(len(scores))
    for rows in blocks_of_rows(scores.shape):
        below = scores[rows] - scores[rows].max(axis=1, keepdims=True)
        of_class = below[np.arange(len(below)), codes[rows]].astype(np.float64)
        # Of thousands of classes doubles would take longer than the scores themselves.
        losses[rows] = np.log(np.exp(below).sum(axis=1, dtype=np.float64)) - of_class
    return losses


def blocks_of_rows(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of rows that hold no more than `SCORES_AT_ONCE` numbers each."""
    step = max(1, SCORES_AT_ONCE // shape[1])
    return (slice(start, start + step) for start in range(0, shape[0], step))


def temperature(scores: FloatArray, codes: IntArray, weights: Float64Array | None) -> float:
    """The T that minimises the log loss of softmax(scores / T), of rows not trained on.

    Where there are many classes, some of the rows say it.

    Parameters
    ----------
    scores : array (n, n_outputs)
        Raw ones, of one output for two classes.
    codes : int array (n,)
    weights : array (n,), optional
    """
    every = -(-scores.size // MOST_SCORES)
    scores, codes = scores[::every], codes[::every]
    weights = None if weights is None else weights[::every]

    def loss(log_t: float) -> float:
        return float(np.average(log_losses(scores / math.exp(log_t), codes), weights=weights))

    bounds = (-math.log(LARGEST), math.log(LARGEST))
    return math.exp(float(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def of_mean(T: float, n_measured: float, n: int) -> float:
    """The temperature of the mean scores of n networks, from that of the mean of fewer.

    A row has been left out by one network, mostly, so that T is that of a single one. Noise in its
    scores makes it too sure, nearly in proportion to the noise's variance; the mean of n networks
    has an nth of that.

    Parameters
    ----------
    T : float
    n_measured : float
        Networks that the mean was of, by which T was found.
    n : int
    """
    return T * (1 + NOISE / n) / (1 + NOISE / n_measured)


def scaled_down(model: Model, T: float) -> Model:
    """The model whose scores are divided by T: its last layer's parameters are."""
    theta = model.parameters.copy()
    for array in model.network.layer_parameters(theta)[-1].values():
        array /= T
    return replace(model, parameters=theta)
