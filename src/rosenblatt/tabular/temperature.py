"""Calibration of class probabilities by one temperature (Guo et al. 2017)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from rosenblatt.model import Model
from rosenblatt.support.types import Float64Array, FloatArray, IntArray

__all__ = ["log_losses", "scaled_down", "temperature"]

LARGEST = 20.0  # and its inverse the smallest


def log_losses(scores: FloatArray, codes: IntArray) -> Float64Array:
    """-ln p of each row's class, from raw scores of shape (n, n_outputs)."""
    s = scores.astype(np.float64)
    if s.shape[1] == 1:
        return np.logaddexp(0, np.where(codes == 1, -s[:, 0], s[:, 0]))
    of_class: Float64Array = log_softmax(s, axis=1)[np.arange(len(codes)), codes]
    return -of_class


def temperature(scores: FloatArray, codes: IntArray, weights: Float64Array | None) -> float:
    """The T that minimises the log loss of softmax(scores / T), of rows not trained on.

    Parameters
    ----------
    scores : array (n, n_outputs)
        Raw ones, of one output for two classes.
    codes : int array (n,)
    weights : array (n,), optional
    """

    def loss(log_t: float) -> float:
        return float(np.average(log_losses(scores / math.exp(log_t), codes), weights=weights))

    bounds = (-math.log(LARGEST), math.log(LARGEST))
    return math.exp(float(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def scaled_down(model: Model, T: float) -> Model:
    """The model whose scores are divided by T: its last layer's parameters are."""
    theta = model.parameters.copy()
    for array in model.network.layer_parameters(theta)[-1].values():
        array /= T
    return replace(model, parameters=theta)
