"""Whether rows are like those of the training: each of them, and all together (theory U5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.uncertainty.column_reference import (
    CellReference,
    ColumnReference,
    NumberReference,
)
from rosenblatt.uncertainty.score_distribution import ScoreDistribution

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["ColumnShift", "Shift", "ShiftReference", "oddness"]

COMMON = float(np.log(20))  # a cell is odd if less than one in twenty is as rare


@final
@dataclass(frozen=True)
class ColumnShift:
    """A column whose cells differ.

    Attributes
    ----------
    name : str
    p_value : float
        How often rows like those of the training would differ as much.
    """

    name: str
    p_value: float


@final
@dataclass(frozen=True)
class Shift:
    """What rows differ by from those of the training.

    Attributes
    ----------
    columns : tuple of ColumnShift
        Those that differ more than chance lets any of them, the most shifted first.
    odd_rows : float
        The share of rows of which less than one in a hundred of the training was as odd.
    p_value : float
        How often rows like those of the training would differ as much in any column, or be as odd.
    rate : float
        The p-value that is told: how often rows like those of the training are told wrongly.
    """

    columns: tuple[ColumnShift, ...]
    odd_rows: float
    p_value: float
    rate: float

    @property
    def is_told(self) -> bool:
        return self.p_value <= self.rate

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "differs": self.is_told,
            "p_value": self.p_value,
            "odd_rows": self.odd_rows,
            "columns": [{"name": c.name, "p_value": c.p_value} for c in self.columns],
        }


@final
@dataclass(frozen=True)
class ShiftReference:
    """The columns of the training rows, and how odd such rows are.

    Attributes
    ----------
    numbers : tuple of NumberReference
    cells : tuple of CellReference
    scores : ScoreDistribution
        How odd rows were that the columns were not learnt from.
    """

    numbers: tuple[NumberReference, ...]
    cells: tuple[CellReference, ...]
    scores: ScoreDistribution

    @property
    def columns(self) -> tuple[ColumnReference, ...]:
        return (*self.numbers, *self.cells)

    @property
    def n_features(self) -> int:
        """That encoded rows have at least."""
        ends = [one.start + 1 for one in self.numbers]
        return max([0, *ends, *(one.start + len(one.shares) - 1 for one in self.cells)])

    def p_values(self, X: FloatArray) -> Float64Array:
        """The share of rows like those of the training that are as odd, shape (n,)."""
        return self.scores.p_values(oddness(self.columns, X, self.scores.n_rows))

    def compare(self, X: FloatArray, rate: float) -> Shift:
        """What the rows differ by, with false alarms at this rate.

        Parameters
        ----------
        X : array (n, n_features)
            Encoded.
        rate : float
        """
        n_rows = self.scores.n_rows
        p_rows = self.p_values(X)
        by_name: dict[str, list[float]] = {}
        for column in self.columns:
            by_name.setdefault(column.name, []).append(column.p_value(X, n_rows))
        n_tests = len(self.columns) + 1
        shifted = [ColumnShift(name, min(min(p) * n_tests, 1)) for name, p in by_name.items()]
        # Odd rows have small p-values; p-values of tied rows are larger, never smaller.
        odd = np.sort(p_rows)
        distance = float((np.arange(1, len(odd) + 1) / len(odd) - odd).max())
        p_odd = min(
            special.kolmogorov(max(distance, 0) * np.sqrt(smaller(len(odd), n_rows))) * n_tests, 1
        )
        return Shift(
            tuple(sorted((one for one in shifted if one.p_value <= rate), key=by_p_value)),
            float(np.mean(p_rows < 0.01)),
            float(min([p_odd, *(one.p_value for one in shifted)])),
            rate,
        )


def oddness(columns: Sequence[ColumnReference], X: FloatArray, n_rows: float) -> Float64Array:
    """Σ over the columns of what a cell is rarer than one in twenty, in -ln p, shape (n,)."""
    total = np.zeros(len(X))
    for column in columns:
        total += np.maximum(column.rarity(X, n_rows) - COMMON, 0)
    return total


def smaller(n: float, m: float) -> float:
    """How many rows two samples of n and m are worth in a test of both."""
    return n * m / (n + m)


def by_p_value(column: ColumnShift) -> float:
    return column.p_value
