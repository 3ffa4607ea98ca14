"""Predictions of many rows that another thread can end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.interface import EnginePredictor
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = ["StoppablePredictor", "Stopped"]

WORK: Final = 1e10  # multiplications of a block of rows: some tenths of a second of one thread


@final
class Stopped(BaseException):
    """Predictions were ended before all of them were there; no `except Exception` keeps it."""


@final
class StoppablePredictor(EnginePredictor):
    """The predictions of another predictor, block after block.

    Parameters
    ----------
    predictor : EnginePredictor
    stop : array (1,) of uint8
        No further block begins, and `Stopped` is raised, once another thread has made it 1.
    """

    def __init__(self, predictor: EnginePredictor, stop: npt.NDArray[np.uint8]) -> None:
        super().__init__(predictor.network, predictor.theta, predictor.form, predictor.state)
        self.predictor, self.stop = predictor, stop
        self.at_once = max(256, int(WORK / predictor.network.n_parameters))

    def finite(self, X: object) -> FloatArray | None:
        if not isinstance(X, np.ndarray) or len(X) <= self.at_once:
            return self.predictor.finite(X)
        found = []
        for rows in self.blocks(len(X)):
            prediction = self.predictor.finite(X[rows])
            if prediction is None:
                return None
            found.append(prediction)
        return np.concatenate(found)

    def bare(self, X: object, out: object) -> FloatArray | None:
        return self.predictor.bare(X, out)

    def columns(self, X: Matrix) -> FloatArray:
        if X.shape[0] <= self.at_once:
            return self.predictor.columns(X)
        return np.concatenate([self.predictor.columns(X[rows]) for rows in self.blocks(X.shape[0])])

    def blocks(self, n_rows: int) -> Iterator[slice]:
        """Rows at a time; the stop ends them between two blocks, never before the first."""
        for begin in range(0, n_rows, self.at_once):
            if begin and self.stop[0]:
                raise Stopped
            yield slice(begin, begin + self.at_once)
