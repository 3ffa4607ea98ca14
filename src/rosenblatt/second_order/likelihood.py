"""The distributions whose negative log-likelihoods the losses are (theory L2, L10, L18).

A natural gradient needs them: the Fisher matrix is an expectation over targets drawn from the
model, not over those of the data (theory G16).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from scipy.special import expit

from rosenblatt.activations import Softmax
from rosenblatt.initializers import Rng
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)
from rosenblatt.support.types import FloatArray

__all__ = ["LIKELIHOODS", "Likelihood", "likelihood_of"]


class Likelihood(ABC):
    """p(y | s), with -ln p(y | s) the `loss` but for a term without s."""

    loss: ClassVar[Loss]

    @abstractmethod
    def draw(self, rng: Rng, scores: FloatArray) -> FloatArray:
        """Targets in the loss's terms, one for each row of scores."""

    @abstractmethod
    def fisher(self, scores: FloatArray, u: FloatArray) -> FloatArray:
        """F u row by row, F = E[∇ₛL ∇ₛLᵀ], shape (n_samples, n_outputs).

        With these links it is the Hessian ∂²L/∂s² as well, whatever the target: the natural
        gradient's curvature is the generalised Gauss-Newton's.
        """


@final
@dataclass(frozen=True)
class Gaussian(Likelihood):
    """y ~ N(s, 1) in each output, of the squared error (theory L2); F = I."""

    loss: ClassVar[Loss] = SquaredError()

    def draw(self, rng: Rng, scores: FloatArray) -> FloatArray:
        return scores + rng.standard_normal(scores.shape).astype(scores.dtype)

    def fisher(self, scores: FloatArray, u: FloatArray) -> FloatArray:
        return u


@final
@dataclass(frozen=True)
class Bernoulli(Likelihood):
    """y = 1 with p = σ(s) in each output, of the binary cross-entropy; F = diag(p (1 - p))."""

    loss: ClassVar[Loss] = BinaryCrossEntropy()

    def draw(self, rng: Rng, scores: FloatArray) -> FloatArray:
        return (rng.uniform(size=scores.shape) < expit(scores)).astype(scores.dtype)

    def fisher(self, scores: FloatArray, u: FloatArray) -> FloatArray:
        p: FloatArray = expit(scores)
        return p * (1 - p) * u


@final
@dataclass(frozen=True)
class Categorical(Likelihood):
    """One class with p = softmax(s), of the categorical cross-entropy; F = diag(p) - p pᵀ (L12)."""

    loss: ClassVar[Loss] = CategoricalCrossEntropy()

    def draw(self, rng: Rng, scores: FloatArray) -> FloatArray:
        # The largest of s + Gumbel noise is drawn with p = softmax(s).
        gumbel = -np.log(-np.log(rng.uniform(np.finfo(np.float64).tiny, 1, scores.shape)))
        return np.argmax(scores + gumbel, axis=1)[:, None].astype(scores.dtype)

    def fisher(self, scores: FloatArray, u: FloatArray) -> FloatArray:
        p = Softmax().value(scores)
        return p * (u - (p * u).sum(axis=1, keepdims=True))


@final
@dataclass(frozen=True)
class Counts(Likelihood):
    """y ~ Poisson(μ) with μ = eˢ in each output, of the Poisson loss (L18); F = diag(μ)."""

    loss: ClassVar[Loss] = Poisson()

    def draw(self, rng: Rng, scores: FloatArray) -> FloatArray:
        mean = np.exp(scores)
        # Beyond 1e15 a count differs from its mean by less than float64 resolves.
        return np.where(mean < 1e15, rng.poisson(np.minimum(mean, 1e15)), mean).astype(scores.dtype)

    def fisher(self, scores: FloatArray, u: FloatArray) -> FloatArray:
        return np.exp(scores) * u


LIKELIHOODS: dict[type[Loss], Likelihood] = {
    type(one.loss): one for one in (Gaussian(), Bernoulli(), Categorical(), Counts())
}


def likelihood_of(loss: Loss) -> Likelihood:
    """The distribution of a loss, with or without label smoothing.

    Smoothing changes the targets, on which the curvature ∂²L/∂s² does not depend.

    Raises
    ------
    ValueError
        If the loss is not the negative log-likelihood of a known distribution.
    """
    found = LIKELIHOODS.get(type(loss))
    if found is None:
        known = ", ".join(cls.__name__ for cls in LIKELIHOODS)
        raise ValueError(
            f"K-FAC draws targets from the model's distribution, and {type(loss).__name__} is the"
            f" logarithm of none that is known here: take one of {known}, or another solver."
        )
    return found
