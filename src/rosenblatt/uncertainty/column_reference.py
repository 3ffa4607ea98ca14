"""How the cells of one column were distributed in training, and how odd new ones are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self, final

import numpy as np

from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray, IntArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["CellReference", "ColumnReference", "NumberReference"]

FEWEST_EXPECTED = 5.0  # cells of a table of counts, for Pearson's test


class ColumnReference(ABC):
    """The distribution of one column's features; members are plain data."""

    name: str
    start: int  # the first of its features

    @abstractmethod
    def rarity(self, X: FloatArray, n_rows: float) -> Float64Array:
        """-ln of the share of cells that are as far out or as rare, shape (n,).

        Parameters
        ----------
        X : array (n, n_features)
            Encoded.
        n_rows : float
            Independent rows that the reference is of.
        """

    @abstractmethod
    def p_value(self, X: FloatArray, n_rows: float) -> float:
        """How often rows like those of the training would differ as much."""


@final
@dataclass(frozen=True)
class NumberReference(ColumnReference):
    """A number or date: some of its values, scaled, and the share of rows no larger.

    Attributes
    ----------
    name : str
    start : int
    values, shares : tuple of float
        Ascending.
    """

    leaves_out_defaults: ClassVar[bool] = True

    name: str
    start: int
    values: tuple[float, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.values) == len(self.shares):
            raise ValueError("values and their shares must be as many, and one or more")
        if (np.diff(self.values) <= 0).any() or (np.diff(self.shares) < 0).any():
            raise ValueError("values and their shares must ascend")
        if not (np.isfinite(self.values).all() and all(0 <= share <= 1 for share in self.shares)):
            raise ValueError("values must be finite, and their shares between 0 and 1")

    @classmethod
    def of(cls, name: str, start: int, x: FloatArray, n_points: int) -> Self:
        """The reference of these values, shape (n,), with so many of them at most."""
        values, counts = np.unique(x.astype(np.float32), return_counts=True)
        shares = np.cumsum(counts) / len(x)
        if len(values) > n_points:
            ends = n_points // 4
            # As many at each end, and others at equal shares of the rows.
            inner = np.searchsorted(shares, np.linspace(0, 1, n_points - 2 * ends))
            both = np.r_[0:ends, np.minimum(inner, len(values) - 1), -ends:0] % len(values)
            chosen = np.unique(both)
            values, shares = values[chosen], shares[chosen]
        return cls(
            name,
            start,
            tuple(float(str(value)) for value in values),
            tuple(round(share, 9) for share in shares.tolist()),
        )

    def rarity(self, X: FloatArray, n_rows: float) -> Float64Array:
        x = X[:, self.start].astype(np.float32)
        values, shares = np.array(self.values, np.float32), np.array(self.shares)
        edges = np.concatenate([[0.0], shares, [1.0]])
        below = edges[np.searchsorted(values, x, side="right")]  # rows no larger, at least
        above = 1 - edges[np.searchsorted(values, x, side="left")]  # rows no smaller, at most
        tail = np.minimum(below, above) * n_rows
        beyond = np.maximum(np.maximum(values[0] - x, x - values[-1]), 0).astype(np.float64)
        rarity: Float64Array = beyond - np.log(np.minimum(2 * (tail + 1) / (n_rows + 1), 1))
        return rarity

    def p_value(self, X: FloatArray, n_rows: float) -> float:
        """Of the two-sample test of Kolmogorov and Smirnov."""
        values = np.array(self.values, np.float32)
        x = np.sort(X[:, self.start].astype(np.float32))
        n = len(x)
        at_or_below = np.searchsorted(x, values, side="right") / n
        distance = float(np.abs(at_or_below - self.shares).max())
        distance = max(distance, 1 - float(np.searchsorted(x, values[-1], side="right")) / n)
        distance = max(distance, float(np.searchsorted(x, values[0], side="left")) / n)
        return float(special.kolmogorov(distance * np.sqrt(n * n_rows / (n + n_rows))))


@final
@dataclass(frozen=True)
class CellReference(ColumnReference):
    """A category, a truth value, or whether a cell is missing: the share of each.

    Attributes
    ----------
    name : str
    start : int
    shares : tuple of float
        Of each indicator feature, and last of the rows that have none of them.
    """

    leaves_out_defaults: ClassVar[bool] = True

    name: str
    start: int
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.shares) < 2 or not all(0 <= share <= 1 for share in self.shares):
            raise ValueError("shares are two or more, each between 0 and 1")

    @classmethod
    def of(cls, name: str, start: int, X: FloatArray, n_indicators: int) -> Self:
        """The reference of the indicators that begin at a place, shape (n, n_features)."""
        counts = np.bincount(cells_of(X, start, n_indicators), minlength=n_indicators + 1)
        return cls(name, start, tuple(round(share, 9) for share in (counts / len(X)).tolist()))

    def rarity(self, X: FloatArray, n_rows: float) -> Float64Array:
        counts = np.array(self.shares) * n_rows
        # Of all the cells that are as rare.
        as_rare = (counts[None, :] * (counts[None, :] <= counts[:, None] + 1e-6)).sum(axis=1)
        rarity: Float64Array = -np.log(np.minimum((as_rare + 1) / (n_rows + 1), 1))
        return rarity[cells_of(X, self.start, len(self.shares) - 1)]

    def p_value(self, X: FloatArray, n_rows: float) -> float:
        """Of Pearson's test of homogeneity; rare cells count together."""
        k = len(self.shares)
        found = np.bincount(cells_of(X, self.start, k - 1), minlength=k).astype(np.float64)
        known, n = np.array(self.shares) * n_rows, len(X)
        few = min(n, n_rows) * (found + known) / (n + n_rows) < FEWEST_EXPECTED
        columns = np.stack([found, known])
        columns = np.hstack([columns[:, ~few], columns[:, few].sum(axis=1, keepdims=True)])
        expected = np.outer([n, n_rows], columns.sum(axis=0)) / (n + n_rows)
        enough = expected.min(axis=0) >= FEWEST_EXPECTED
        if enough.sum() < 2:
            return 1.0
        distance = ((columns - expected) ** 2 / np.maximum(expected, 1e-9))[:, enough].sum()
        return float(special.chdtrc(enough.sum() - 1, distance))


def cells_of(X: FloatArray, start: int, n_indicators: int) -> IntArray:
    """Which of the indicators is 1, or their number where none is, shape (n,)."""
    block = X[:, start : start + n_indicators] > 0.5
    return np.where(block.any(axis=1), block.argmax(axis=1), n_indicators)
