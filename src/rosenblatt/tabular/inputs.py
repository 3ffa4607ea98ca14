"""What users hand over, as tables: data frames of any library, Arrow data, mappings and arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy import sparse

from rosenblatt.array_checks import check_array, validate_data
from rosenblatt.errors import InputError
from rosenblatt.support.plain_values import even_rows, is_missing
from rosenblatt.support.types import BoolArray
from rosenblatt.table import Table, TableFile, table_of
from rosenblatt.table.arrays import as_native, mixes_times
from rosenblatt.table.table import text_of

__all__ = [
    "as_learnt",
    "is_frame",
    "kind_of",
    "learn_columns",
    "names_of_arrays",
    "table_from",
    "values_of",
]


def is_frame(X: Any) -> bool:
    """Whether the columns have names."""
    return not sparse.issparse(X) and (
        isinstance(X, Table | Mapping)
        or hasattr(X, "__arrow_c_stream__")
        or (hasattr(X, "columns") and hasattr(X, "iloc"))
    )


def table_from(X: Any, owner: Any = None, names: Sequence[str] | None = None) -> Table:
    """The columns of X; those of an array are called x0, x1, …

    Parameters
    ----------
    X : data frame, Arrow table, mapping of columns, or array-like of shape (n_rows, n_columns)
    owner : estimator, optional
        That messages name.
    names : sequence of str, optional
        Of the columns of an array.

    Raises
    ------
    ValueError
        For an array of another shape, of complex or of infinite numbers.
    InputError
        For what is no table yet: a path, a lazy frame, a single row or column.
    TypeError
        For sparse matrices.
    """
    refuse_no_table(X)
    if is_frame(X):
        table = table_of(X)
        if not table.columns:
            raise InputError("X has no columns: give one or more to learn from")
        return table
    # A mask is kept; sums of numbers that are finite may overflow.
    with even_rows(X=X), np.errstate(over="ignore", invalid="ignore"):
        array = check_array(
            whole(X),
            dtype=None,
            ensure_all_finite="allow-nan",
            estimator=owner,
            ensure_min_samples=0,
        )
    if names is None or len(names) != array.shape[1]:
        names = names_of_arrays(array.shape[1])
    mask = np.ma.getmaskarray(X) if isinstance(X, np.ma.MaskedArray) else None
    return table_of(dict(zip(names, columns_of(array, mask), strict=True)))


def whole(X: Any) -> Any:
    """An array in the machine's byte order, 0 where it is masked, since nothing is known of what
    lies below a mask; anything else as it is."""
    if not isinstance(X, np.ndarray):
        return X
    array = as_native(np.asarray(X))
    if isinstance(X, np.ma.MaskedArray):
        array = np.where(np.ma.getmaskarray(X), np.zeros((), array.dtype), array)
    return array


def refuse_no_table(X: Any) -> None:
    """InputError for what a table is made of, or a part of one; it says how to get the table."""
    if isinstance(X, str | bytes | PathLike):
        raise InputError(
            f"X is a path or text, {X!r}, and no table: read it first, for example with"
            " pandas.read_csv or rosenblatt.table.read_table"
        )
    if isinstance(X, TableFile):
        raise InputError("X is a file that was read: give its table, X.table")
    if isinstance(X, list | tuple) and X and isinstance(X[0], Mapping):
        raise InputError("X is a list of records: make a table of it, such as by pandas.DataFrame")
    if isinstance(X, np.recarray):
        raise InputError(
            "X is an array of records: make a table of it, such as by pandas.DataFrame"
        )
    if type(X).__name__ == "LazyFrame":
        raise InputError("X is a LazyFrame, whose rows are not there yet: collect() it first")
    if hasattr(X, "to_frame") and len(X.shape) == 1:
        raise InputError(
            "X is a single row or column (a Series), and a table has both: give a data frame, such"
            " as X.iloc[[0]] of pandas for one row"
        )


def as_learnt(X: Any, estimator: Any, names: Sequence[str]) -> Table:
    """Rows for a fitted estimator: columns of a frame by their names, in any order, where it learnt
    from a frame, or else by their places.

    Raises
    ------
    ValueError
        For another number of columns without names.
    """
    table = table_from(X, estimator, names)
    if not is_frame(X):
        with even_rows(X=X):
            validate_data(estimator, X, reset=False, skip_check_array=True)
    elif not hasattr(estimator, "feature_names_in_"):
        table = by_place(table, names, estimator)
    return table


def by_place(table: Table, names: Sequence[str], owner: Any) -> Table:
    """The columns of a frame, under the names of those that were learnt from without any."""
    if len(table.columns) != len(names):
        raise ValueError(
            f"X has {len(table.columns)} features, but {type(owner).__name__} is expecting"
            f" {len(names)} features as input"
        )
    columns = tuple(replace(c, name=n) for c, n in zip(table.columns, names, strict=True))
    return Table(columns, len(table))


def learn_columns(estimator: Any, X: Any, table: Table) -> None:
    """Set what scikit-learn's estimators publish of the columns of their training table."""
    if is_frame(X) and not hasattr(X, "shape"):  # scikit-learn knows neither streams nor mappings
        estimator.feature_names_in_ = np.array(table.names, dtype=object)
        estimator.n_features_in_ = len(table.columns)
    else:
        with even_rows(X=X):
            validate_data(estimator, X, skip_check_array=True)


