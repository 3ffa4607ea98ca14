"""The best epoch of a network, by rows that it has not learnt from, and their scores.

Of many epochs the best one is better on the rows that chose it than on any others. So that scores
stay honest, a half of the rows has those of the epoch that is best by the other half.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.tabular.objective import Objective

__all__ = ["BestEpoch"]

Quality = tuple[float, float]
WORST = (-math.inf, -math.inf)


@final
@dataclass(eq=False)
class Half:
    """Rows, and the scores of the other half after the epoch that is best by these."""

    rows: slice
    others: slice
    quality: Quality = WORST
    of_others: FloatArray = field(default_factory=lambda: np.empty((0, 0), np.float32))


@final
@dataclass(eq=False)
class BestEpoch:
    """Compares epochs by the scores of validation rows.

    Attributes
    ----------
    objective : Objective
    y : array (n_validation,)
    weights : array (n_validation,), optional
    is_better : callable
        Whether a quality is better than the best one so far.
    theta : array, optional
        The parameters after the best epoch so far.
    number : int
        Of that epoch, from 0.
    quality : pair of float
    """

    objective: Objective
    y: npt.NDArray[Any]
    weights: Float64Array | None
    is_better: Callable[[Quality, Quality], bool] = operator.gt
    theta: FloatArray | None = None
    number: int = -1
    quality: Quality = WORST
    halves: tuple[Half, ...] = field(init=False)

    def __post_init__(self) -> None:
        odd, even = slice(1, None, 2), slice(0, None, 2)
        # A row alone has no others to be compared by.
        pairs = ((even, odd), (odd, even)) if len(self.y) > 1 else ((even, even),)
        self.halves = tuple(Half(rows, others) for rows, others in pairs)

    def compare(self, number: int, theta: FloatArray, scores: FloatArray) -> Quality:
        """The quality of an epoch by all rows; it is kept where it is the best one so far."""
        quality = self._quality(scores, slice(None))
        if self.is_better(quality, self.quality):
            self.theta, self.number, self.quality = theta.copy(), number, quality
        for half in self.halves:
            by_half = self._quality(scores, half.rows)
            if self.is_better(by_half, half.quality):
                half.quality, half.of_others = by_half, scores[half.others].copy()
        return quality

    def _quality(self, scores: FloatArray, rows: slice) -> Quality:
        weights = None if self.weights is None else self.weights[rows]
        return self.objective.quality(scores[rows], self.y[rows], weights)

    @property
    def scores(self) -> FloatArray:
        """Of each row after an epoch that others chose, shape (n_validation, n_outputs)."""
        first = self.halves[0].of_others
        scores = np.empty((len(self.y), first.shape[1]), first.dtype)
        for half in self.halves:
            scores[half.others] = half.of_others
        return scores
