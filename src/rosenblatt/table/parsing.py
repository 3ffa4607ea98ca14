"""Cells to arrays, by the notation of their column: numbers, days, truth values.

Each distinct text is parsed once. The arrays have a value for each row.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import BoolArray, Float64Array, FloatArray, IntArray
from rosenblatt.table.blocks import blocks_of
from rosenblatt.table.cells import Cells, Distinct
from rosenblatt.table.column_format import Notation
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.notation.calendar_days import MICROSECONDS_A_DAY, days_of_timestamps
from rosenblatt.table.notation.durations import DurationNotation, seconds_of_durations
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation

__all__ = [
    "MISSING",
    "STRANGE",
    "TRUTH",
    "are_whole",
    "days_of",
    "is_number_type",
    "is_time_type",
    "missing_of",
    "numbers_of",
    "present",
    "spread",
    "truth_of",
    "truth_of_text",
]

TRUTH = {"true": 1, "yes": 1, "y": 1, "t": 1, "false": 0, "no": 0, "n": 0, "f": 0}
MISSING, STRANGE = -1, -2  # codes beside 0 and 1


def is_number_type(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_duration(kind)
    )


def is_time_type(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind))


def missing_of(distinct: Distinct, words: Collection[str]) -> BoolArray:
    """Which distinct texts are a marker of missing cells, or one of these words."""
    return np.array([means_missing(text, words) for text in distinct.strings], dtype=bool)


def means_missing(text: str, words: Collection[str]) -> bool:
    return is_marker(text) or text in words or text.lower() in words


def numbers_of(
    cells: Cells, notation: Notation | None, words: Collection[str] = ()
) -> tuple[Float64Array, BoolArray]:
    """(float64 with NaN where missing, which cells are no number).

    Infinite values are kept. Durations are in seconds, and times of day as durations are.
    """
    kind = cells.type
    if pa.types.is_duration(kind):
        return seconds_of_durations(cells.values), no_cells(cells)
    if pa.types.is_time(kind) and isinstance(notation, DurationNotation):
        return time_of_day(cells.values) / 1e6, no_cells(cells)
    if isinstance(notation, DurationNotation) and is_number_type(kind):
        return np.full(len(cells), np.nan), present(cells)  # of an unknown unit
    if is_number_type(kind) or pa.types.is_boolean(kind):
        return without(floats(cells.values), words), no_cells(cells)
    if is_time_type(kind) or notation is None:
        return np.full(len(cells), np.nan), present(cells)
    return parsed(cells.distinct, notation, words)


def days_of(
    cells: Cells, notation: Notation | None, words: Collection[str] = ()
) -> tuple[Float64Array, BoolArray]:
    """(days since 1970-01-01 UTC with NaN where missing, which cells are no date).

    A time of day is its part of a day. A time without a zone counts as UTC.
    """
    kind = cells.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return days_of_timestamps(cells.values), no_cells(cells)
    if pa.types.is_time(kind):
        return time_of_day(cells.values) / MICROSECONDS_A_DAY, no_cells(cells)
    if notation is None or pa.types.is_boolean(kind):
        return np.full(len(cells), np.nan), present(cells)
    if isinstance(notation, NumberDates) and is_number_type(kind):
        return notation.of_numbers(without(floats(cells.values), words))
    return parsed(cells.distinct, notation, words)


def truth_of(cells: Cells, words: Collection[str] = ()) -> IntArray:
    """1 for true, 0 for false, -1 where missing, -2 for anything else. The case does not matter."""
    if pa.types.is_boolean(cells.type):
        codes = pc.fill_null(cells.values.cast(pa.int8()), MISSING)
        return codes.to_numpy().astype(np.int8)
    distinct = cells.distinct
    codes = np.array([truth_of_text(text, words) for text in distinct.strings] + [MISSING])
    return codes.astype(np.int8)[distinct.codes]


def truth_of_text(text: str, words: Collection[str] = ()) -> int:
    if text in words or is_marker(text):
        return MISSING
    if text in ("0", "1", "0.0", "1.0"):
        return int(float(text))
    return TRUTH.get(text.lower(), STRANGE)


def parsed(
    distinct: Distinct, notation: Notation, words: Collection[str]
) -> tuple[Float64Array, BoolArray]:
    if not distinct.strings:
        return np.full(len(distinct.codes), np.nan), np.zeros(len(distinct.codes), dtype=bool)
    values, strange = notation.parse(distinct.texts)
    if isinstance(notation, NumberNotation):
        values = without(values, words)
    missing = missing_of(distinct, words)
    return (
        spread(np.where(missing, np.nan, values), distinct.codes, np.nan),
        spread(strange & ~missing, distinct.codes, False),
    )


def spread(values: npt.NDArray[Any], codes: IntArray, otherwise: Any) -> npt.NDArray[Any]:
    """The value of each row's code, and `otherwise` for code -1."""
    return np.concatenate([values, np.array([otherwise], dtype=values.dtype)])[codes]


def time_of_day(values: pa.ChunkedArray) -> Float64Array:
    """Microseconds since midnight."""
    return floats(values.cast(pa.time64("us"), safe=False).cast(pa.int64()))


def floats(values: pa.ChunkedArray) -> Float64Array:
    if is_number_type(values.type) and not (values.null_count or pa.types.is_duration(values.type)):
        return values.to_numpy().astype(np.float64, copy=False)  # pyarrow would keep the memory
    numbers: Float64Array = (
        values.cast(pa.float64(), safe=False).to_numpy().astype(np.float64, copy=False)
    )
    return numbers


def are_whole(x: FloatArray) -> bool:
    """Whether all numbers are whole; most columns of others show it in their first rows."""
    return all(bool((x[rows] == np.floor(x[rows])).all()) for rows in blocks_of(len(x)))


def without(x: Float64Array, words: Collection[str]) -> Float64Array:
    """The numbers, NaN where they are one of these words, such as "-999"."""
    if not words:
        return x
    missing, _ = PLAIN_NUMBERS.parse(pa.array(list(words), pa.string()))
    return np.where(np.isin(x, missing[~np.isnan(missing)]), np.nan, x)


def present(cells: Cells) -> BoolArray:
    return np.asarray(pc.is_valid(cells.values).to_numpy(), dtype=bool)


def no_cells(cells: Cells) -> BoolArray:
    return np.zeros(len(cells), dtype=bool)
