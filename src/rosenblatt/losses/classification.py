"""Cross-entropies, of independent labels and of classes."""

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
from rosenblatt.support.field_types import check_fields
from rosenblatt.support.late import late
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["BinaryCrossEntropy", "CategoricalCrossEntropy"]


@final
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L = -Σ_k [y ln p + (1-y) ln(1-p)], p = σ(s); δ = p - y (L7, L10).

    Targets are 0 or 1, shape (n_samples, n_outputs); several outputs are independent labels. Taken
    from the logit, ln p = -softplus(-s), it is exact for every finite score.

    Parameters
    ----------
    p_min : float, default 0.0
        Bounds p to [p_min, 1 - p_min] in the value alone, as scikit-learn's log loss does with the
        machine epsilon; the gradient is that of the unbounded loss in both libraries.
    smoothing : float in [0, 1), default 0.0
        ε: the target is (1 - ε) y + ε/2 in place of y (L18; Szegedy et al. 2016, for two classes).
    """

    p_min: float = 0.0
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_smoothing(self.smoothing)

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        y = self._smoothed(y)
        ln_p = bound_ln_p(-np.logaddexp(0, -scores), self.p_min)
        ln_q = bound_ln_p(-np.logaddexp(0, scores), self.p_min)
        # Where a logit is infinite, 0·ln 0 counts as 0.
        of_one = y * np.where(y == 0, 0, ln_p)
        of_zero = (1 - y) * np.where(y == 1, 0, ln_q)
        return -(of_one + of_zero).sum(axis=1)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        p: FloatArray = special.expit(scores)
        return p - self._smoothed(y)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        variance: FloatArray = special.expit(scores) * special.expit(-scores)
        return variance * u

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return logistic(scores)

    def _smoothed(self, y: FloatArray) -> FloatArray:
        return (1 - self.smoothing) * y + self.smoothing / 2


@final
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """L = -ln p_y, p = softmax(s), in log-sum-exp form; δ = p - onehot(y) (L8, L11).

    Targets are class codes 0 … n_outputs - 1, shape (n_samples, 1), in the scores' float type.

    Parameters
    ----------
    p_min : float, default 0.0
        Bounds p_y in the value alone; see `BinaryCrossEntropy`.
    smoothing : float in [0, 1), default 0.0
        ε: a part of the target is spread over all K classes, (1 - ε) onehot(y) + ε/K in place of
        onehot(y). L = -Σ_k target_k ln p_k, δ = p - target (L18; Szegedy et al. 2016).
    """

    p_min: float = 0.0
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        check_smoothing(self.smoothing)

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        codes = y.astype(np.intp)
        lse = special.logsumexp(scores, axis=1)
        s_y = np.take_along_axis(scores, codes, axis=1)[:, 0]
        of_class = bound_ln_p(s_y - lse, self.p_min)
        if self.smoothing == 0:
            return -of_class
        of_all: FloatArray = bound_ln_p(scores - lse[:, None], self.p_min).mean(axis=1)
        return -((1 - self.smoothing) * of_class + self.smoothing * of_all)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        delta = Softmax().value(scores)
        delta[np.arange(len(delta)), y[:, 0].astype(np.intp)] -= 1 - self.smoothing
        return delta - self.smoothing / delta.shape[1]

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        p = Softmax().value(scores)
        return p * (u - (p * u).sum(axis=1, keepdims=True))  # L12

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return Softmax().value(scores)


def bound_ln_p(ln_p: FloatArray, p_min: float) -> FloatArray:
    """ln of p bounded to [p_min, 1 - p_min], given ln p; p_min = 0 leaves it as it is."""
    if p_min == 0:
        return ln_p
    return np.clip(ln_p, math.log(p_min), math.log1p(-p_min))


def check_smoothing(smoothing: float) -> None:
    if not 0 <= smoothing < 1:
        raise ValueError(
            f"smoothing must be at least 0 and below 1, got {smoothing}: it is the share of a"
            " target that is spread over all classes."
        )


register(BinaryCrossEntropy, "log_loss", targets=Targets.LABELS, link=Link.LOGISTIC)
register(CategoricalCrossEntropy, "log_loss", targets=Targets.CLASSES, link=Link.SOFTMAX)
