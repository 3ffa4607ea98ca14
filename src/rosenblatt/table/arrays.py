"""Columns of NumPy arrays, of the types and the byte order that Arrow takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.support.plain_values import TIMES, is_missing

MOST_DAYS = 2**31  # either way of 1970-01-01, in Arrow's dates
FINER = ("ps", "fs", "as")  # than any unit of Arrow's

__all__ = [
    "arrow_of_array",
    "arrow_of_cells",
    "as_native",
    "days_as_midnights",
    "mixes_times",
    "mixes_zones",
]


def arrow_of_array(values: npt.NDArray[Any]) -> pa.Array:
    """An Arrow array of the cells, shape (n_rows,); masked ones are missing."""
    if not isinstance(values, np.ma.MaskedArray):
        return arrow_of_cells(values) if values.dtype == object else pa.array(as_native(values))
    return pa.array(as_native(values.data), mask=np.ma.getmaskarray(values))


def arrow_of_cells(values: Any) -> pa.Array:
    """An Arrow array of any cells, in which NaN and NaT are missing.

    Days beside times are their midnights: Arrow goes by the first cell, and cuts times to days.
    Numbers among which are whole ones of more than 64 bits are the texts that they print.
    """
    kinds = set(map(type, values))
    if dt.date in kinds and any(map(is_time_type, kinds)):
        values = days_as_midnights(values)
    try:
        return pa.array(values, from_pandas=True)
    except (OverflowError, pa.ArrowInvalid):
        cells = [None if is_missing(cell) else cell for cell in values]
        if not all(cell is None or isinstance(cell, int | float) for cell in cells):
            raise
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def days_as_midnights(values: Iterable[Any]) -> list[Any]:
    """The cells, with a time for each day."""
    return [
        dt.datetime(cell.year, cell.month, cell.day) if type(cell) is dt.date else cell
        for cell in values
    ]


def is_time_type(kind: type) -> bool:
    """Whether cells of this type are days with a time; that of pandas' NaT is not."""
    return issubclass(kind, dt.datetime) and kind.__name__ != "NaTType"


def mixes_zones(values: Any) -> bool:
    """Whether times in a zone stand beside some in none, which Arrow takes for UTC."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return False
    if not any(map(is_time_type, set(map(type, values)))):
        return False
    times = (cell for cell in values if isinstance(cell, dt.date) and not is_missing(cell))
    return len({getattr(time, "tzinfo", None) is None for time in times}) > 1


def mixes_times(values: Any) -> bool:
    """Whether dates or durations stand beside numbers, which Arrow counts as days since 1970."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return False
    kinds: set[type] = set(map(type, values))
    times = [kind for kind in kinds if issubclass(kind, TIMES)]
    others = [kind for kind in kinds if not issubclass(kind, TIMES)]
    if not times or not any(issubclass(kind, Number | np.number) for kind in others):
        return False
    return any(
        isinstance(cell, Number | np.number)
        and not isinstance(cell, TIMES)
        and not is_missing(cell)
        for cell in values
    )


def as_native(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same values in the byte order of the machine, floats of at most 64 bits, times in a unit
    of Arrow's.

    Raises
    ------
    InputError
        For records and raw bytes, which hold no cells, and times beyond 64 bits of seconds.
    """
    kind = values.dtype
    if kind.kind == "V":
        raise InputError(
            f"values of the type {kind} hold no cells: give a data frame, or an array of numbers"
        )
    if kind.kind == "f" and kind.itemsize > np.dtype(np.float64).itemsize:
        with np.errstate(over="ignore"):  # what is too large is refused as infinite
            return values.astype(np.float64)
    if not kind.isnative:
        values = values.astype(kind.newbyteorder("="))
    return in_unit_of_arrow(values) if kind.kind in "mM" else values


def in_unit_of_arrow(times: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Dates as they are, other times in seconds or a finer unit, never in multiples of one.

    pyarrow 26 refuses years, weeks and hours, takes [10s] for [s], and cuts days to 32 bits; NumPy
    2.4 wraps around where a unit does not hold a time.
    """
    unit, multiple = np.datetime_data(times.dtype)
    if unit == "D" and times.dtype.kind == "M" and multiple == 1:
        days = times.view(np.int64)[~np.isnat(times)]
        if not len(days) or np.abs(days).max() < MOST_DAYS:
            return times
    kept = unit if unit in ("s", "ms", "us", "ns") else "ns" if unit in FINER else "s"
    if kept == unit and multiple == 1:
        return times
    try:
        converted = times.astype(f"{times.dtype.kind}8[{kept}]")
    except OverflowError:
        converted = None
    # A part of a nanosecond is cut off.
    is_cut = unit in FINER or unit == "generic"
    if converted is None or not (
        is_cut or np.array_equal(converted.astype(times.dtype), times, equal_nan=True)
    ):
        raise InputError(
            f"values of the type {times.dtype} hold times that {kept} in 64 bits do not hold: give"
            " them in another unit, or as numbers"
        )
    return converted
