"""Regression losses, summed over outputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.losses.base import Loss
from rosenblatt.losses.links import Link
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.field_types import check_real
from rosenblatt.support.late import late
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["AbsoluteError", "Huber", "LogCosh", "Poisson", "SquaredError"]


@final
@dataclass(frozen=True)
class SquaredError(Loss):
    """L = ½ ‖s - y‖², outputs summed, so that the mean over samples is B4's J; δ = s - y
    (theory L1, L3).

    Minimising it is maximum likelihood under Gaussian noise of one variance (theory L2). The
    textbook MSE without the ½ is `mean_squared_error` of scikit-learn's metrics: twice this mean
    for one output.
    """

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        return 0.5 * (error * error).sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return scores - y

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        return u.copy()

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class Huber(Loss):
    """L = Σ_k ½ e² where |e| ≤ δ, δ (|e| - ½ δ) beyond, e = s - y (L6, L18; Huber 1964).

    The loss is linear in large errors, whose gradient is bounded by δ. The scale is that of
    PyTorch's HuberLoss.

    Parameters
    ----------
    delta : float, default 1.0
        δ above 0, the error at which the loss turns from a parabola into a straight line.
    """

    delta: float = 1.0

    def __post_init__(self) -> None:
        check_real("delta of Huber", self.delta)
        if not 0 < self.delta < math.inf:
            raise ValueError(
                f"delta of Huber must be above 0, got {self.delta}: it is the error at which the"
                " loss turns from a parabola into a straight line."
            )

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        size = np.abs(error)
        beyond = self.delta * (size - 0.5 * self.delta)
        each: FloatArray = np.where(size <= self.delta, 0.5 * error * error, beyond)
        return each.sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.clip(scores - y, -self.delta, self.delta)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        return np.where(np.abs(scores - y) <= self.delta, u, 0)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class LogCosh(Loss):
    """L = Σ_k ln cosh e, e = s - y; ∂L/∂s = tanh e (L6, L18): ½ e² near 0, |e| - ln 2 far away."""

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        size = np.abs(scores - y)
        # cosh e = 1 + 2 sinh²(e/2), which loses nothing near 0; far away, eᵉ is taken out.
        near = np.log1p(2 * np.sinh(np.minimum(size, 1) / 2) ** 2)
        far = size + np.log1p(np.exp(-2 * size)) - math.log(2)
        each: FloatArray = np.where(size < 1, near, far)
        return each.sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.tanh(scores - y)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        slope = np.tanh(scores - y)
        return (1 - slope) * (1 + slope) * u

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class AbsoluteError(Loss):
    """L = Σ_k |s - y|; ∂L/∂s = sign(s - y), 0 at 0 (L18). Its minimiser is the median."""

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        total: FloatArray = np.abs(scores - y).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.sign(scores - y)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        return np.zeros_like(u)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class Poisson(Loss):
    """L = Σ_k [y ln(y/μ) - y + μ], μ = eˢ: half the Poisson deviance; δ = μ - y (L18).

    Targets are counts or rates ≥ 0; y ln y is taken as 0 at y = 0.
    """

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        total: FloatArray = (special.xlogy(y, y) - y * scores - y + np.exp(scores)).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.exp(scores) - y

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        return np.exp(scores) * u

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return np.exp(scores)


register(SquaredError, "squared_error", targets=Targets.NUMBERS, link=Link.IDENTITY)
register(Huber, "huber", targets=Targets.NUMBERS, link=Link.IDENTITY)
register(LogCosh, "log_cosh", targets=Targets.NUMBERS, link=Link.IDENTITY)
register(AbsoluteError, "absolute_error", targets=Targets.NUMBERS, link=Link.IDENTITY)
register(Poisson, "poisson", targets=Targets.NUMBERS, link=Link.EXP)
