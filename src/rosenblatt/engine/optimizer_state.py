"""The optimiser's state, which outlives a trainer: `partial_fit` continues from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.averaging import StepAveraging
from rosenblatt.optimizers import Optimizer
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["OptimizerState"]

# The arrays that steps change.
MOVING = ("slots", "steps", "average")
MOST_STEPS = 2**60  # which no training takes, and to which an epoch may be added


@final
@dataclass
class OptimizerState:
    """Slots and step count of the optimiser, and the average of the weights; changed in place.

    Attributes
    ----------
    slots : array (n_slots, n_parameters)
    steps : array (1,) of int64
    average : array (n_parameters,), or (0,) without averaging
        Running mean of the parameters; the parameters themselves before the first step.
    seed : int
        Of dropout and input noise, whose random numbers follow from it and the number of the step;
        0 as long as none was needed.
    """

    slots: FloatArray
    steps: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    average: FloatArray = field(default_factory=lambda: np.empty(0))
    seed: int = 0

    @staticmethod
    def of(
        optimizer: Optimizer, theta: FloatArray, averaging: StepAveraging | None = None
    ) -> OptimizerState:
        """The state before the first step."""
        slots = zero_slots(optimizer.n_slots, len(theta), theta.dtype)
        if averaging is None or not averaging.has_mean:
            return OptimizerState(slots)
        average = aligned_zeros(len(theta), theta.dtype)
        average[:] = theta
        return OptimizerState(slots, average=average)

    def copied(self, dtype: npt.DTypeLike) -> OptimizerState:
        """A copy, its slots in the given float type."""
        n_slots, n_parameters = self.slots.shape
        slots = zero_slots(n_slots, n_parameters, dtype)
        slots[...] = self.slots
        return OptimizerState(slots, self.steps.copy(), self.average.copy(), self.seed)

    @property
    def moving(self) -> tuple[npt.NDArray[Any], ...]:
        """The arrays that steps change."""
        return tuple(getattr(self, name) for name in MOVING)

    def state_dict(self) -> StateDict:
        return StateDict({"seed": self.seed}, dict(zip(MOVING, self.moving, strict=True)))

    def load_state_dict(self, state: StateDict) -> None:
        for name, array in zip(MOVING, self.moving, strict=True):
            state.copy_to(array, name)
        self.seed = state.whole("seed")
        if (self.steps < 0).any() or (self.steps > MOST_STEPS).any():
            raise ValueError(f"steps are counted from 0, up to {MOST_STEPS}")


def zero_slots(n_slots: int, n_parameters: int, dtype: npt.DTypeLike) -> FloatArray:
    """Zeros, shape (n_slots, n_parameters)."""
    line = 64 // np.dtype(dtype).itemsize
    width = -(-n_parameters // line) * line  # every slot begins on a cache line
    slots: FloatArray = aligned_zeros(n_slots * width, dtype).reshape(n_slots, width)
    return slots[:, :n_parameters]
