"""Means of the target over the rows of a category, as features (Micci-Barreca 2001).

A training row must not see its own target: its features are means over the rows of the other folds
(cross-fitting), while a new row's are means over all training rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table.columns import Category
from rosenblatt.table.encoding import TableEncoding
from rosenblatt.table.table import Table
from rosenblatt.table.target import AnyTarget, ClassTarget

__all__ = ["Averaged", "CrossFitted", "averaged", "cross_fitted"]

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
@dataclass(frozen=True)
class CrossFitted:
    """An encoding with means, and what its features of means are in the training rows.

    Attributes
    ----------
    encoding : TableEncoding
    of_training : mapping of int to array (n_rows, n_means)
        The number of the first of a column's features of means -> their cross-fitted values.
    """

    encoding: TableEncoding
    of_training: Mapping[int, Float64Array]

    def write(self, X: FloatArray) -> None:
        """Replace the features of means of training rows, shape (n_rows, n_features), in place."""
        for start, values in self.of_training.items():
            X[:, start : start + values.shape[1]] = values


def cross_fitted(
    encoding: TableEncoding,
    table: Table,
    rows: IntArray,
    y: Averaged,
    folds: IntArray,
    weights: Float64Array | None = None,
) -> CrossFitted:
    """The encoding with means of the target for its categories.

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
    """
    columns, of_training, start = [], {}, 0
    for column in encoding.columns:
        if isinstance(column, Category) and len(column.known) >= FEWEST_CATEGORIES:
            places = column.places(table.by_name[column.name].take(rows))
            n_places = len(column.known) + column.indicator
            means, own = fitted_means(places, n_places, y.values, folds, weights)
            column = replace(column, means=tuple(map(tuple, means.tolist())), mean_of=y.names)
            of_training[start + column.n_indicators] = own
        start += column.n_features
        columns.append(column)
    return CrossFitted(replace(encoding, columns=tuple(columns)), of_training)


def fitted_means(
    places: IntArray,
    n_places: int,
    values: Float64Array,
    folds: IntArray,
    weights: Float64Array | None = None,
) -> tuple[Float64Array, Float64Array]:
    """Smoothed means by place, shape (n_places, m), and those of the rows, shape (n, m).

    A place's mean is (Σ w v + s·v̄) / (Σ w + s), v̄ being the mean of all rows and s `SMOOTHING`; a
    row's is that of the rows outside its fold. Both are standardised by the rows' mean and standard
    deviation.
    """
    w = np.ones(len(places)) if weights is None else weights * (len(weights) / weights.sum())
    n_folds = int(folds.max()) + 1
    cell = folds * n_places + places
    shape = (n_folds, n_places)
    count = np.bincount(cell, w, n_folds * n_places).reshape(shape)
    total = np.stack(
        [np.bincount(cell, w * v, n_folds * n_places).reshape(shape) for v in values.T], axis=-1
    )
    mean = np.average(values, axis=0, weights=w)

    def smoothed(sums: Float64Array, counts: Float64Array) -> Float64Array:
        return (sums + SMOOTHING * mean) / (counts + SMOOTHING)[..., None]

    by_place = smoothed(total.sum(axis=0), count.sum(axis=0))
    outside = smoothed(total.sum(axis=0) - total, count.sum(axis=0) - count)
    of_rows = outside[folds, places]
    center = np.average(of_rows, axis=0, weights=w)
    scale = np.sqrt(np.average((of_rows - center) ** 2, axis=0, weights=w))
    scale = np.where(scale > 1e-9 * np.abs(center).max(initial=1), scale, 1.0)
    return (by_place - center) / scale, (of_rows - center) / scale
