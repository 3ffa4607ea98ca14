"""What was measured of a quantity: its mean over the seeds, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, final

import numpy as np
from scipy import stats

__all__ = ["Estimate"]

LEVEL = 0.95


@final
@dataclass(frozen=True)
class Estimate:
    """The mean of n samples, and Student's 95 % interval of it.

    Attributes
    ----------
    mean : float
    low, high : float
        The ends of the interval; the mean itself of one sample, or of equal ones.
    n : int
        Samples, mostly one for each seed.
    """

    mean: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, samples: Sequence[float]) -> Self:
        values = np.asarray(samples, np.float64)
        mean, n = float(np.mean(values)), len(values)
        if n == 1 or not math.isfinite(mean):
            return cls(mean, mean, mean, n)
        error = float(np.std(values, ddof=1)) / math.sqrt(n)
        half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
        return cls(mean, mean - half, mean + half, n)
