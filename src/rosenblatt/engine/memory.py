"""The optimiser's memory, which outlives a trainer: `partial_fit` goes on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.optimizers import Optimizer
from rosenblatt.types import FloatArray

__all__ = ["Memory"]


@final
@dataclass
class Memory:
    """Slots, shape (n_slots, n_parameters), and the number of steps taken."""

    slots: FloatArray
    steps: int = 0

    @staticmethod
    def of(optimizer: Optimizer, theta: FloatArray) -> Memory:
        return Memory(np.zeros((optimizer.n_slots, len(theta)), theta.dtype))