def names_of_arrays(n: int) -> list[str]:
    return [f"x{k}" for k in range(n)]


def columns_of(array: npt.NDArray[Any], mask: BoolArray | None) -> list[Any]:
    if mask is None:
        mask = np.zeros(array.shape, dtype=bool)
    return [
        arrow_column(np.ascontiguousarray(column), np.ascontiguousarray(missing))
        for column, missing in zip(array.T, mask.T, strict=True)
    ]


def arrow_column(values: npt.NDArray[Any], missing: BoolArray) -> pa.Array:
    """A column of an array; cells of several types as the texts that they print."""
    if values.dtype.kind in "mM":
        return pa.array(as_native(values), mask=missing)
    if values.dtype != object:
        if np.issubdtype(values.dtype, np.floating):
            missing = missing | np.isnan(values)
        return pa.array(values, mask=missing)
    pairs = zip(values.tolist(), missing.tolist(), strict=True)
    cells = [None if gone or is_missing(value) else value for value, gone in pairs]
    try:
        if not mixes_times(cells):
            return pa.array(cells)
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        pass
    return pa.array([None if value is None else text_of(value) for value in cells], pa.string())


def values_of(y: Any) -> npt.NDArray[Any]:
    """A target as an array of the types that its library gives: numbers, texts, truth values."""
    if isinstance(y, pa.Array | pa.ChunkedArray):
        try:
            return np.asarray(y.to_pylist(), dtype=None if no_text(y.type) else object)
        except OverflowError:
            raise InputError(
                f"values of the type {y.type} are beyond the dates and durations of Python: give"
                " their texts, or numbers"
            ) from None
    if str(getattr(y, "dtype", "")).endswith("Int128"):  # of polars, and of no array
        return np.asarray(y.to_list())
    if hasattr(y, "to_numpy"):
        return np.asarray(y.to_numpy())
    if hasattr(y, "__arrow_c_stream__"):
        return values_of(pa.chunked_array(y))
    try:
        return np.asarray(y)
    except ValueError as error:
        raise InputError(
            "values must be in one dimension, one for each row, and some of these are sequences of"
            " different lengths"
        ) from error


def kind_of(values: npt.NDArray[Any]) -> str:
    """What messages call the type of values: `date` of objects, `datetime64[D]` of an array."""
    return type(values[0]).__name__ if values.dtype == object else str(values.dtype)


def no_text(kind: Any) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )
