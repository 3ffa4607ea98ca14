"""Targets of losses with a distribution or with quantiles: compared by the loss itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from scipy import special

from rosenblatt.losses import Gaussian, GaussianMixture, Loss, NegativeBinomial, Poisson
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import NumberTarget
from rosenblatt.tabular.objective import Errors, Objective

__all__ = ["Likelihood", "is_of_counts"]

SMALLEST_MEAN = 1e-3  # of counts that are all 0, whose logarithm is where the training begins


def is_of_counts(loss: Loss) -> bool:
    """Whether targets are whole numbers from 0, which are learnt as they are."""
    return isinstance(loss, NegativeBinomial | Poisson)


@final
@dataclass(frozen=True)
class Likelihood(Objective):
    """Numbers whose loss is a negative log likelihood, or that of quantiles.

    Attributes
    ----------
    target : NumberTarget
        Of counts with mean 0 and scale 1.
    loss : Loss
    """

    target: NumberTarget
    loss: Loss

    @property
    def n_outputs(self) -> int:  # type: ignore[override]
        return self.loss.outputs_per_target

    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        return np.ascontiguousarray(self.target.standardise(y)[:, None], np.float32)

    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        return -self.errors(scores, y, weights).second, 0.0

    def errors(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Errors:
        """The loss of every row, and its mean."""
        with np.errstate(over="ignore"):
            z = self.target.standardise(y)[:, None]
            each = self.loss.value(scores.astype(np.float64), z).astype(np.float64, copy=False)
        return Errors(each, float(np.average(each, weights=weights)))

    def first_scores(
        self, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Float64Array | None:
        """About the best constant, so that counts in the hundreds need no steps to be reached.

        The means of a mixture are those of as many equal parts of a Gaussian, in order that its
        components differ from the beginning.
        """
        z = self.target.standardise(y)
        mean = float(np.average(z, weights=weights))
        if is_of_counts(self.loss):
            log_mean = math.log(max(mean, SMALLEST_MEAN))
            variance = float(np.average((z - mean) ** 2, weights=weights))
            excess = max(variance - mean, SMALLEST_MEAN * mean) / max(mean, SMALLEST_MEAN) ** 2
            log_dispersion = min(math.log(max(excess, SMALLEST_MEAN)), 0.0)
            return np.array([log_mean, log_dispersion][: self.n_outputs])
        if isinstance(self.loss, GaussianMixture):
            K = self.loss.components
            means = special.ndtri((np.arange(K) + 0.5) / K)
            return np.concatenate([means, np.zeros(2 * K)])
        if isinstance(self.loss, Gaussian):
            return None
        levels: Float64Array = np.array(getattr(self.loss, "levels", ()))
        return special.ndtri(levels) if len(levels) else None
