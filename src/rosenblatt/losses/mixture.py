"""The negative log likelihood of a mixture of Gaussians."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.losses.base import Loss
from rosenblatt.losses.distributions import HALF_LN_2PI, bounded, check_limit
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.late import late
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["GaussianMixture"]

MOST_COMPONENTS = 32


@final
@dataclass(frozen=True)
class GaussianMixture(Loss):
    """L = -Σ_k ln Σ_c π_c N(y; μ_c, σ_c²), π = softmax(l) (theory L21; Bishop 1994).

    Every target has 3 K scores: the K means, then the K logits, then the K numbers t with ln σ =
    B tanh(t/B). The sum is taken by its logarithms, so that no density underflows. With γ_c, the
    share of component c in the density at y: ∂L/∂μ_c = -γ_c z_c/σ_c, ∂L/∂l_c = π_c - γ_c,
    ∂L/∂ln σ_c = γ_c (1 - z_c²). Predictions are π_c μ_c, whose sum is the mean, then π_c and σ_c.

    Parameters
    ----------
    components : int, default 3
        K, from 1 to 32.
    limit : float, default 10.0
        B: every σ is at least e^-10 = 4.5e-5 and at most 2.2e4, in the unit of the targets.
    """

    components: int = 3
    limit: float = 10.0

    def __post_init__(self) -> None:
        n = self.components
        if not (isinstance(n, Integral) and 1 <= n <= MOST_COMPONENTS):
            raise ValueError(
                f"components of GaussianMixture is a whole number from 1 to {MOST_COMPONENTS}, got"
                f" {brief(n)}"
            )
        check_limit(self.limit, "GaussianMixture")

    @property
    def outputs_per_target(self) -> int:
        return 3 * self.components

    def point(self, prediction: FloatArray) -> FloatArray:
        weighted, _, _ = self._parts(prediction)
        mean: FloatArray = weighted.sum(axis=2)
        return mean

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        total: FloatArray = -special.logsumexp(self._at(scores, y).joint, axis=2).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        at = self._at(scores, y)
        return self._flat(
            -at.share * at.z * at.precision, at.pi - at.share, at.share * (1 - at.z**2) * at.slope
        )

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        # The derivative of each part of the gradient along u; a dot stands for it.
        at, (u_mean, u_logit, u_t) = self._at(scores, y), self._parts(u)
        share, z, pi = at.share, at.z, at.pi
        pi_dot = pi * (u_logit - (pi * u_logit).sum(axis=2, keepdims=True))
        log_scale_dot = at.slope * u_t
        z_dot = -at.precision * u_mean - z * log_scale_dot
        log_joint_dot = u_logit - z * z_dot - log_scale_dot  # but for a constant, which cancels
        share_dot = share * (log_joint_dot - (share * log_joint_dot).sum(axis=2, keepdims=True))
        of_mean = -at.precision * (share_dot * z + share * (z_dot - z * log_scale_dot))
        size = 1 - z**2
        of_t = at.slope * (share_dot * size - 2 * share * z * z_dot) + share * size * at.bend * u_t
        return self._flat(of_mean, pi_dot - share_dot, of_t)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        means, logits, t = self._parts(scores)
        pi = special.softmax(logits, axis=2)
        return self._flat(pi * means, pi, np.exp(bounded(t, self.limit)[0]))

    def _parts(self, numbers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Those of means, logits and scales, each of shape (n, n_targets, K)."""
        each = numbers.reshape(len(numbers), -1, 3, self.components)
        return each[:, :, 0], each[:, :, 1], each[:, :, 2]

    def _flat(self, *parts: FloatArray) -> FloatArray:
        return np.stack(parts, axis=2).reshape(len(parts[0]), -1)

    def _at(self, scores: FloatArray, y: FloatArray) -> Components:
        means, logits, t = self._parts(scores)
        log_scale, slope, bend = bounded(t, self.limit)
        precision = np.exp(-log_scale)
        z = (y[:, :, None] - means) * precision
        log_pi = special.log_softmax(logits, axis=2)
        joint = log_pi - 0.5 * z * z - log_scale - HALF_LN_2PI
        share = special.softmax(joint, axis=2)
        return Components(joint, share, np.exp(log_pi), z, precision, slope, bend)


@final
@dataclass(frozen=True, eq=False)
class Components:
    """What derivatives are made of, each of shape (n, n_targets, K).

    Attributes
    ----------
    joint : array
        ln π_c N(y; μ_c, σ_c²).
    share : array
        γ_c.
    pi, z, precision : array
        The last is 1/σ.
    slope, bend : array
        Both derivatives of ln σ in t.
    """

    joint: FloatArray
    share: FloatArray
    pi: FloatArray
    z: FloatArray
    precision: FloatArray
    slope: FloatArray
    bend: FloatArray


register(GaussianMixture, "mixture", targets=Targets.NUMBERS)
