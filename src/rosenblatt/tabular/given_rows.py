"""The rows that a user hands over to `fit`: features, targets, weights and groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.fitting.sample_weight import in_double
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_values import is_missing
from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table import Table, table_of
from rosenblatt.table.names import require_columns
from rosenblatt.table.one_column import require_single_values
from rosenblatt.table.target import missing_note
from rosenblatt.tabular.encoded_table import Labelled
from rosenblatt.tabular.inputs import is_frame, learn_columns, table_from, values_of
from rosenblatt.tabular.splits import membership_of, require_no_shared_group, times_in

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
    group_name : str
        What messages call the groups.
    notes : tuple of str
        On rows that are left out.
    times : array (n,), optional
    membership : array (n, n_divisions), optional
        As in `Labelled`.
    """

    table: Table
    name: str
    rows: IntArray
    values: npt.NDArray[Any]
    weights: Float64Array | None = None
    groups: npt.NDArray[Any] | None = None
    group_name: str = "groups"
    notes: tuple[str, ...] = ()
    times: Float64Array | None = None
    membership: npt.NDArray[np.int8] | None = None

    def labelled(self, y: npt.NDArray[Any]) -> Labelled:
        """The rows with their targets as class codes or numbers, shape (n,)."""
        return Labelled(
            self.table,
            self.rows,
            y,
            self.weights,
            self.groups,
            self.group_name,
            self.times,
            self.membership,
        )


def training_rows(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any,
    groups: Any,
    target: str | None,
    checked: Checked,
    time: Any = None,
    folds: Any = None,
) -> GivenRows:
    """The rows to learn from; what scikit-learn publishes of the columns is set."""
    if (y is None) == (target is None):
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None: give"
            " y, or target='the column of X to predict'."
            if y is None
            else "give y or target, not both: y has the values, target names a column of X"
        )
    table = table_from(X, estimator)
    named = columns_named(
        X,
        table,
        target=target,
        sample_weight=sample_weight if isinstance(sample_weight, str) else None,
        groups=groups if isinstance(groups, str) else None,
        folds=folds if isinstance(folds, str) else None,
    )
    times = None if time is None else times_of(time, X, table)
    for column in named.values():
        require_single_values(table.by_name[column])
    if target is not None:
        name = named["target"]
        values, present = target_in(table, name)
        notes = missing_note(name, ~present)
    if "sample_weight" in named:
        sample_weight = weights_in(table, named["sample_weight"])
    if "groups" in named:
        groups = table.by_name[named["groups"]].values
    if "folds" in named:
        folds = table.by_name[named["folds"]].values
    table = table.without(*named.values())
    learn_columns(estimator, table if named else X, table)
    if target is None:
        name = distinct_name(getattr(y, "name", None), table)
        values, present = target_given(y, checked)
        notes = missing_note(name, ~present)
    require_as_many(table, values)
    weights = weights_of(sample_weight, len(table))
    used = present if weights is None else present & (weights > 0)
    if times is not None:
        require_as_many(table, times)
        timeless = used & np.isnan(times)
        used &= ~timeless
        notes += missing_note(time if isinstance(time, str) else "time", timeless)
    rows = np.flatnonzero(used)
    require_enough(estimator, rows, present, name)
    groups = groups_of(groups, len(table), rows)
    membership = None
    if folds is not None:
        given = folds if hasattr(folds, "split") else folds_of(folds, table)[rows]
        membership = membership_of(given, len(rows), values[rows], groups)
        if groups is not None:
            require_no_shared_group(groups, membership)
    return GivenRows(
        table,
        name,
        rows,
        checked(values[rows]),
        None if weights is None else weights[rows],
        groups,
        named.get("groups", "groups"),
        notes,
        None if times is None else times[rows],
        membership,
    )


def times_of(time: Any, X: Any, table: Table) -> Float64Array:
    """Of the rows, from a column's name or from values."""
    if not isinstance(time, str):
        return times_in(table_of({"time": time}), "time")
    columns_named(X, table, time=time)
    return times_in(table, time)


def folds_of(folds: Any, table: Table) -> npt.NDArray[Any]:
    """The fold of each row, None where it is masked."""
    if isinstance(folds, (int, float)):
        raise InputError(
            f"folds={brief(folds)} is one number: give a fold for each row, or a splitter such as"
            " sklearn.model_selection.KFold"
        )
    names = without_masked(folds)
    if names.ndim != 1 or len(names) != len(table):
        raise InputError(f"folds has shape {names.shape}, and there are {len(table)} rows")
    return names


