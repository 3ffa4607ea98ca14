"""The optimiser's memory, which outlives a trainer: `partial_fit` goes on from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.optimizers import Optimizer
from rosenblatt.types import FloatArray

__all__ = ["Memory"]


@final
@dataclass
class Memory:
    """The optimiser's slots and its number of steps, both changed in place.

    Attributes
    ----------
    slots : array (n_slots, n_parameters)
    steps : array (1,) of int64
    """

    slots: FloatArray
    steps: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))

    @staticmethod
    def of(optimizer: Optimizer, theta: FloatArray) -> Memory:
        return Memory(np.zeros((optimizer.n_slots, len(theta)), theta.dtype))
