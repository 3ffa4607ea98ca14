"""Nonconformity scores of rows that were not learnt from, and their quantiles (theory U1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self, final

import numpy as np

from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["ScoreDistribution", "effective_number"]

MOST = 1000  # scores that are kept
OF_TAIL = 250  # of these the largest, of which all are
ROUNDING = 1e-9


@final
@dataclass(frozen=True)
class ScoreDistribution:
    """Distinct scores in ascending order, thinned where there are many.

    Attributes
    ----------
    values : tuple of float
    shares : tuple of float
        The share of the weight whose score is no larger.
    n_rows : float
        How many independent rows of equal weight say as much.
    """

    values: tuple[float, ...]
    shares: tuple[float, ...]
    n_rows: float

    def __post_init__(self) -> None:
        if not 0 < len(self.values) == len(self.shares):
            raise ValueError("scores and their shares must be as many, and one or more")
        if not self.n_rows >= 1:
            raise ValueError("scores are of one row or more")
        ascending = (np.diff(column) >= 0 for column in (self.values, self.shares))
        if not all(steps.all() for steps in ascending) or not self.shares[0] > 0:
            raise ValueError("scores and their shares must ascend from above 0")

    @classmethod
    def of(cls, scores: Float64Array, weights: Float64Array | None, n_rows: float) -> Self:
        """The distribution of these scores, shape (n,), none of them NaN.

        Scores that no file can hold, as of a prediction that is infinite, count as larger than any.
        """
        order = np.argsort(scores, kind="stable")
        ordered = scores[order]
        of_each = np.ones(len(scores)) if weights is None else weights[order]
        shares = np.cumsum(of_each) / of_each.sum()
        last = np.append(ordered[1:] > ordered[:-1], True) & np.isfinite(ordered)
        places = thinned(np.flatnonzero(last))
        if not len(places):
            return cls((0.0,), (math.ulp(0.0),), n_rows)
        return cls(tuple(ordered[places].tolist()), tuple(shares[places].tolist()), n_rows)

    def threshold(self, coverage: float, edge: float = 0.0) -> float:
        """The score that a new row's exceeds with the probability 1 - coverage at most.

        The ⌈(n + 1)·coverage⌉-th smallest of n; infinite where there are too few. Of rows with
        weights it is the first that as large a share of the weight does not exceed.

        Parameters
        ----------
        coverage : float
        edge : float
            The share of the weight that is missed whatever the score.
        """
        needed = coverage * (1 + 1 / self.n_rows) + edge
        place = int(np.searchsorted(self.shares, needed - ROUNDING))
        return self.values[place] if place < len(self.values) else math.inf

    def p_values(self, scores: Float64Array) -> Float64Array:
        """(1 + n·share of scores as large) / (n + 1) of new scores, shape (n,)."""
        below = np.searchsorted(self.values, scores, side="left")
        shares = np.concatenate([[0.0], self.shares])[below]
        return (1 + self.n_rows * np.clip(1 - shares, 0, 1)) / (self.n_rows + 1)


def thinned(places: IntArray) -> IntArray:
    """As many as are kept: all of the largest, and others at equal distances."""
    if len(places) <= MOST:
        return places
    body, tail = places[:-OF_TAIL], places[-OF_TAIL:]
    chosen = np.linspace(0, len(body) - 1, MOST - OF_TAIL).round().astype(np.int64)
    return np.concatenate([body[chosen], tail])


def effective_number(units: IntArray, weights: Float64Array | None) -> float:
    """(Σw)² / Σw² over the weights of units, such as groups, whose rows are dependent (Kish).

    Parameters
    ----------
    units : int array (n,)
        The unit of each row.
    weights : array (n,), optional
    """
    _, places = np.unique(units, return_inverse=True)
    totals = np.bincount(places, weights)
    return float(totals.sum() ** 2 / (totals**2).sum())
