"""Focal losses: cross-entropies that down-weight easy samples (L18; Lin et al. 2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.activations import Softmax
from rosenblatt.losses.base import Loss
from rosenblatt.losses.links import Link
from rosenblatt.losses.logistic import logistic
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.field_types import check_real
from rosenblatt.support.late import late
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["BinaryFocal", "CategoricalFocal"]


@final
@dataclass(frozen=True)
class BinaryFocal(Loss):
    """L = -Σ_k (1 - p)^γ ln p, p the probability that is given to the label (L18; Lin et al.
    2017, eq. 4).

    With x the logit towards the label, s or -s: p = σ(x), q = 1 - p = σ(-x), and
    ∂L/∂x = q^γ (γ p ln p - q). Both are taken from the logit, so that no power meets a rounded 0.
    Targets are 0 or 1, shape (n_samples, n_outputs); several outputs are independent labels. γ = 0
    is the cross-entropy. The paper's balance α is `class_weight` here.

    Parameters
    ----------
    gamma : float, default 2.0
        γ, 0 or more: how strongly samples that are already right are down-weighted.
    """

    gamma: float = 2.0

    def __post_init__(self) -> None:
        check_gamma(self.gamma)

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        x = (2 * y - 1) * scores
        ln_p, ln_q = -np.logaddexp(0, -x), -np.logaddexp(0, x)
        total: FloatArray = -(np.exp(self.gamma * ln_q) * ln_p).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        sign = 2 * y - 1
        x = sign * scores
        p, q = special.expit(x), special.expit(-x)
        ln_p, ln_q = -np.logaddexp(0, -x), -np.logaddexp(0, x)
        slope: FloatArray = np.exp(self.gamma * ln_q) * (self.gamma * p * ln_p - q)
        return sign * slope

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        x = (2 * y - 1) * scores
        p, q = special.expit(x), special.expit(-x)
        ln_p, ln_q = -np.logaddexp(0, -x), -np.logaddexp(0, x)
        gamma = self.gamma
        bend: FloatArray = np.exp(gamma * ln_q) * p
        return bend * (gamma * ln_p * (q - gamma * p) + (2 * gamma + 1) * q) * u

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return logistic(scores)


@final
@dataclass(frozen=True)
class CategoricalFocal(Loss):
    """L = -(1 - p_y)^γ ln p_y, p = softmax(s) (L18; Lin et al. 2017).

    With q = 1 - p_y, added up from the other classes: ∂L/∂s = q^γ (1 - γ p_y ln p_y / q)
    (p - onehot(y)). Targets are class codes as for `CategoricalCrossEntropy`, which γ = 0 is.

    Parameters
    ----------
    gamma : float, default 2.0
        γ, 0 or more: how strongly samples that are already right are down-weighted.
    """

    gamma: float = 2.0

    def __post_init__(self) -> None:
        check_gamma(self.gamma)

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        _, q, ln_p = self._of_class(scores, y)
        return -(q**self.gamma * ln_p)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        p, q, ln_p = self._of_class(scores, y)
        factor = q**self.gamma * (1 - self.gamma * np.exp(ln_p) * ratio_of(ln_p, q))
        p[np.arange(len(p)), y[:, 0].astype(np.intp)] = -q
        return factor[:, None] * p

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        # ∂L/∂s = f(p_y) e with e = p - onehot(y), and ∂p_y/∂s = -p_y e.
        p, q, ln_p = self._of_class(scores, y)
        p_y, ratio, gamma = np.exp(ln_p), ratio_of(ln_p, q), self.gamma
        of_softmax = p * (u - (p * u).sum(axis=1, keepdims=True))
        p[np.arange(len(p)), y[:, 0].astype(np.intp)] = -q
        factor = q**gamma * (1 - gamma * p_y * ratio)
        # Of q = 0, e is 0 as well.
        power = np.where(q == 0, 1, q) ** (gamma - 1)
        slope = gamma * power * ((gamma - 1) * p_y * ratio - 2 - ln_p)
        along = -p_y * (p * u).sum(axis=1)
        total: FloatArray = (slope * along)[:, None] * p + factor[:, None] * of_softmax
        return total

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return Softmax().value(scores)

    def _of_class(
        self, scores: FloatArray, y: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """p of all classes, and 1 - p_y and ln p_y in full relative accuracy."""
        rows, codes = np.arange(len(scores)), y[:, 0].astype(np.intp)
        p = Softmax().value(scores)
        others = p.copy()
        others[rows, codes] = 0
        q: FloatArray = others.sum(axis=1)
        far = scores[rows, codes] - special.logsumexp(scores, axis=1)
        return p, q, np.where(q < 0.5, np.log1p(-np.minimum(q, 0.5)), far)


def ratio_of(ln_p: FloatArray, q: FloatArray) -> FloatArray:
    """ln p_y / q, which goes to -1 as p_y goes to 1."""
    return np.where(q == 0, -1, ln_p / np.where(q == 0, 1, q)).astype(q.dtype)


def check_gamma(gamma: float) -> None:
    check_real("gamma of a focal loss", gamma)
    if not 0 <= gamma < math.inf:
        raise ValueError(f"gamma of a focal loss must be 0 or more, got {gamma}")


register(BinaryFocal, "focal", targets=Targets.LABELS, link=Link.LOGISTIC)
register(CategoricalFocal, "focal", targets=Targets.CLASSES, link=Link.SOFTMAX)
