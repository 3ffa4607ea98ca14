"""What every normalisation does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.field_types import check_real
from rosenblatt.support.types import FloatArray

__all__ = ["Normalization", "Statistics", "require_positive", "statistics_over"]


@final
@dataclass(frozen=True)
class Statistics:
    """Mean and variance, shaped so that they meet the array that they belong to.

    `fixed` ones do not depend on it: they are the running statistics. They are those of the array
    times `factor`, powers of two that are not 1 where the variance would overflow.
    """

    mean: FloatArray
    variance: FloatArray
    fixed: bool = False
    factor: FloatArray | None = None


class Normalization(ABC):
    """What h, shape (n_samples, n_units), is normalised by."""

    epsilon: float

    @property
    def initial_state(self) -> Mapping[str, float]:
        """Name and initial value of the running statistics, each of shape (n_units,)."""
        return {}

    def track(self, running: Mapping[str, FloatArray], batch: Statistics, n: int) -> None:
        """Move the running statistics, in place, by those of a batch of n rows."""
        return

    @property
    @abstractmethod
    def axis(self) -> int:
        """The axis over which mean and variance are taken."""

    @abstractmethod
    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        """Mean and biased variance, or the running ones where they stand for them."""

    @final
    def value(self, h: FloatArray, by: Statistics) -> FloatArray:
        """ĥ."""
        shrunk = h if by.factor is None else h * by.factor
        return (shrunk - by.mean) / np.sqrt(by.variance + self.epsilon)

    @final
    def pull_back(self, normalised: FloatArray, by: Statistics, grad: FloatArray) -> FloatArray:
        """The gradient with respect to h, given the one with respect to ĥ, which is `normalised`.

        Unless they are fixed, mean and variance depend on h as well:
        (e - mean(e) - ĥ mean(e ĥ)) / √(variance + ε).
        """
        if by.fixed:
            return grad / np.sqrt(by.variance + self.epsilon)
        mean = grad.mean(self.axis, keepdims=True)
        along = (grad * normalised).mean(self.axis, keepdims=True)
        centred = grad - mean - normalised * along
        pulled = centred / np.sqrt(by.variance + self.epsilon)
        return pulled if by.factor is None else pulled * by.factor

    @final
    def pull_back_along(
        self,
        normalised: FloatArray,
        by: Statistics,
        grad: FloatArray,
        h_dot: FloatArray,
        normalised_dot: FloatArray,
        grad_dot: FloatArray,
    ) -> FloatArray:
        """The derivative of `pull_back` as h, ĥ and the gradient move along what is given.

        The deviation √(variance + ε) moves by mean(ĥ ḣ).
        """
        moved = self.pull_back(normalised, by, grad_dot)
        if by.fixed:
            return moved
        factor = 1 if by.factor is None else by.factor
        deviation = np.sqrt(by.variance + self.epsilon) / factor
        of_mean = normalised_dot * (grad * normalised).mean(self.axis, keepdims=True)
        of_mean += normalised * (grad * normalised_dot).mean(self.axis, keepdims=True)
        deviation_dot = (normalised * h_dot).mean(self.axis, keepdims=True)
        pulled = self.pull_back(normalised, by, grad)
        return moved - (of_mean + pulled * deviation_dot) / deviation


def statistics_over(h: FloatArray, axis: int) -> Statistics:
    return Statistics(h.mean(axis, keepdims=True), h.var(axis, keepdims=True))


def require_positive(epsilon: float) -> None:
    check_real("epsilon", epsilon)
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, got epsilon={epsilon}")
