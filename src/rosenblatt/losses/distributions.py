"""Negative log likelihoods of a mean and a spread: every target has two scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.losses.base import Loss
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.field_types import check_real
from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["HALF_LN_2PI", "Gaussian", "NegativeBinomial", "bounded", "check_limit"]

HALF_LN_2PI = 0.5 * math.log(2 * math.pi)
LARGEST_LIMIT = 40.0


def check_limit(limit: float, loss: str) -> None:
    """ValueError for a bound of logarithms that is not above 0, or so large that none holds."""
    check_real(f"limit of {loss}", limit)
    if not 0 < limit <= LARGEST_LIMIT:
        raise ValueError(
            f"limit of {loss} must be above 0 and at most {LARGEST_LIMIT:g}, got {limit}: it bounds"
            " the logarithm of a spread, and 10 suits targets of about unit size."
        )


def bounded(t: FloatArray, limit: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """ℓ = B tanh(t/B), which is t near 0 and never leaves (-B, B); ∂ℓ/∂t and ∂²ℓ/∂t²."""
    h = np.tanh(t / limit)
    slope = (1 - h) * (1 + h)
    return limit * h, slope, -2 / limit * h * slope


@final
@dataclass(frozen=True)
class Gaussian(Loss):
    """L = Σ_k [½ z² + ln σ + ½ ln 2π], z = (y - μ)/σ (theory L19; Nix & Weigend 1994).

    The negative log likelihood of y ~ N(μ, σ²): where the noise depends on x, σ learns it. Every
    target has two scores, μ and t, with ln σ = B tanh(t/B): σ is between e^-B and e^B, so that
    neither a target that is hit exactly nor a wild score overflows. ∂L/∂μ = -z/σ, ∂L/∂ln σ =
    1 - z². Predictions are μ and σ.

    Parameters
    ----------
    limit : float, default 10.0
        B: σ is at least e^-10 = 4.5e-5 and at most 2.2e4, in the unit of the targets.
    """

    limit: float = 10.0

    def __post_init__(self) -> None:
        check_limit(self.limit, "Gaussian")

    @property
    def outputs_per_target(self) -> int:
        return 2

    def point(self, prediction: FloatArray) -> FloatArray:
        return prediction[:, ::2]

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        log_scale, _, _ = bounded(scores[:, 1::2], self.limit)
        z = (y - scores[:, ::2]) * np.exp(-log_scale)
        total: FloatArray = (0.5 * z * z + log_scale + HALF_LN_2PI).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        log_scale, slope, _ = bounded(scores[:, 1::2], self.limit)
        precision = np.exp(-log_scale)
        z = (y - scores[:, ::2]) * precision
        return side_by_side(-z * precision, (1 - z) * (1 + z) * slope)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        log_scale, slope, bend = bounded(scores[:, 1::2], self.limit)
        precision = np.exp(-log_scale)
        z = (y - scores[:, ::2]) * precision
        along, turn = u[:, ::2] * precision, u[:, 1::2]
        of_mean = precision * (along + 2 * z * slope * turn)
        of_scale = 2 * z * slope * (along + z * slope * turn) + bend * (1 - z * z) * turn
        return side_by_side(of_mean, of_scale)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        log_scale, _, _ = bounded(scores[:, 1::2], self.limit)
        return side_by_side(scores[:, ::2], np.exp(log_scale))


@final
@dataclass(frozen=True)
class NegativeBinomial(Loss):
    """L = -Σ_k ln NB(y; μ, α), a count of mean μ and variance μ + α μ² (L20; Hilbe 2011, NB2).

    With r = 1/α and u = ln(αμ): L = -ln[Γ(y + r) / (Γ(r) y!)] - y u + (y + r) ln(1 + eᵘ). Every
    target has two scores, s = ln μ and t, with ln α = B tanh(t/B); as α goes to 0 it is Poisson's.
    ∂L/∂s = (μ - y)/(1 + αμ). Predictions are μ and α; targets are whole numbers from 0.

    Parameters
    ----------
    limit : float, default 10.0
        B: α is at least e^-10 = 4.5e-5 and at most 2.2e4.
    """

    limit: float = 10.0

    def __post_init__(self) -> None:
        check_limit(self.limit, "NegativeBinomial")

    @property
    def outputs_per_target(self) -> int:
        return 2

    def point(self, prediction: FloatArray) -> FloatArray:
        return prediction[:, ::2]

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        u, r, _, _ = self._terms(scores)
        k = as_doubles(y)
        ways = special.gammaln(k + r) - special.gammaln(r) - special.gammaln(k + 1)
        each = (k + r) * np.logaddexp(0, u) - k * u - ways
        return each.sum(axis=1).astype(scores.dtype, copy=False)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        u, r, slope, _ = self._terms(scores)
        k = as_doubles(y)
        of_mean = r * special.expit(u) - k * special.expit(-u)
        return side_by_side(of_mean, slope * of_dispersion(u, r, k)).astype(scores.dtype)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        at, r, slope, bend = self._terms(scores)
        k, along, turn = as_doubles(y), u[:, ::2], slope * u[:, 1::2]
        p, q = special.expit(at), special.expit(-at)
        mixed = (k + r) * p * q - r * p
        trigamma = special.polygamma(1, k + r) - special.polygamma(1, r)
        digamma = special.digamma(k + r) - special.digamma(r)
        own = r * (np.logaddexp(0, at) - digamma - r * trigamma) + mixed - r * p
        of_mean = (k + r) * p * q * along + mixed * turn
        of_scale = slope * (mixed * along + own * turn)
        of_scale += bend * u[:, 1::2] * of_dispersion(at, r, k)
        return side_by_side(of_mean, of_scale).astype(scores.dtype)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        log_dispersion, _, _ = bounded(scores[:, 1::2], self.limit)
        return side_by_side(np.exp(scores[:, ::2]), np.exp(log_dispersion))

    def _terms(
        self, scores: FloatArray
    ) -> tuple[Float64Array, Float64Array, Float64Array, Float64Array]:
        """u = ln(αμ), r = 1/α, and both derivatives of ln α in t: in doubles, as terms cancel."""
        both = as_doubles(scores)
        h = np.tanh(both[:, 1::2] / self.limit)
        slope = (1 - h) * (1 + h)
        log_dispersion: Float64Array = self.limit * h
        bend = -2 / self.limit * h * slope
        return both[:, ::2] + log_dispersion, np.exp(-log_dispersion), slope, bend


def as_doubles(numbers: FloatArray) -> Float64Array:
    return numbers.astype(np.float64)


def of_dispersion(u: Float64Array, r: Float64Array, k: Float64Array) -> Float64Array:
    """∂L/∂ln α at a fixed mean."""
    digamma = special.digamma(k + r) - special.digamma(r)
    found: Float64Array = r * (digamma + special.expit(u) - np.logaddexp(0, u))
    return found - k * special.expit(-u)


def side_by_side(first: FloatArray, second: FloatArray) -> FloatArray:
    """The numbers of each target next to each other, shape (n, 2·n_targets)."""
    return np.stack([first, second], axis=2).reshape(len(first), -1)


register(Gaussian, "gaussian", targets=Targets.NUMBERS)
register(NegativeBinomial, "negative_binomial", targets=Targets.NUMBERS)
