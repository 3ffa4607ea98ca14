"""Bootstrap samples (Breiman 1996), as row numbers of one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.problem import Rows
from rosenblatt.support.types import FloatArray

__all__ = ["Bag", "population"]


@final
@dataclass(frozen=True)
class Bag:
    """As many rows as the population has, drawn from it with replacement.

    The rows follow from the seed, so that they need not be stored for every member.

    Attributes
    ----------
    seed : int
    population : array of int64
        The rows to draw from.
    least_outside : int
        A sample that leaves out fewer rows is drawn again; smaller than the population.
    """

    seed: int
    population: Rows
    least_outside: int = 0

    def rows(self) -> Rows:
        """The rows in the order drawn; some come several times."""
        rng, n = np.random.RandomState(self.seed), len(self.population)
        while True:
            rows = rng.choice(self.population, n).astype(np.int64, copy=False)
            if not self.least_outside or n - len(np.unique(rows)) >= self.least_outside:
                return rows

    def outside(self) -> Rows:
        """The rows of the population that were not drawn: (1 - 1/n)ⁿ, a third of many."""
        return np.setdiff1d(self.population, self.rows())


def population(n_rows: int, weights: FloatArray | None) -> Rows:
    """The rows to draw from: weight 0 stands for a row's absence."""
    return np.arange(n_rows) if weights is None else np.flatnonzero(weights)
