"""Losses over raw scores (theory L1-L13).

A loss owns its link: it takes the raw scores s of shape (n_samples, n_outputs) that leave the last
layer, and `inverse_link` turns them into predictions. `value` and `gradient` speak of single
samples; means, weights and penalties are the business of `backprop` and the engine.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import expit, logsumexp, xlogy

from rosenblatt.activations import Softmax
from rosenblatt.types import FloatArray

__all__ = [
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "Loss",
    "Poisson",
    "SquaredError",
]


class Loss(ABC):
    """A per-sample loss L(s, y) of raw scores."""

    @abstractmethod
    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        """L of every sample, shape (n_samples,)."""

    @abstractmethod
    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        """∂L/∂s of every sample, shape (n_samples, n_outputs): the δ of the last layer (B7)."""

    @abstractmethod
    def inverse_link(self, scores: FloatArray) -> FloatArray:
        """The prediction that the scores stand for, shape (n_samples, n_outputs)."""


@final
@dataclass(frozen=True)
class SquaredError(Loss):
    """L = ½ ‖s - y‖², outputs summed, so that the mean over samples is B4's J; δ = s - y (L1, L3).

    Minimising it is maximum likelihood under Gaussian noise of one variance (L2). The textbook MSE
    without the ½ is `mean_squared_error` of scikit-learn's metrics: twice this mean for one output.
    """

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        return 0.5 * (error * error).sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return scores - y

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L = -Σ_k [y ln p + (1-y) ln(1-p)], p = σ(s); δ = p - y (L7, L10).

    Targets are 0 or 1, shape (n_samples, n_outputs); several outputs are independent labels. Taken
    from the logit, ln p = -softplus(-s), it is exact for every finite score.

    `p_min` bounds p to [p_min, 1 - p_min] in the value alone, as scikit-learn's log loss does with
    the machine epsilon; the gradient is that of the unbounded loss in both libraries.
    """

    p_min: float = 0.0

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        ln_p = bound_ln_p(-np.logaddexp(0, -scores), self.p_min)
        ln_q = bound_ln_p(-np.logaddexp(0, scores), self.p_min)
        # Where a logit is infinite, 0·ln 0 counts as 0.
        of_one = y * np.where(y == 0, 0, ln_p)
        of_zero = (1 - y) * np.where(y == 1, 0, ln_q)
        return -(of_one + of_zero).sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        p: FloatArray = expit(scores)
        return p - y

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        p: FloatArray = expit(scores)
        return p


@final
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """L = -ln p_y, p = softmax(s), in log-sum-exp form; δ = p - onehot(y) (L8, L11).

    Targets are class codes 0 … n_outputs - 1, shape (n_samples, 1), in the scores' float type.
    `p_min` bounds p_y in the value alone; see `BinaryCrossEntropy`.
    """

    p_min: float = 0.0

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        codes = y.astype(np.intp)
        s_y = np.take_along_axis(scores, codes, axis=1)[:, 0]
        return -bound_ln_p(s_y - logsumexp(scores, axis=1), self.p_min)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        delta = Softmax().value(scores)
        delta[np.arange(len(delta)), y[:, 0].astype(np.intp)] -= 1
        return delta

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return Softmax().value(scores)


@final
@dataclass(frozen=True)
class Poisson(Loss):
    """L = Σ_k [y ln(y/μ) - y + μ], μ = eˢ: half the Poisson deviance; δ = μ - y (L18).

    Targets are counts or rates ≥ 0; y ln y is taken as 0 at y = 0.
    """

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        total: FloatArray = (xlogy(y, y) - y * scores - y + np.exp(scores)).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.exp(scores) - y

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return np.exp(scores)


def bound_ln_p(ln_p: FloatArray, p_min: float) -> FloatArray:
    """ln of p bounded to [p_min, 1 - p_min], given ln p; p_min = 0 leaves it as it is."""
    if p_min == 0:
        return ln_p
    return np.clip(ln_p, math.log(p_min), math.log1p(-p_min))
