"""What of a model is explained: a number or probabilities, as predicted, or logits of these."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.losses import Loss, SquaredError
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import NumberTarget

__all__ = ["Margins", "Numbers", "Output", "Predictions"]


class Output(ABC):
    """What is explained, as a function of what the networks give.

    Attributes
    ----------
    is_mean : bool
        Whether it is the mean of what it is of each network alone, whose values then are means too.
    """

    is_mean: ClassVar[bool] = False

    @abstractmethod
    def of(self, given: FloatArray) -> Float64Array:
        """Shape (n_rows, n_outputs), of the networks' shape (n_networks, n_rows, n_columns)."""

    def loss(self, loss: Loss) -> Loss:
        """Whose inverse link the networks' scores pass."""
        return loss


@final
@dataclass(frozen=True)
class Predictions(Output):
    """The mean of the networks' predictions; of two classes the probability of the second."""

    is_mean: ClassVar[bool] = True

    def of(self, given: FloatArray) -> Float64Array:
        return given.mean(axis=0, dtype=np.float64)


@final
@dataclass(frozen=True)
class Numbers(Output):
    """Numbers in the target's own units, within its range."""

    target: NumberTarget

    def of(self, given: FloatArray) -> Float64Array:
        return self.target.restore(given.mean(axis=0, dtype=np.float64)).astype(np.float64)


@final
@dataclass(frozen=True)
class Margins(Output):
    """ln p / (1 - p) of two classes, ln p of more; p is the mean of the networks' probabilities."""

    def loss(self, loss: Loss) -> Loss:
        return SquaredError()  # whose link is the identity: scores do not saturate

    def of(self, given: FloatArray) -> Float64Array:
        scores = given.astype(np.float64)
        if scores.shape[2] == 1:
            return log_mean(-np.logaddexp(0, -scores)) - log_mean(-np.logaddexp(0, scores))
        most = scores.max(axis=2, keepdims=True)
        total = np.log(np.exp(scores - most).sum(axis=2, keepdims=True)) + most
        return log_mean(scores - total)


def log_mean(logarithms: Float64Array) -> Float64Array:
    """The logarithm of the mean over the first axis."""
    mean: Float64Array = np.logaddexp.reduce(logarithms, axis=0) - np.log(len(logarithms))
    return mean
