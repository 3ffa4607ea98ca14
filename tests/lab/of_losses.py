"""Faults of the losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import expit

from rosenblatt.lab.losses.weighting import balanced
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    CategoricalFocal,
    LogCosh,
    Loss,
    SquaredError,
)
from rosenblatt.optimizers import SGD

__all__ = ["FAULTS"]


@final
@dataclass(frozen=True)
class OfProbability(Loss):
    """A cross-entropy whose gradient has the sigmoid's factor once too often: -(p - 1)² / 2."""

    def value(self, scores, y):
        return 0.5 * (expit(scores) - y)[:, 0] ** 2

    def gradient(self, scores, y):
        raise NotImplementedError

    def inverse_link(self, scores):
        raise NotImplementedError


@final
@dataclass(frozen=True)
class WithWrongSign(Loss):
    """The squared error with the sign of its gradient wrong."""

    def value(self, scores, y):
        return SquaredError().value(scores, y)

    def gradient(self, scores, y):
        return y - scores

    def inverse_link(self, scores):
        return scores


def roots_of_balanced(y):
    """Balanced weights under a root too many."""
    return np.sqrt(balanced(y))


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "L2": lambda: {"loss": LogCosh()},
    "L4": lambda: {"loss": WithWrongSign()},
    "L5": lambda: {"rule": lambda lr: SGD(2 * lr)},
    "L6": lambda: {"squared_error": LogCosh()},
    "L9": lambda: {"loss": CategoricalCrossEntropy(smoothing=0.1)},
    "L10": lambda: {"loss": CategoricalCrossEntropy(smoothing=0.1)},
    "L12": lambda: {"loss": CategoricalFocal()},
    "L13": lambda: {"loss": BinaryCrossEntropy(p_min=1e-7)},
    "L14": lambda: {"weights": roots_of_balanced},
    "L15": lambda: {"squared_error": LogCosh()},
    "L16": lambda: {"cross_entropy": OfProbability()},
    "L17": lambda: {"loss": OfProbability()},
}
