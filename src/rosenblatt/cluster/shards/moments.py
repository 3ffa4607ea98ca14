"""Mean and variance of numbers that lie in many places (Chan, Golub, LeVeque 1983)."""

from __future__ import annotations

import math
from typing import NamedTuple, final

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["Moments"]


@final
class Moments(NamedTuple):
    """How many, their mean, and the sum of the squared distances from it."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, x: FloatArray) -> Moments:
        """Of numbers, shape (n,)."""
        if not len(x):
            return cls()
        mean = float(x.mean())
        return cls(len(x), mean, float(np.square(x - mean).sum()))

    def merged(self, other: Moments) -> Moments:
        """Of both."""
        n = self.n + other.n
        if not n:
            return self
        apart = other.mean - self.mean
        return Moments(
            n,
            self.mean + apart * other.n / n,
            self.squares + other.squares + apart * apart * self.n * other.n / n,
        )

    @property
    def std(self) -> float:
        return math.sqrt(self.squares / self.n) if self.n else 0.0
