"""The rows that a user hands over to `fit`: features, targets, weights and groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import _check_sample_weight

from rosenblatt.errors import InputError
from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table import Table
from rosenblatt.table.names import require_columns
from rosenblatt.tabular.inputs import is_frame, is_missing, learn_columns, table_from, values_of
from rosenblatt.tabular.training import Labelled

__all__ = ["GivenRows", "training_rows", "validation_rows"]

# Target values in one dimension, of a type that can be predicted.
Checked = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]


@final
@dataclass(frozen=True, eq=False)
class GivenRows:
    """Rows that have a target, and a weight above 0.

    Attributes
    ----------
    table : Table
        The features of all rows.
    name : str
        Of the target.
    rows : int array (n,)
    values : array (n,)
        Of the target.
    weights : array (n,), optional
    groups : array (n,), optional
    """

    table: Table
    name: str
    rows: IntArray
    values: npt.NDArray[Any]
    weights: Float64Array | None = None
    groups: npt.NDArray[Any] | None = None

    def labelled(self, y: npt.NDArray[Any]) -> Labelled:
        """The rows with their targets as class codes or numbers, shape (n,)."""
        return Labelled(self.table, self.rows, y, self.weights, self.groups)


def training_rows(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any,
    groups: Any,
    target: str | None,
    checked: Checked,
) -> GivenRows:
    """The rows to learn from; what scikit-learn publishes of the columns is set."""
    if (y is None) == (target is None):
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None: give"
            " y, or target='the column of X to predict'."
            if y is None
            else "give y or target, not both: y has the values, target names a column of X"
        )
    if target is not None:
        if not is_frame(X):
            raise InputError(
                f"target={target!r} names a column, and X is an array without names: give y"
                " instead, or a data frame"
            )
        table, name = table_from(X), str(target)
        values, present = target_in(table, name)
        table = table.without(name)
        learn_columns(estimator, table, table)
    else:
        table = table_from(X, estimator)
        learn_columns(estimator, X, table)
        values = checked(values_of(y))
        present = np.ones(len(values), dtype=bool)
        name = distinct_name(getattr(y, "name", None), table)
    require_as_many(table, values)
    weights = weights_of(sample_weight, len(table))
    used = present if weights is None else present & (weights > 0)
    rows = np.flatnonzero(used)
    require_enough(estimator, rows, present, name)
    return GivenRows(
        table,
        name,
        rows,
        checked(values[rows]),
        None if weights is None else weights[rows],
        groups_of(groups, len(table), rows),
    )


def validation_rows(
    estimator: Any, X_val: Any, y_val: Any, target: str | None, checked: Checked
) -> GivenRows | None:
    """The rows by which epochs are compared, where some are given."""
    if X_val is None:
        if y_val is not None:
            raise ValueError("y_val is given without X_val: give both, or neither")
        return None
    table = table_from(X_val, estimator)
    if y_val is None:
        if target is None:
            raise ValueError("X_val is given without y_val: give both, or neither")
        values, present = target_in(table, str(target))
    else:
        values = checked(values_of(y_val))
        present = np.ones(len(values), dtype=bool)
    require_as_many(table, values)
    rows = np.flatnonzero(present)
    if not len(rows):
        raise InputError("X_val has no row with a target: give some, or leave X_val out")
    return GivenRows(table, "y_val", rows, checked(values[rows]))


def target_in(table: Table, name: str) -> tuple[npt.NDArray[Any], BoolArray]:
    """The values of a column, and which rows have one."""
    require_columns([name], table.names)
    values = values_of(table.by_name[name].values)
    if values.dtype == object:
        return values, np.array([not is_missing(value) for value in values], dtype=bool)
    if np.issubdtype(values.dtype, np.floating):
        return values, ~np.isnan(values)
    return values, np.ones(len(values), dtype=bool)


def require_as_many(table: Table, values: npt.NDArray[Any]) -> None:
    if len(values) != len(table):
        raise ValueError(
            "Found input variables with inconsistent numbers of samples:"
            f" {[len(table), len(values)]}"
        )


def require_enough(estimator: Any, rows: IntArray, present: BoolArray, name: str) -> None:
    if not len(present):
        raise ValueError(
            f"Found array with 0 sample(s) while a minimum of 2 is required by"
            f" {type(estimator).__name__}."
        )
    if not len(rows):
        what = "has a target" if not present.any() else "that has a target has a weight above 0"
        raise InputError(f"no row {what}: {name!r} is missing, or not counted, in all of them")
    if len(rows) < 2:
        raise ValueError(
            f"n_samples=1: {type(estimator).__name__} needs 2 rows with a target or more"
        )


def weights_of(given: Any, n_rows: int) -> Float64Array | None:
    if given is None:
        return None
    weights: Float64Array = _check_sample_weight(
        given, np.empty((n_rows, 1)), dtype=np.float64, ensure_non_negative=True
    )
    return weights


def groups_of(groups: Any, n_rows: int, used: IntArray) -> npt.NDArray[Any] | None:
    if groups is None:
        return None
    names = np.asarray(values_of(groups))
    if names.shape != (n_rows,):
        raise ValueError(f"groups has shape {names.shape}, and there are {n_rows} rows")
    return names[used].astype(str)


def distinct_name(name: Any, table: Table) -> str:
    """The target's name, which no column has."""
    name = "target" if name is None or not str(name) else str(name)
    while name in table.by_name:
        name += "_"
    return name
