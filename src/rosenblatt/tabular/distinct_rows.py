"""Rows that occur once each: a row given twice is a row of weight 2, and no order matters.

What is learnt then follows from the rows and their weights, and not from how they were given. But
a row that makes up much of a table, such as one of the few different ones that a table of three
truth values has, is many observations: it is divided into parts, which serve as rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["DistinctRows", "distinct_rows"]

# Batches that a single row dominates teach little else.
HEAVIEST_PART = 4.0  # times the mean weight of a distinct row,
FEWEST_PARTS = 2000  # but a table of few distinct rows has that many parts
# Parts of one row lie in one fold, as what is learnt would be known outside otherwise; but a table
# without one of these rows is another table. It has to be many observations: in a table of 60 rows
# each has more than a hundredth of all weight.
HEAVY, FEWEST_OBSERVATIONS = 0.01, 20  # of the weight of all rows; parts of one
NEARLY = 1e-9
LARGEST_WHOLE = 2.0**53
LEAST = 1e-100  # of the largest weight, so that no ratio is infinite


@final
@dataclass(frozen=True, eq=False)
class DistinctRows:
    """Which rows to learn from, in an order that follows from their cells.

    Attributes
    ----------
    chosen : int array (n_parts,)
        The places of rows among those given.
    weights : array (n_parts,), optional
        Of mean 1; none where all are equal.
    units : int array (n_parts,)
        Parts with the same number, 0, 1, …, are in one fold.
    places : int array (n_given,)
        Where the row of each row given stands among the parts: its first one.
    """

    chosen: IntArray
    weights: Float64Array | None
    units: IntArray
    places: IntArray

    def shared(self, of_given: Float64Array | None) -> Float64Array | None:
        """Other weights, of the rows given: those of a row's parts, shape (n_parts,)."""
        n_parts = len(self.chosen)
        total = np.bincount(self.places, of_given, n_parts)
        first = self.places[self.chosen]
        return of_mean_one(total[first] / np.bincount(first, minlength=n_parts)[first])


def distinct_rows(keys: Sequence[npt.NDArray[Any]], weights: Float64Array | None) -> DistinctRows:
    """The rows that differ, with the sums of their weights.

    Parameters
    ----------
    keys : sequence of arrays (n_given,)
        All equal for rows that are alike; the order is that of the first one, then of the second.
    weights : array (n_given,), optional
        Above 0.
    """
    order = np.lexsort([*([] if weights is None else [weights]), *keys[::-1]])
    n_given = len(order)
    is_new = np.zeros(n_given, dtype=bool)
    is_new[0] = True
    for key in keys:
        ordered = key[order]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(is_new)
    counts = np.diff(starts, append=n_given)
    if weights is None:
        totals = counts.astype(np.float64)
    else:
        totals = np.add.reduceat(scaled(weights)[order], starts)
    n_parts = parts_of(totals)
    heavy = (totals > HEAVY * totals.sum()) & (n_parts >= FEWEST_OBSERVATIONS)
    n_units = np.where(heavy, n_parts, 1)
    row = np.repeat(np.arange(len(totals)), n_parts)
    first = np.cumsum(n_parts) - n_parts
    part = np.arange(len(row)) - first[row]
    places = np.empty(n_given, np.int64)
    places[order] = np.repeat(first, counts)
    return DistinctRows(
        order[starts][row],
        of_mean_one((totals / n_parts)[row]),
        (np.cumsum(n_units) - n_units)[row] + np.where(heavy[row], part, 0),
        places,
    )


def parts_of(totals: Float64Array) -> IntArray:
    """Into how many parts rows of these weights are divided."""
    if are_equal(totals):
        return np.ones(len(totals), np.int64)
    every = float(totals.sum())
    most = min(HEAVIEST_PART * every / len(totals), every / FEWEST_PARTS)
    return np.maximum(np.rint(totals / max(most, common_unit(totals))), 1).astype(np.int64)


def common_unit(totals: Float64Array) -> float:
    """The largest number that all weights are multiples of, as counts of rows are of 1; without
    any the mean."""
    for unit in (1.0, float(totals.min())):
        multiples = np.rint(totals / unit)
        if multiples.max() < LARGEST_WHOLE and np.allclose(totals / unit, multiples, NEARLY, 0):
            return unit * float(np.gcd.reduce(multiples.astype(np.int64)))
    return float(totals.mean())


def scaled(weights: Float64Array) -> Float64Array:
    """Weights count by their ratios, and sums of the largest numbers are infinite."""
    largest = weights.max()
    is_fine = largest < LARGEST_WHOLE and (weights == np.rint(weights)).all()
    scaled: Float64Array = weights if is_fine else np.maximum(weights / largest, LEAST)
    return scaled


def of_mean_one(weights: Float64Array) -> Float64Array | None:
    return None if are_equal(weights) else weights / weights.mean()


def are_equal(weights: Float64Array) -> bool:
    return bool(np.ptp(weights) <= NEARLY * weights.max())
