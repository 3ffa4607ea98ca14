"""New cells of a column with a recorded notation, some perhaps written in another one.

The recorded notation is obeyed where all cells fit it. Otherwise the column is read in another
notation if its cells decide for one, and refused if they do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import BoolArray, Float64Array
from rosenblatt.table.cells import Cells, Distinct
from rosenblatt.table.column_format import Notation
from rosenblatt.table.messages import cell_text, not_a
from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.date_recognition import recognise_dates
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.duration_recognition import recognise_durations
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.notation.number_finding import recognise_numbers
from rosenblatt.table.notation.number_readings import readings
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation
from rosenblatt.table.parsing import (
    days_of,
    is_number_type,
    is_time_type,
    missing_of,
    numbers_of,
    present,
)

__all__ = ["days_in", "numbers_in"]

BARE = r"^[-+(]?\d*[1-9][\d.,' ]*\)?$|^[-+(]?0[.,]\d*[1-9]"  # a number; 0 needs no unit
FEW = 64  # texts that are searched before Arrow has compiled the expression, as it does each time
FEW_BARE = re.compile(BARE, re.ASCII)


def numbers_in(
    cells: Cells,
    notation: NumberNotation | DurationNotation,
    words: Collection[str],
    origin: int = 0,
) -> tuple[Float64Array, tuple[str, ...]]:
    """(numbers minus `origin`, NaN where missing; notes on another notation).

    Raises
    ------
    InputError
        Naming row and cell of one that is no number, or not for certain which.
    """
    if origin:
        return large_whole_numbers(cells, origin, words), ()
    x, strange = numbers_of(cells, notation, words)
    if not strange.any():
        return x, unit_notes(cells, notation)
    other = other_numbers(cells, notation, words)
    if other is None:
        raise not_a(cells, strange, "a number" + as_written(notation), possible(cells, strange))
    x, _ = numbers_of(cells, other, words)
    return x, (other_note(cells, strange, notation, other),)


def days_in(
    cells: Cells, notation: DateNotation | NumberDates, words: Collection[str]
) -> tuple[Float64Array, tuple[str, ...]]:
    """(days since 1970-01-01 UTC, NaN where missing; notes). Raises InputError likewise."""
    kind = cells.type
    if is_time_type(kind) and pa.types.is_time(kind) is not of_times(notation):
        raise not_a(cells, present(cells), "a time of day" if of_times(notation) else "a date")
    days, strange = days_of(cells, notation, words)
    if not strange.any():
        return days, ()
    other = other_dates(cells, notation, words)
    if other is None:
        raise not_a(cells, strange, "a date" + as_written(notation))
    days, _ = days_of(cells, other, words)
    return days, (other_note(cells, strange, notation, other),)


def large_whole_numbers(cells: Cells, origin: int, words: Collection[str]) -> Float64Array:
    """Whole numbers minus `origin`, exact before they become floats."""
    if is_number_type(cells.type) and not pa.types.is_floating(cells.type):
        less = pc.subtract(cells.values.cast(pa.int64()), origin)
        exact: Float64Array = less.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
        return np.where(np.isnan(numbers_of(cells, None, words)[0]), np.nan, exact)
    x, strange = numbers_of(cells, PLAIN_NUMBERS, words)
    if strange.any():
        raise not_a(cells, strange, "a number")
    distinct = cells.distinct
    whole = [int(t) - origin if t.lstrip("+-").isdigit() else np.nan for t in distinct.strings]
    exact = np.array([*whole, np.nan], dtype=np.float64)[distinct.codes]
    return np.where(np.isnan(x) | np.isnan(exact), x - origin, exact)


def other_numbers(
    cells: Cells, notation: NumberNotation | DurationNotation, words: Collection[str]
) -> NumberNotation | DurationNotation | None:
    distinct = cells.distinct
    given = ~missing_of(distinct, words)
    texts, counts = distinct.texts.filter(pa.array(given)), distinct.counts[given]
    if isinstance(notation, DurationNotation):
        durations = recognise_durations(texts, counts)
        return None if durations is None or durations.strange.any() else durations.notation
    found = recognise_numbers(texts, counts)
    if found is None or len(found.alternatives) > 1 or found.strange.any():
        return None
    same_unit = found.notation.unit in ("", notation.unit)
    return found.notation if same_unit else None


def other_dates(
    cells: Cells, notation: DateNotation | NumberDates, words: Collection[str]
) -> DateNotation | None:
    distinct = cells.distinct
    given = ~missing_of(distinct, words)
    found = recognise_dates(distinct.texts.filter(pa.array(given)), distinct.counts[given])
    if found is None or len(found.alternatives) > 1 or found.strange.any():
        return None
    return found.notation if of_times(found.notation) is of_times(notation) else None


def of_times(notation: DateNotation | NumberDates) -> bool:
    """Whether the cells are times of day, which are no dates."""
    return isinstance(notation, DateNotation) and notation.form is DateForm.TIME


def unit_notes(cells: Cells, notation: NumberNotation | DurationNotation) -> tuple[str, ...]:
    """Notes on cells that do not show the unit in which they are read."""
    name = cells.name
    if pa.types.is_duration(cells.type) and isinstance(notation, NumberNotation):
        return (f"column {name!r} holds durations, and had numbers in training: read as seconds",)
    unit = notation.unit if isinstance(notation, NumberNotation) else ""
    if not unit:
        return ()
    bare = is_number_type(cells.type)
    if cells.is_text:
        bare = any_bare(cells.distinct)
    if not bare:
        return ()
    return (f"column {name!r} has numbers without the unit {unit} of the training: read as {unit}",)


def any_bare(distinct: Distinct) -> bool:
    """Whether a text is a number without anything beside it."""
    if len(distinct.strings) <= FEW:
        return any(FEW_BARE.search(text) for text in distinct.strings)
    return bool(pc.any(pc.match_substring_regex(distinct.texts, BARE)).as_py())


def as_written(notation: Notation) -> str:
    written = notation.describe()
    return f" as the column had them in training ({written})" if written else ""


def possible(cells: Cells, strange: BoolArray) -> str:
    values = readings(cell_text(cells, int(np.flatnonzero(strange)[0])))
    if not values:
        return ""
    ways = " or ".join(f"{value:,.15g}".replace(",", "") for value in values)
    return f" (it may be {ways}{': --decimal or --thousands says which' if values[1:] else ''})"


def other_note(
    cells: Cells,
    strange: BoolArray,
    recorded: Notation,
    other: Notation,
) -> str:
    first = int(np.flatnonzero(strange)[0])
    return (
        f"column {cells.name!r} is written otherwise than in training"
        f" ({cell_text(cells, first)!r} in {cells.row_name(first)}): read as"
        f" {said_of(other)} and not {said_of(recorded)}"
    )


def said_of(notation: Notation) -> str:
    of_dates = isinstance(notation, DateNotation)
    return notation.describe() or ("year-month-day" if of_dates else "plain numbers")
