"""Policy gradients: log-likelihoods of actions, weighted by signed advantages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.activations import Softmax
from rosenblatt.losses.base import Loss
from rosenblatt.losses.distributions import Gaussian, bounded, check_limit
from rosenblatt.losses.links import Link
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.field_types import check_real
from rosenblatt.support.late import late
from rosenblatt.support.types import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["GaussianPolicyGradient", "PolicyGradient"]


@final
@dataclass(frozen=True)
class PolicyGradient(Loss):
    """L = -A ln π_a - β H(π), π = softmax(s), H = -Σ_k π_k ln π_k (theory R1; Williams 1992).

    Targets are an action and its advantage, shape (n_samples, 2): the action's number 0 …
    n_outputs - 1 in the scores' float type, and A, of either sign. A weight of the sample cannot
    stand for A, as weights are 0 or more and their mean divides the objective. ∂L/∂s_k =
    A (π_k - [k = a]) + β π_k (ln π_k + H). L is not bounded below: its value says nothing about
    how good a policy is.

    Parameters
    ----------
    entropy : float, default 0.0
        β, 0 or more: how much a policy gains by being undecided (Williams & Peng 1991).
    """

    entropy: float = 0.0

    def __post_init__(self) -> None:
        check_entropy(self.entropy, "PolicyGradient")

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        log_p = special.log_softmax(scores, axis=1)
        chosen = np.take_along_axis(log_p, actions_of(y), axis=1)[:, 0]
        return -y[:, 1] * chosen - self.entropy * entropy_of(np.exp(log_p), log_p)[:, 0]

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        log_p = special.log_softmax(scores, axis=1)
        p, advantage = np.exp(log_p), y[:, 1:]
        delta = advantage * p
        delta[np.arange(len(p)), actions_of(y)[:, 0]] -= advantage[:, 0]
        return delta + self.entropy * times(p, log_p + entropy_of(p, log_p))

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        # A dot stands for the derivative along u.
        log_p = special.log_softmax(scores, axis=1)
        p = np.exp(log_p)
        log_dot = u - (p * u).sum(axis=1, keepdims=True)
        p_dot = p * log_dot
        level = entropy_of(p, log_p)
        level_dot = -times(p_dot, log_p).sum(axis=1, keepdims=True)
        of_entropy = times(p_dot, log_p + level) + p * (log_dot + level_dot)
        return y[:, 1:] * p_dot + self.entropy * of_entropy

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return Softmax().value(scores)


@final
@dataclass(frozen=True)
class GaussianPolicyGradient(Loss):
    """L = Σ_k A [½ z² + ln σ + ½ ln 2π] - β H, z = (a - μ)/σ (theory R2; Williams 1992).

    A policy for actions that are numbers: a ~ N(μ, σ²), each number on its own, with two scores
    each as of `Gaussian`: μ and t, ln σ = B tanh(t/B). H = Σ_k (ln σ + ½ ln 2πe). Targets are the
    numbers of the action and then its advantage A, shape (n_samples, n_outputs / 2 + 1).
    ∂L/∂μ = -A z/σ, ∂L/∂ln σ = A (1 - z²) - β. Predictions are μ and σ.

    Parameters
    ----------
    entropy : float, default 0.0
        β, 0 or more; see `PolicyGradient`.
    limit : float, default 10.0
        B; see `Gaussian`.
    """

    entropy: float = 0.0
    limit: float = 10.0

    def __post_init__(self) -> None:
        check_entropy(self.entropy, "GaussianPolicyGradient")
        check_limit(self.limit, "GaussianPolicyGradient")

    @property
    def outputs_per_target(self) -> int:
        return 2

    def point(self, prediction: FloatArray) -> FloatArray:
        return prediction[:, ::2]

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        log_scale, _, _ = bounded(scores[:, 1::2], self.limit)
        entropy = (log_scale + 0.5 * math.log(2 * math.pi * math.e)).sum(axis=1)
        return y[:, -1] * self._likelihood.value(scores, y[:, :-1]) - self.entropy * entropy

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        _, slope, _ = bounded(scores[:, 1::2], self.limit)
        gradient = y[:, -1:] * self._likelihood.gradient(scores, y[:, :-1])
        gradient[:, 1::2] -= self.entropy * slope
        return gradient

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        _, _, bend = bounded(scores[:, 1::2], self.limit)
        product = y[:, -1:] * self._likelihood.hessian_product(scores, y[:, :-1], u)
        product[:, 1::2] -= self.entropy * bend * u[:, 1::2]
        return product

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return self._likelihood.inverse_link(scores)

    @property
    def _likelihood(self) -> Gaussian:
        return Gaussian(self.limit)


def actions_of(y: FloatArray) -> IntArray:
    """Numbers of the actions, shape (n_samples, 1)."""
    return y[:, :1].astype(np.intp)


def entropy_of(p: FloatArray, log_p: FloatArray) -> FloatArray:
    """H, shape (n_samples, 1)."""
    level: FloatArray = -times(p, log_p).sum(axis=1, keepdims=True)
    return level


def times(p: FloatArray, of_logarithm: FloatArray) -> FloatArray:
    """The product, where 0·ln 0 counts as 0."""
    return p * np.where(p == 0, 0, of_logarithm)


def check_entropy(entropy: float, loss: str) -> None:
    check_real(f"entropy of {loss}", entropy)
    if not 0 <= entropy < math.inf:
        raise ValueError(
            f"entropy of {loss} must be 0 or more and finite, got {entropy}: it multiplies the"
            " entropy of the policy."
        )


register(PolicyGradient, targets=Targets.ACTIONS, link=Link.SOFTMAX)
register(GaussianPolicyGradient, targets=Targets.ACTIONS)
