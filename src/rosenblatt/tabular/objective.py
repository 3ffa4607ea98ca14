"""What a network learns of a target, and how well its raw scores hit it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import NumberTarget
from rosenblatt.tabular.temperature import log_losses, temperature

__all__ = ["Classes", "Numbers", "Objective"]


class Objective(ABC):
    """Targets in the loss's terms, and the measure by which epochs and recipes are compared."""

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

    @abstractmethod
    def error(self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None) -> float:
        """The measure by which recipes are compared, of less variance than the quality."""


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

    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        decided = scores.argmax(axis=1) if self.n_classes > 2 else scores[:, 0] > 0
        accuracy = float(np.average(decided == y, weights=weights))
        return accuracy, -float(np.average(log_losses(scores, y), weights=weights))

    def error(self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None) -> float:
        """The log loss at the best temperature."""
        T = temperature(scores, y, weights)
        return float(np.average(log_losses(scores / T, y), weights=weights))


@final
@dataclass(frozen=True)
class Numbers(Objective):
    """Numbers, standardised: the mean squared error in the target's own units."""

    target: NumberTarget
    loss: Loss = SquaredError()  # noqa: RUF009
    n_outputs: int = 1

    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        return np.ascontiguousarray(self.target.standardise(y)[:, None], np.float32)

    def quality(
        self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None
    ) -> tuple[float, float]:
        return -self.error(scores, y, weights), 0.0

    def error(self, scores: FloatArray, y: npt.NDArray[Any], weights: Float64Array | None) -> float:
        """The mean squared error in the target's own units."""
        error = self.target.restore(scores[:, 0].astype(np.float64)) - y
        return float(np.average(error**2, weights=weights))
