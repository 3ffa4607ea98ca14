"""Bootstrap samples (Breiman 1996), as the numbers of rows in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.problem import Rows
from rosenblatt.types import FloatArray

__all__ = ["Bag", "population"]


@final
@dataclass(frozen=True)
class Bag:
    """As many rows as the population has, drawn from it with replacement.

    It keeps a seed in place of the rows, which an ensemble would otherwise have once a member.
    """

    seed: int
    population: Rows

    def rows(self) -> Rows:
        """The rows in the order drawn; some come several times."""
        rng = np.random.RandomState(self.seed)
        return rng.choice(self.population, len(self.population)).astype(np.int64, copy=False)

    def outside(self) -> Rows:
        """The rows of the population that were not drawn: (1 - 1/n)ⁿ, a third of many."""
        return np.setdiff1d(self.population, self.rows())


def population(n_rows: int, weights: FloatArray | None) -> Rows:
    """The rows to draw from: weight 0 stands for a row's absence."""
    return np.arange(n_rows) if weights is None else np.flatnonzero(weights)