def without_masked(given: Any) -> npt.NDArray[Any]:
    """Values as `values_of` gives them, None for those that are masked."""
    names = np.asarray(values_of(given))
    if isinstance(given, np.ma.MaskedArray):
        names = names.astype(object)
        names[np.ma.getmaskarray(given)] = None
    return names


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
        require_columns([str(target)], table.names)
        require_single_values(table.by_name[str(target)])
        values, present = target_in(table, str(target))
    else:
        values, present = target_given(y_val, checked)
    require_as_many(table, values)
    rows = np.flatnonzero(present)
    if not len(rows):
        raise InputError("X_val has no row with a target: give some, or leave X_val out")
    return GivenRows(table, "y_val", rows, checked(values[rows]))


def columns_named(X: Any, table: Table, **uses: Any) -> dict[str, str]:
    """The columns that parameters of `fit` name, by parameter; they are no features.

    Raises
    ------
    InputError
        Where the columns of X have no names, or not these, or one is named twice.
    """
    named = {use: str(name) for use, name in uses.items() if name is not None}
    for use in named:
        if not is_frame(X):
            raise InputError(
                f"{use}={uses[use]!r} names a column, and X is an array without names: give"
                f" {'y' if use == 'target' else 'the values'} instead, or a data frame"
            )
    require_columns(named.values(), table.names)
    seen: dict[str, str] = {}
    for use, name in named.items():
        if name in seen:
            raise InputError(
                f"the column {name!r} cannot be {seen[name]} and {use}: name another one"
            )
        seen[name] = use
    return named


def weights_in(table: Table, name: str) -> npt.NDArray[Any]:
    """The cells of a column of numbers, none of them missing."""
    try:
        weights = values_of(table.by_name[name].values).astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(
            f"sample_weight={brief(name)} names a column that holds no numbers: name another one"
        ) from None
    strange = np.flatnonzero(~np.isfinite(weights))
    if len(strange):
        raise InputError(
            f"sample_weight={brief(name)} names a column without a finite number in row"
            f" {int(strange[0])}: fill it in, or leave the row out"
        )
    return weights


def target_in(table: Table, name: str) -> tuple[npt.NDArray[Any], BoolArray]:
    """The values of a column, and which rows have one."""
    values = values_of(table.by_name[name].values)
    if values.dtype == object:
        return values, np.array([not is_missing(value) for value in values], dtype=bool)
    if np.issubdtype(values.dtype, np.floating):
        return values, ~np.isnan(values)
    return values, np.ones(len(values), dtype=bool)


def target_given(y: Any, checked: Checked) -> tuple[npt.NDArray[Any], BoolArray]:
    """The values of y, and which are not masked; those that are have the first one's."""
    values = values_of(y)
    if not isinstance(y, np.ma.MaskedArray):
        values = checked(values)
        return values, np.ones(len(values), dtype=bool)
    present = ~np.ma.getmaskarray(y)
    if present.any():
        values = np.where(present, values, values[present][0])
    else:
        values = np.zeros(values.shape)
    return checked(values), present.reshape(-1) if present.ndim == 2 else present


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
    weights = in_double(given, np.empty((n_rows, 1)))
    if (weights < 0).any():
        raise ValueError(
            f"Negative values in sample_weight: row {int(np.argmax(weights < 0))} has one, and a"
            " weight must be 0 or more."
        )
    return weights


def groups_of(groups: Any, n_rows: int, used: IntArray) -> npt.NDArray[Any] | None:
    if groups is None:
        return None
    names = without_masked(groups)
    if names.shape != (n_rows,):
        raise ValueError(f"groups has shape {names.shape}, and there are {n_rows} rows")
    # A row without a group is a group of its own.
    alone = [f"\0{row}" if is_missing(name) else str(name) for row, name in enumerate(names)]
    return np.array(alone)[used]


def distinct_name(name: Any, table: Table) -> str:
    """The target's name; "target" where it has none, or that of a column, which is no target."""
    name = "" if name is None else str(name)
    if not name or name in table.by_name:
        name = "target"
    while name in table.by_name:
        name += "_"
    return name
