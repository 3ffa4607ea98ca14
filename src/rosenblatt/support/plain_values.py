"""Rows that users hand over, whose missing cells NumPy would lose, or refuse in its own words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from rosenblatt.support.listing import has_text
from rosenblatt.support.plain_refusals import REFUSED, cells_of, no_array, refuse_plainly

__all__ = ["TIMES", "check_even", "check_present", "even_rows", "is_missing", "plain_values"]

TIMES: Final = (date, time, timedelta, np.datetime64, np.timedelta64)


def check_present(**given: Any) -> None:
    """ValueError for values that say something is missing which floats would not say.

    A mask would be lost, and NaT, a date or duration that is missing, would become -9.2e18. Records
    of a structured array are refused as well: of several fields the first would be left.
    """
    for name, values in given.items():
        if type(values).__name__ == "LazyFrame":
            raise ValueError(
                f"{name} is a LazyFrame, whose rows are not there yet: collect() it first"
            )
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            raise ValueError(
                f"{name} has masked values, whose mask would be lost: leave their rows out, or fill"
                f" them by {name}.filled(...)"
            )
        if has_missing_times(values):
            raise ValueError(
                f"{name} has dates or durations that are missing (NaT), and as numbers they would"
                " be no longer: leave their rows out, or fill them"
            )
        if not is_frame(values) and getattr(getattr(values, "dtype", None), "names", None):
            raise ValueError(
                f"{name} has records of several fields, and no numbers: give each field a column"
            )


def check_even(**given: Any) -> None:
    """ValueError for lists that are no array, by the name of what they were given for."""
    for name, values in given.items():
        if is_ragged(values):
            raise ValueError(
                f"{name} has rows of different lengths, or cells of several values: give each row"
                " as many values as the first, and one for each cell"
            )


@contextlib.contextmanager
def even_rows(**given: Any) -> Iterator[None]:
    """Let a block turn values into arrays; where it fails, ValueError as of `check_even`, for
    dates, durations and the NA of pandas, which NumPy makes no numbers of, and as of
    `refuse_plainly`."""
    try:
        yield
    except REFUSED as error:
        check_even(**given)
        for name, values in given.items():
            if isinstance(error, TypeError) and has_times(values):
                raise ValueError(
                    f"{name} has dates or durations beside other cells: turn them into numbers, or"
                    " take TableClassifier or TableRegressor"
                ) from error
            if isinstance(error, TypeError) and has_na(values):
                raise ValueError(
                    f"{name} has missing cells (the NA of pandas): leave their rows out, or fill"
                    " them"
                ) from error
        refuse_plainly(error, **given)
        raise
    except Exception as error:  # of an object that a refusal of scikit-learn's cannot write
        for name, values in given.items():
            if not has_text(values):
                raise TypeError(no_array(name, values)) from error
        raise


@contextlib.contextmanager
def plain_values(**given: Any) -> Iterator[None]:
    """`even_rows`, for values of which none is missing in a way that would be lost."""
    check_present(**given)
    with even_rows(**given):
        yield


def has_missing_times(values: Any) -> bool:
    """Whether an array, a column or a frame of nothing but dates or durations has NaT."""
    if is_frame(values):
        kinds = values.dtypes if begins_with_time(values) else [None]
    elif hasattr(values, "dtype"):
        kinds = [values.dtype]
    else:
        return False
    if not all(is_time(kind) for kind in kinds):
        return False
    array = np.asarray(values)
    return array.dtype.kind in "mM" and bool(np.isnat(array).any())


def is_frame(values: Any) -> bool:
    """Whether each column has a type: frames take long to say that they have none themselves."""
    kind = type(values)
    return hasattr(kind, "columns") and hasattr(kind, "dtypes")


def begins_with_time(frame: Any) -> bool:
    """Whether the first column may hold dates or durations.

    The types of a frame of pandas, or a column of it, take longer to ask for than its first cell.
    """
    if not len(frame) or not len(getattr(frame, "columns", ())):
        return False
    if hasattr(type(frame), "iat"):
        return isinstance(frame.iat[0, 0], date | timedelta)  # NaT is a date
    return is_time(getattr(frame[frame.columns[0]], "dtype", None))


def has_times(values: Any) -> bool:
    """Whether some cells of an array or a frame are dates, times, durations or periods."""
    cells = cells_of(values)
    if cells is None:
        return False
    return any(isinstance(cell, TIMES) or type(cell).__name__ == "Period" for cell in cells.flat)


def has_na(values: Any) -> bool:
    """Whether some cells are the NA of pandas, which is neither true nor false."""
    cells = cells_of(values)
    return cells is not None and any(type(cell).__name__ == "NAType" for cell in cells.flat)


def is_time(kind: Any) -> bool:
    """Whether a dtype of NumPy, pandas or polars is one of dates or durations."""
    if hasattr(kind, "is_temporal"):
        return bool(kind.is_temporal())
    return getattr(kind, "kind", "") in ("m", "M")


def is_ragged(values: Any) -> bool:
    """Whether lists, or an array or a frame of objects, are no array of single values."""
    if is_frame(values):
        may_be = any(str(kind).lower().startswith(("object", "list")) for kind in values.dtypes)
    elif isinstance(values, np.ndarray):
        may_be = values.dtype.hasobject
    else:
        may_be = isinstance(values, (list, tuple))
    if not may_be:
        return False
    try:
        cells = np.asarray(values, dtype=object).ravel()
    except ValueError:
        return True
    return any(isinstance(cell, (list, tuple, np.ndarray)) for cell in cells)


def is_missing(value: Any) -> bool:
    """None, the NA of pandas, or a scalar that is not equal to itself, as NaN and NaT are."""
    if value is None or type(value).__name__ == "NAType":
        return True
    if isinstance(value, Decimal):  # a signalling NaN refuses to be compared
        return value.is_nan()
    return not hasattr(value, "__len__") and bool(value != value)
