"""Sets of classes that hold the true one with a given probability."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.model import AnyModel
from rosenblatt.support.types import BoolArray, Float64Array, FloatArray
from rosenblatt.uncertainty.score_distribution import ScoreDistribution

__all__ = ["LEAST_SURPRISE", "SetCalibration", "surprises"]

# Probabilities above 0.999 count alike: how much surer networks are than that says nothing.
LEAST_SURPRISE = 1e-3


@final
@dataclass(frozen=True)
class SetCalibration:
    """How surprising the true classes of rows outside were.

    Attributes
    ----------
    scores : ScoreDistribution
        -ln p of each row's class, by the networks that had not seen it; `LEAST_SURPRISE` at least.
    temperature : float
        What the mean of the networks' raw scores is divided by, to be as sure as those were.
    """

    scores: ScoreDistribution
    temperature: float

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError("a temperature must be positive")

    def members(self, model: AnyModel, X: FloatArray, coverage: float) -> BoolArray:
        """The classes of each row's set, shape (n, n_classes).

        The predicted class is in every set that is not empty. All classes are where there are too
        few rows for the coverage.
        """
        widest = self.scores.threshold(coverage)
        total = np.zeros((len(X), model.n_outputs))
        for member in model.members:
            total += member.scores(X)
        surprise = surprises(total / (len(model.members) * self.temperature))
        if not math.isfinite(widest):
            return np.ones(surprise.shape, bool)
        inside: BoolArray = np.maximum(surprise, LEAST_SURPRISE) <= widest
        predicted = model.predict(X)
        code = predicted.argmax(axis=1) if predicted.shape[1] > 1 else predicted[:, 0] > 0.5
        places = np.flatnonzero(inside.any(axis=1))
        inside[places, code[places].astype(np.int64)] = True
        return inside


def surprises(scores: FloatArray) -> Float64Array:
    """-ln p of every class, shape (n, n_classes), from raw scores of shape (n, n_outputs)."""
    s = scores.astype(np.float64)
    if s.shape[1] == 1:
        return np.hstack([np.logaddexp(0, s), np.logaddexp(0, -s)])
    below = s - s.max(axis=1, keepdims=True)
    surprise: Float64Array = np.log(np.exp(below).sum(axis=1, keepdims=True)) - below
    return surprise
