"""Means of the target over the rows of a category, as features (Micci-Barreca 2001).

A training row must not see its own target: its features are means over the rows of the other folds
(cross-fitting) or of earlier ones, while a new row's are means over all training rows. The rows
that judge a network are new to it: no mean that it learns from is over any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.problem import Rows
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table.columns import Category
from rosenblatt.table.encoding import TableEncoding
from rosenblatt.table.table import Table
from rosenblatt.table.target import AnyTarget, ClassTarget

__all__ = ["Averaged", "MeanFeatures", "averaged", "with_means"]

MOST_CLASSES = 5
SMOOTHING = 10.0  # rows with the mean of all that are added to each category
FEWEST_CATEGORIES = 3  # means of two say no more than their indicator


@final
@dataclass(frozen=True)
class Averaged:
    """What is averaged, for each row.

    Attributes
    ----------
    names : tuple of str
    values : array (n_rows, n_names)
    """

    names: tuple[str, ...]
    values: Float64Array


def averaged(target: AnyTarget, y: npt.NDArray[Any]) -> Averaged:
    """The standardised number; whether it is the second of two classes; or whether it is one of the
    most frequent classes.

    Parameters
    ----------
    target : ClassTarget or NumberTarget
    y : array (n_rows,)
        Class codes, or numbers in the target's own units.
    """
    if not isinstance(target, ClassTarget):
        return Averaged((target.name,), target.standardise(y)[:, None].astype(np.float64))
    n_classes = len(target.classes)
    shares = np.bincount(y, minlength=n_classes)
    classes = np.argsort(-shares, kind="stable")[:MOST_CLASSES] if n_classes > 2 else np.array([1])
    values = (y[:, None] == classes).astype(np.float64)
    return Averaged(tuple(f"{target.name} = {target.classes[k]}" for k in classes), values)


@final
@dataclass(frozen=True, eq=False)
class Places:
    """A column of categories in the training rows.

    Attributes
    ----------
    start : int
        The number of the first of its features of means.
    of_rows : int array (n_rows,)
        The place of each row's category.
    n_places : int
    center, scale : array (n_means,)
        What its means are standardised by.
    """

    start: int
    of_rows: IntArray
    n_places: int
    center: Float64Array
    scale: Float64Array


@final
@dataclass(frozen=True, eq=False)
class MeanFeatures:
    """The features of training rows that are means of the target.

    Attributes
    ----------
    columns : tuple of Places
    values : array (n_rows, n_means)
    folds : int array (n_rows,)
    weights : array (n_rows,), optional
    ordered : bool
        Whether a row has means over the rows of earlier folds, and not over those of all others.
    """

    columns: tuple[Places, ...]
    values: Float64Array
    folds: IntArray
    weights: Float64Array | None
    ordered: bool

    def write(self, X: FloatArray, train: Rows, others: Rows | None = None) -> None:
        """Replace the features of means of some rows in X, shape (n_rows, n_features), in place.

        Parameters
        ----------
        X : array (n_rows, n_features)
        train : int array
            Rows to learn from, whose means are over others of them.
        others : int array, optional
            Rows whose means are over all of the former.
        """
        weights = None if self.weights is None else self.weights[train]
        for column in self.columns:
            means, own = fitted_means(
                column.of_rows[train],
                column.n_places,
                self.values[train],
                self.folds[train],
                weights,
                ordered=self.ordered,
            )
            features = slice(column.start, column.start + means.shape[1])
            X[train, features] = (own - column.center) / column.scale
            if others is not None:
                of_others = means[column.of_rows[others]]
                X[others, features] = (of_others - column.center) / column.scale


def with_means(
    encoding: TableEncoding,
    table: Table,
    rows: IntArray,
    y: Averaged,
    folds: IntArray,
    weights: Float64Array | None = None,
    *,
    ordered: bool = False,
) -> tuple[TableEncoding, MeanFeatures]:
    """The encoding with means of the target for its categories, and those of the training rows.

    Parameters
    ----------
    encoding : TableEncoding
        Without means.
    table : Table
    rows : int array (n_rows,)
        The training rows of the table.
    y : Averaged
        Of the training rows.
    folds : int array (n_rows,)
        The fold of each training row, 0 … n_folds - 1.
    weights : array (n_rows,), optional
        Sample weights.
    ordered : bool
        As in `MeanFeatures`.
    """
    columns, found, start = [], [], 0
    for column in encoding.columns:
        if isinstance(column, Category) and len(column.known) >= FEWEST_CATEGORIES:
            places = column.places(table.by_name[column.name].take(rows))
            n_places = len(column.known) + column.indicator
            means, own = fitted_means(places, n_places, y.values, folds, weights, ordered=ordered)
            center, scale = scale_of(own, weights)
            found.append(Places(start + column.n_indicators, places, n_places, center, scale))
            means = (means - center) / scale
            column = replace(column, means=tuple(map(tuple, means.tolist())), mean_of=y.names)
        start += column.n_features
        columns.append(column)
    features = MeanFeatures(tuple(found), y.values, folds, weights, ordered)
    return replace(encoding, columns=tuple(columns)), features


def fitted_means(
    places: IntArray,
    n_places: int,
    values: Float64Array,
    folds: IntArray,
    weights: Float64Array | None = None,
    *,
    ordered: bool = False,
) -> tuple[Float64Array, Float64Array]:
    """Smoothed means by place, shape (n_places, m), and those of the rows, shape (n, m).

    A place's mean is (Σ w v + s·v̄) / (Σ w + s), v̄ being the mean of all rows and s `SMOOTHING`. A
    row's is that of the rows outside its fold; if they are ordered, of the rows of earlier folds,
    and so is its v̄, while the first fold has the mean of all of its rows.
    """
    w = np.ones(len(places)) if weights is None else weights * (len(weights) / weights.sum())
    n_folds = int(folds.max()) + 1
    cell = folds * n_places + places
    shape = (n_folds, n_places)
    count, *of_values = (
        np.asarray(np.bincount(cell, part, n_folds * n_places), np.float64).reshape(shape)
        for part in (w, *(w * v for v in values.T))
    )
    total = np.stack(of_values, axis=-1)
    every = np.average(values, axis=0, weights=w)
    by_place = smoothed(total.sum(axis=0), count.sum(axis=0), every)
    if ordered:
        total_before = np.cumsum(total, axis=0) - total
        count_before = np.cumsum(count, axis=0) - count
        sums, counts = total_before.sum(axis=1), count_before.sum(axis=1)
        sums[counts == 0], counts[counts == 0] = total[0].sum(axis=0), count[0].sum()
        outside = smoothed(total_before, count_before, (sums / counts[:, None])[:, None])
    else:
        outside = smoothed(total.sum(axis=0) - total, count.sum(axis=0) - count, every)
    return by_place, outside[folds, places]


def smoothed(sums: Float64Array, counts: Float64Array, mean: Float64Array) -> Float64Array:
    return (sums + SMOOTHING * mean) / (counts + SMOOTHING)[..., None]


def scale_of(
    of_rows: Float64Array, weights: Float64Array | None
) -> tuple[Float64Array, Float64Array]:
    """Mean and standard deviation; 1 for the latter where all are nearly the same."""
    center = np.average(of_rows, axis=0, weights=weights)
    scale = np.sqrt(np.average((of_rows - center) ** 2, axis=0, weights=weights))
    return center, np.where(scale > 1e-9 * np.abs(center).max(initial=1), scale, 1.0)
