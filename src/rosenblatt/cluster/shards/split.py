"""Which rows are trained on: a share of them by a hash of their numbers, wherever they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

__all__ = ["HELD_OUT", "TRAIN", "VALIDATION", "RowShares", "uniform"]

TRAIN, VALIDATION, HELD_OUT = 0, 1, 2

Parts = npt.NDArray[np.uint8]


@final
@dataclass(frozen=True)
class RowShares:
    """The shares of rows to validate on and to hold out, the rest being trained on.

    Attributes
    ----------
    seed : int
    validation, held_out : float
        Between 0 and 1.
    """

    seed: int = 0
    validation: float = 0.0
    held_out: float = 0.0

    def of(self, first: int, n: int) -> Parts:
        """The parts of n rows from number `first` on, shape (n,)."""
        if not (self.validation or self.held_out):
            return np.zeros(n, np.uint8)
        at = uniform(np.arange(first, first + n, dtype=np.uint64), self.seed)
        parts = np.zeros(n, np.uint8)
        parts[at < self.validation + self.held_out] = HELD_OUT
        parts[at < self.validation] = VALIDATION
        return parts


def uniform(rows: npt.NDArray[np.uint64], seed: int) -> npt.NDArray[np.float64]:
    """Numbers in [0, 1) for row numbers, by the mixing of SplitMix64 (Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        z = (rows + np.uint64(1) + (np.uint64(seed) << np.uint64(32))) * np.uint64(
            0x9E3779B97F4A7C15
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
