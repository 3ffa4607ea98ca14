"""The optimiser's memory, which outlives a trainer: `partial_fit` goes on from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.optimizers import Optimizer
from rosenblatt.types import FloatArray, aligned_zeros

__all__ = ["Memory"]


@final
@dataclass
class Memory:
    """The optimiser's slots and its number of steps, both changed in place.

    Attributes
    ----------
    slots : array (n_slots, n_parameters)
    steps : array (1,) of int64
    seed : int
        Of what the steps draw at random, which follows from it and from a step's number; 0 where
        none was needed yet.
    """

    slots: FloatArray
    steps: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    seed: int = 0

    @staticmethod
    def of(optimizer: Optimizer, theta: FloatArray) -> Memory:
        line = 64 // theta.dtype.itemsize
        width = -(-len(theta) // line) * line  # every slot begins on a cache line
        padded = aligned_zeros(optimizer.n_slots * width, theta.dtype)
        return Memory(padded.reshape(optimizer.n_slots, width)[:, : len(theta)])
