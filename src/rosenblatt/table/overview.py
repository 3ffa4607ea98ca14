"""What was understood of a table before any training: a line for each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.dates import day_of
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.parsing import days_of, numbers_of, truth_of
from rosenblatt.table.recognition import recognise
from rosenblatt.table.table import table_of

__all__ = ["ColumnOverview", "overview_of"]

TOP = 3
SAME_IN_ANY_CASE = 2


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
        A cell as it stands in the table, and what was read.
    doubts : tuple of str
        What the user may want to correct, with the option that does.
    """

    name: str
    kind: str
    values: str
    missing: int
    notation: str
    written: str
    read: str
    doubts: tuple[str, ...]


def overview_of(data: Any, fmt: TableFormat | None = None) -> tuple[ColumnOverview, ...]:
    """The columns of a table, in its order.

    Parameters
    ----------
    data : Table, data frame, Arrow table or mapping of columns
    fmt : TableFormat, optional
        What is known about the table.
    """
    table = table_of(data)
    formats = recognise(table, fmt or TableFormat())
    return tuple(column_overview(table.by_name[column.name], column) for column in formats)


def column_overview(cells: Cells, fmt: ColumnFormat) -> ColumnOverview:
    """One column of a known format."""
    doubts = (*((fmt.question,) if fmt.question else ()), *fmt.notes)
    notation = "" if fmt.notation is None else fmt.notation.describe()
    if fmt.kind is ColumnKind.DROP:
        missing = int((cells.distinct.codes < 0).sum())
        written = first_text(cells, np.zeros(len(cells), dtype=bool))
        return ColumnOverview(
            cells.name, "left out", fmt.reason, missing, notation, written, "", doubts
        )
    if fmt.kind in (ColumnKind.NUMBER, ColumnKind.DATE):
        of_dates = fmt.kind is ColumnKind.DATE
        parse = days_of if of_dates else numbers_of
        x, _ = parse(cells, fmt.notation, fmt.missing)
        missing_cells = np.isnan(x)
        present = x[~missing_cells]
        in_short = shown_date if of_dates else in_six_digits
        values = f"{in_short(present.min())} … {in_short(present.max())}" if len(present) else ""
        place = example_place(cells, missing_cells)
        in_full = shown_date if of_dates else in_all_digits
        read = in_full(x[place]) if len(present) else ""
    elif fmt.kind is ColumnKind.TRUTH:
        codes = truth_of(cells, fmt.missing)
        missing_cells = codes < 0
        values = f"true {int((codes == 1).sum()):,}, false {int((codes == 0).sum()):,}"
        place = example_place(cells, missing_cells)
        read = str(bool(codes[place] == 1)).lower()
    else:
        values, missing_cells = most_frequent(cells, fmt)
        place = example_place(cells, missing_cells)
        read = first_text(cells, missing_cells)
        doubts = (*doubts, *same_in_any_case(cells))
    return ColumnOverview(
        cells.name,
        fmt.kind.value,
        values,
        int(missing_cells.sum()),
        notation,
        first_text(cells, missing_cells),
        read,
        doubts,
    )


def example_place(cells: Cells, missing: Any) -> int:
    present = np.flatnonzero(~missing & (cells.distinct.codes >= 0))
    return int(present[0]) if len(present) else 0


def first_text(cells: Cells, missing: Any) -> str:
    """The first cell that is not missing, as written."""
    place = example_place(cells, missing)
    code = cells.distinct.codes[place] if len(cells) else -1
    return cells.distinct.strings[code] if code >= 0 else ""


def most_frequent(cells: Cells, fmt: ColumnFormat) -> tuple[str, Any]:
    distinct = cells.distinct
    missing = np.array([text in fmt.missing for text in distinct.strings] + [True], dtype=bool)
    kept = [
        (text, int(n))
        for text, n, gone in zip(distinct.strings, distinct.counts, missing[:-1], strict=True)
        if not gone
    ]
    kept.sort(key=lambda pair: -pair[1])
    shown = ", ".join(f"{text} {n:,}" for text, n in kept[:TOP])
    more = f" and {len(kept) - TOP:,} more" if len(kept) > TOP else ""
    return shown + more, missing[distinct.codes]


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
    return f"{x:.0f}" if x == int(x) and abs(x) < 1e15 else f"{x:.6g}"


def in_all_digits(x: float) -> str:
    return f"{x:.0f}" if x == int(x) and abs(x) < 1e15 else repr(float(x))


def shown_date(days: float) -> str:
    """The date, with its time of day unless it is midnight."""
    minutes = round((days % 1) * 1440)
    if 0 <= days < 1 and minutes:
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    day = day_of(days)
    return (
        day if not minutes or minutes == 1440 else f"{day} {minutes // 60:02d}:{minutes % 60:02d}"
    )
