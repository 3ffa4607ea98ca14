"""Descent on a function of a few parameters by simulated workers, for theory (G18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np

from rosenblatt.cluster.update import Measured, Update
from rosenblatt.cluster.worker import Computed, Work
from rosenblatt.engine import OptimizerState
from rosenblatt.support.types import FloatArray

__all__ = ["DescentUpdate", "FunctionWork"]


@final
class FunctionWork(Work):
    """A worker's gradients of a function, by a callable of the parameters and the step."""

    def __init__(
        self, gradient: Callable[[FloatArray, int], FloatArray], steps: int, share: float = 1.0
    ) -> None:
        self.gradient, self.steps, self.share = gradient, steps, share

    def compute(self, step: int, theta: FloatArray) -> Computed:
        return Computed(self.gradient(theta, step), 0.0, 1, self.share)


@final
class DescentUpdate(Update):
    """θ ← θ - ηg."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.memory = OptimizerState(np.zeros((0, 0)))

    def apply(
        self, theta: FloatArray, g: FloatArray, lr_factor: float, rows: int
    ) -> tuple[FloatArray, Measured]:
        return theta - self.rate * lr_factor * g, NOTHING


NOTHING = Measured(0.0, np.zeros(0))
