"""Intervals that hold a number with a given probability."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import NumberTarget
from rosenblatt.uncertainty.error_scale import ErrorScale
from rosenblatt.uncertainty.score_distribution import ScoreDistribution

__all__ = ["IntervalCalibration"]


@final
@dataclass(frozen=True)
class IntervalCalibration:
    """Errors of rows outside, in units of their expected size.

    Attributes
    ----------
    scores : ScoreDistribution
        |y - ŷ| / σ(x), of standardised numbers.
    scale : ErrorScale, optional
        σ(x); 1 without it.
    edge : float
        The share of rows beyond the range that intervals are held to.
    """

    scores: ScoreDistribution
    scale: ErrorScale | None
    edge: float

    def __post_init__(self) -> None:
        if not 0 <= self.edge <= 1:
            raise ValueError("a share is between 0 and 1")
        if self.scores.values[0] < 0:
            raise ValueError("the size of an error is not negative")

    def bounds(
        self, target: NumberTarget, X: FloatArray, predicted: Float64Array, coverage: float
    ) -> Float64Array:
        """Lower and upper ends in the target's units, shape (n, 2), the prediction between them.

        They are within the range of the training targets, as predictions are, as long as there are
        rows enough to make up for those beyond; and infinite where there are too few for the
        coverage at all.

        Parameters
        ----------
        target : NumberTarget
        X : array (n, n_features)
            Encoded.
        predicted : array (n,)
            In standardised units.
        coverage : float
        """
        widest = self.scores.threshold(coverage, self.edge)
        is_held = math.isfinite(widest)
        if not is_held:
            widest = self.scores.threshold(coverage)
        if not math.isfinite(widest):
            return np.tile([-math.inf, math.inf], (len(X), 1))
        scale = 1.0 if self.scale is None else self.scale.at(X, predicted)
        half = widest * scale
        ends = np.stack([predicted - half, predicted + half], axis=1)
        restore = target.restore if is_held else target.restore_anywhere
        point = target.restore(predicted)
        bounds: Float64Array = restore(ends).astype(np.float64)
        bounds[:, 0] = np.minimum(bounds[:, 0], point)
        bounds[:, 1] = np.maximum(bounds[:, 1], point)
        return bounds
