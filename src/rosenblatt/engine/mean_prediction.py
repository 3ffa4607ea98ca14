"""The mean of several networks' predictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

import numpy as np

from rosenblatt.engine.interface import EnginePredictor
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = ["MeanPredictor"]


@final
class MeanPredictor(EnginePredictor):
    """The mean over predictors of as many inputs and outputs, in one float type and one form.

    They predict one after the other, each with all of its threads.
    """

    def __init__(self, members: Sequence[EnginePredictor]) -> None:
        first = members[0]
        super().__init__(first.network, first.theta, first.form, first.state)
        self.members = members

    def finite(self, X: object) -> FloatArray | None:
        return self._finite_mean(member.finite(X) for member in self.members)

    def bare(self, X: object, out: object) -> FloatArray | None:
        return self._finite_mean(
            member.bare(X, None if k else out) for k, member in enumerate(self.members)
        )

    def columns(self, X: Matrix) -> FloatArray:
        first, *others = self.members
        return self._mean(first.columns(X), (member.columns(X) for member in others))

    def _finite_mean(self, predictions: Iterable[FloatArray | None]) -> FloatArray | None:
        """None where a member must have X prepared, or the sum leaves the float type."""
        found = []
        for prediction in predictions:
            if prediction is None:
                return None
            found.append(prediction)
        mean = self._mean(found[0], found[1:])
        return mean if np.isfinite(mean).all() else None

    def _mean(self, total: FloatArray, others: Iterable[FloatArray]) -> FloatArray:
        """In the first one's place."""
        with np.errstate(over="ignore", invalid="ignore"):  # a warning counts what is not finite
            for other in others:
                total += other
            total /= len(self.members)
        return total
