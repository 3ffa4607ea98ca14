"""Learns how the columns of training rows are distributed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import Boolean, Category, Date, Number, TableEncoding
from rosenblatt.uncertainty.column_reference import CellReference, NumberReference
from rosenblatt.uncertainty.score_distribution import ScoreDistribution, effective_number
from rosenblatt.uncertainty.shift import ShiftReference, oddness

__all__ = ["shift_reference"]

MOST_ROWS, N_FOLDS = 20_000, 5
FEWEST_ROWS = 20
# What a model file keeps of all numbers together, and of one.
MOST_POINTS, MOST_OF_ONE, FEWEST_OF_ONE = 10_000, 200, 12
MOST_COLUMNS = 2000


def shift_reference(
    X: FloatArray, encoding: TableEncoding, units: IntArray, weights: Float64Array | None
) -> ShiftReference | None:
    """The distributions of the columns; None for too few rows or too many columns.

    Parameters
    ----------
    X : array (n, n_features)
        Training rows, encoded. Means of the target among the features are left out.
    encoding : TableEncoding
    units : int array (n,)
        Rows of one unit are dependent.
    weights : array (n,), optional
    """
    parts = list(parts_of(encoding))
    if len(X) < FEWEST_ROWS or not 0 < len(parts) <= MOST_COLUMNS:
        return None
    rng = np.random.default_rng(0)
    n_rows = effective_number(units, weights)
    share = None if weights is None else weights / weights.sum()
    if share is not None or len(X) > MOST_ROWS:
        # Rows of a larger weight are there more often.
        X = X[np.sort(rng.choice(len(X), min(len(X), MOST_ROWS), replace=True, p=share))]
    n_rows = min(n_rows, MOST_ROWS)
    folds = rng.permutation(len(X)) % N_FOLDS
    scores = np.empty(len(X))
    for fold in range(N_FOLDS):
        outside = folds == fold
        columns = columns_of(parts, X[~outside])
        scores[outside] = oddness(
            (*columns[0], *columns[1]), X[outside], n_rows * (1 - 1 / N_FOLDS)
        )
    return ShiftReference(*columns_of(parts, X), ScoreDistribution.of(scores, None, n_rows))


@final
@dataclass(frozen=True)
class Part:
    """A number among the features, or indicators of which one is 1 at most (0: a number)."""

    name: str
    start: int
    n_indicators: int


def parts_of(encoding: TableEncoding) -> Iterator[Part]:
    start = 0
    for column in encoding.columns:
        match column:
            case Number() | Date():
                yield Part(column.name, start, 0)
                if column.indicator:
                    yield Part(column.name, start + column.n_features - 1, 1)
            case Category(coded=True):  # in whatever order, but always the same
                yield Part(column.name, start, 0)
            case Category() if column.n_indicators:
                yield Part(column.name, start, column.n_indicators)
            case Boolean():
                yield Part(column.name, start, column.n_features)
        start += column.n_features


def columns_of(
    parts: list[Part], X: FloatArray
) -> tuple[tuple[NumberReference, ...], tuple[CellReference, ...]]:
    n_numbers = sum(not part.n_indicators for part in parts)
    n_points = int(np.clip(MOST_POINTS // max(n_numbers, 1), FEWEST_OF_ONE, MOST_OF_ONE))
    return (
        tuple(
            NumberReference.of(part.name, part.start, X[:, part.start], n_points)
            for part in parts
            if not part.n_indicators
        ),
        tuple(
            CellReference.of(part.name, part.start, X, part.n_indicators)
            for part in parts
            if part.n_indicators
        ),
    )
