"""What was understood of a table before any training: a line for each column."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.dates import FARTHEST, day_of
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.names import require_columns
from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.one_column import is_readable
from rosenblatt.table.parsing import days_of, numbers_of, truth_of, truth_of_text
from rosenblatt.table.recognition import recognise
from rosenblatt.table.table import table_of

__all__ = ["ColumnOverview", "overview_of"]

TOP = 3
WIDTH = 40  # characters for the most frequent texts
HEAD, TAIL = 8, 6  # characters of a long text
EXAMPLES = 5000  # distinct texts among which an example is chosen
SAME_IN_ANY_CASE = 2
MONTHS = 12


@final
@dataclass(frozen=True)
class ColumnOverview:
    """One column as it was understood.

    Attributes
    ----------
    name : str
    kind : str
        number, category, date, true/false, or left out.
    values : str
        The range of numbers and dates, the most frequent texts.
    missing : int
        How many cells are missing, words that were taken so included.
    notation : str
        How numbers or dates are written; "" for plain ones.
    written, read : str
        A cell as it stands in the table, and what was read: one that shows the notation. Where
        no cell decides what is meant, `read` and `values` are "".
    doubts : tuple of str
        What the user may want to correct, with the option that does.
    evidence : str
        Which cell decides how all are read; "" where nothing had to be decided.
    """

    name: str
    kind: str
    values: str
    missing: int
    notation: str
    written: str
    read: str
    doubts: tuple[str, ...]
    evidence: str


def overview_of(data: Any, fmt: TableFormat | None = None) -> tuple[ColumnOverview, ...]:
    """The columns of a table, in its order.

    Parameters
    ----------
    data : Table, data frame, Arrow table or mapping of columns
    fmt : TableFormat, optional
        What is known about the table.

    Raises
    ------
    InputError
        If a column of `fmt` is not there or not what is said, or one holds infinite values.
    """
    table = table_of(data)
    fmt = fmt or TableFormat()
    require_columns(fmt.columns, table.names)
    formats = recognise(table, fmt)
    return tuple(column_overview(table.by_name[column.name], column) for column in formats)


def column_overview(cells: Cells, fmt: ColumnFormat) -> ColumnOverview:
    """One column of a known format."""
    doubts = (*((fmt.question,) if fmt.question else ()), *fmt.notes)
    notation = "" if fmt.notation is None else fmt.notation.describe()
    kind, read = fmt.kind.value, ""
    if fmt.kind is ColumnKind.DROP:
        kind, values, missing = "left out", fmt.reason, n_empty(cells)
        written = first_text(cells) if is_readable(cells) else ""
    elif fmt.kind in (ColumnKind.NUMBER, ColumnKind.DATE):
        values, missing, written, read = of_quantity(cells, fmt)
        if fmt.question:
            values = read = ""
    elif fmt.kind is ColumnKind.TRUTH:
        codes = truth_of(cells, fmt.missing)
        values = f"true {int((codes == 1).sum()):,}, false {int((codes == 0).sum()):,}"
        missing = int((codes < 0).sum())
        strange = [t for t in cells.distinct.strings if truth_of_text(t, fmt.missing) < 0]
        written = first_text(cells, strange)
        read = str(bool(truth_of_text(written))).lower() if written else ""
    else:
        values, missing = most_frequent(cells, fmt.missing)
        written = read = first_text(cells, fmt.missing)
        doubts = (*doubts, *same_in_any_case(cells))
    return ColumnOverview(
        cells.name, kind, values, missing, notation, written, read, doubts, fmt.evidence
    )


def of_quantity(cells: Cells, fmt: ColumnFormat) -> tuple[str, int, str, str]:
    """(range, how many are missing, an example as written, as read) of numbers or dates."""
    of_dates = fmt.kind is ColumnKind.DATE
    parse = days_of if of_dates else numbers_of
    x, _ = parse(cells, fmt.notation, fmt.missing)
    present = np.flatnonzero(~np.isnan(x))
    missing = len(x) - len(present)
    if not len(present):
        return "", missing, "", ""
    shown: Callable[[float], str] = in_six_digits
    in_full: Callable[[float], str] = in_all_digits
    if of_dates:
        shown = in_full = shown_time if are_times(cells, fmt) else shown_date
    values = f"{shown(x[present].min())} … {shown(x[present].max())}"
    if not cells.is_text:
        with_decimals = present[x[present] != np.floor(x[present])]
        place = int((with_decimals if len(with_decimals) else present)[0])
        read = in_full(x[place])
        in_numbers = isinstance(fmt.notation, NumberDates)
        written = str(cells.values[place].as_py()) if in_numbers else read
        return values, missing, written, read
    first = np.full(len(cells.distinct.strings), -1)
    first[cells.distinct.codes[present[::-1]]] = present[::-1]
    readable = np.flatnonzero(first >= 0)[:EXAMPLES]
    texts = cells.distinct.strings

    def key(code: int) -> tuple[int, bool, int]:
        return telling(texts[code], x[first[code]], is_date=of_dates)

    best = max(readable, key=key)
    return values, missing, texts[best], in_full(x[first[best]])


def are_times(cells: Cells, fmt: ColumnFormat) -> bool:
    """Whether they are times of the day without a date."""
    notation = fmt.notation
    in_text = isinstance(notation, DateNotation) and notation.form is DateForm.TIME
    return in_text or pa.types.is_time(cells.type)


def telling(text: str, value: float, *, is_date: bool) -> tuple[int, bool, int]:
    """The greater, the better the text shows how its column is written."""
    signs = sum(not (character.isdigit() or character.isspace()) for character in text)
    # Decimals show their sign, and a day after the 12th that it is no month.
    shows = int(day_of(value)[-2:]) > MONTHS if is_date else value != np.floor(value)
    return signs, bool(shows), len(text)


def n_empty(cells: Cells) -> int:
    """How many cells are null, NaN or blank."""
    if cells.is_text:
        return len(cells) - cells.distinct.n_present
    return int(pc.sum(nulls_of(cells)).as_py() or 0)


def nulls_of(cells: Cells) -> pa.ChunkedArray:
    """Which cells are null or NaN."""
    return cells.values.is_null(nan_is_null=True)


def first_text(cells: Cells, missing: Collection[str] = ()) -> str:
    """The first text that is not missing."""
    if not (cells.is_text or missing):  # without the texts of all other cells
        given = cells.values.filter(pc.invert(nulls_of(cells))).slice(0, 1)
        return next(iter(Cells(cells.name, given).distinct.strings), "")
    return next((text for text in cells.distinct.strings if text not in missing), "")


def most_frequent(cells: Cells, missing: Collection[str]) -> tuple[str, int]:
    """(The most frequent texts, as many as fit, and how many more there are; missing cells)."""
    distinct = cells.distinct
    pairs = zip(distinct.strings, distinct.counts.tolist(), strict=True)
    kept = sorted((pair for pair in pairs if pair[0] not in missing), key=lambda pair: -pair[1])
    shown: list[str] = []
    for text, n in kept[:TOP]:
        entry = f"{in_short(text)} {n:,}"
        if shown and len(", ".join([*shown, entry])) > WIDTH:
            break
        shown.append(entry)
    more = f" and {len(kept) - len(shown):,} more" if len(kept) > len(shown) else ""
    return ", ".join(shown) + more, len(cells) - sum(n for _, n in kept)


def in_short(text: str) -> str:
    """Beginning and end of a long text."""
    return text if len(text) <= HEAD + TAIL + 1 else f"{text[:HEAD]}…{text[-TAIL:]}"


def same_in_any_case(cells: Cells) -> tuple[str, ...]:
    """A doubt about texts that differ in capitals and blanks alone."""
    groups: dict[str, list[str]] = {}
    for text in cells.distinct.strings:
        if not is_marker(text):
            groups.setdefault(" ".join(text.casefold().split()), []).append(text)
    alike = next((texts for texts in groups.values() if len(texts) >= SAME_IN_ANY_CASE), None)
    if alike is None:
        return ()
    pair = " and ".join(repr(text) for text in alike[:2])
    return (f"column {cells.name!r} has {pair}, which are two categories",)


def in_six_digits(x: float) -> str:
    return f"{x:.0f}" if is_short(x) else f"{x:.6g}"


def in_all_digits(x: float) -> str:
    return f"{x:.0f}" if is_short(x) else repr(float(x))


def is_short(x: float) -> bool:
    """Whether it is a whole number that all digits of can be shown."""
    return abs(x) < 1e15 and x == int(x)


def shown_date(days: float) -> str:
    """The date, with its time of day unless it is midnight."""
    if abs(days) > FARTHEST:
        return day_of(days)
    date, time = str(np.datetime64(round(days * 86_400), "s")).split("T")
    return date if time == "00:00:00" else f"{date} {time.removesuffix(':00')}"


def shown_time(days: float) -> str:
    return str(np.datetime64(round(days * 86_400), "s")).split("T")[1].removesuffix(":00")
