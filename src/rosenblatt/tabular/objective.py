"""What a network learns of a target, and how well its raw scores hit it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    SquaredError,
)
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import NumberTarget
from rosenblatt.tabular.temperature import log_losses, temperature

__all__ = ["Classes", "Errors", "Numbers", "Objective"]

SIGNIFICANT = 1.28  # standard errors: by chance beyond in 10 % of cases


@final
@dataclass(frozen=True, eq=False)
class Errors:
    """What a recipe got wrong.

    Attributes
    ----------
    of_rows : array (n_rows,)
    second : float
        Decides between recipes whose rows are too alike.
    """

    of_rows: Float64Array
    second: float

    def are_less_than(self, others: Errors, weights: Float64Array | None) -> bool:
        """By the mean over the rows, if that of the differences is significant."""
        difference = self.of_rows - others.of_rows
        mean = float(np.average(difference, weights=weights))
        variance = float(np.average((difference - mean) ** 2, weights=weights))
        if mean**2 * len(difference) > SIGNIFICANT**2 * variance:
            return mean < 0
        return self.second < others.second


class Objective(ABC):
    """Targets in the loss's terms, and the measures by which epochs and recipes are compared."""

    loss: Loss
    n_outputs: int

    @abstractmethod
    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        """The targets that the loss takes, float32 of shape (n, 1)."""

    @abstractmethod
    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        """How good raw scores, shape (n, n_outputs), are: the larger pair is the better one."""

    def first_scores(
        self, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Float64Array | None:
        """Biases that the last layer begins with, shape (n_outputs,); None for random ones."""
        return None

    @abstractmethod
    def errors(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Errors:
        """The measures by which recipes are compared."""


@final
@dataclass(frozen=True)
class Classes(Objective):
    """Class codes 0 … n_classes - 1: accuracy, and of equal ones the smaller log loss."""

    n_classes: int
    smoothing: float = 0.0

    @property
    def loss(self) -> Loss:  # type: ignore[override]
        if self.n_classes == 2:
            return BinaryCrossEntropy(smoothing=self.smoothing)
        return CategoricalCrossEntropy(smoothing=self.smoothing)

    @property
    def n_outputs(self) -> int:  # type: ignore[override]
        return self.n_classes if self.n_classes > 2 else 1

    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        return np.ascontiguousarray(y[:, None], np.float32)

    def decided(self, scores: FloatArray) -> IntArray:
        """The class that each row's scores speak for."""
        if self.n_classes > 2:
            return scores.argmax(axis=1)
        return (scores[:, 0] > 0).astype(np.int64)

    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        accuracy = float(np.average(self.decided(scores) == y, weights=weights))
        return accuracy, -float(np.average(log_losses(scores, y), weights=weights))

    def errors(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Errors:
        """Misses, and the log loss at the best temperature."""
        T = temperature(scores, y, weights)
        loss = float(np.average(log_losses(scores / T, y), weights=weights))
        return Errors((self.decided(scores) != y).astype(np.float64), loss)


@final
@dataclass(frozen=True)
class Numbers(Objective):
    """Numbers, standardised: the mean error of the numbers themselves, squared or absolute.

    Attributes
    ----------
    target : NumberTarget
    loss : Loss
    unit : float
        Of the errors: the same for a number and its logarithm, and so large that squares are
        numbers yet.
    """

    target: NumberTarget
    loss: Loss = SquaredError()  # noqa: RUF009
    unit: float = 1.0
    n_outputs: int = 1

    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        return np.ascontiguousarray(self.target.standardise(y)[:, None], np.float32)

    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        return -self.errors(scores, y, weights).second, 0.0

    def errors(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> Errors:
        """Errors in the unit, squared or absolute, and their mean."""
        off = (self.target.restore(scores[:, 0].astype(np.float64)) - y) / self.unit
        errors = np.abs(off) if isinstance(self.loss, AbsoluteError) else off**2
        return Errors(errors, float(np.average(errors, weights=weights)))
