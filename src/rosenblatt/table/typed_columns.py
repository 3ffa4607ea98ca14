"""Columns that are stored as numbers, and numbers that are declared to be dates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.errors import InputError
from rosenblatt.support.finite import present_of
from rosenblatt.support.listing import option
from rosenblatt.table.candidate import Candidate
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.messages import require_finite
from rosenblatt.table.month_numbers import are_months
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.number_dates import number_dates_of
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation
from rosenblatt.table.parsing import are_whole, numbers_of
from rosenblatt.table.text_columns import date_candidate
from rosenblatt.table.whole_numbers import whole_numbers_format

__all__ = ["declared_date", "typed_number"]


def typed_number(
    cells: Cells, fmt: TableFormat, *, is_target: bool, may_be_dates: bool
) -> Candidate:
    """A number, unless all are equal, only count the rows, or are dates such as 20230318.

    Raises
    ------
    InputError
        For infinite values.
    """
    name = cells.name
    words = words_in(cells, fmt)
    x, _ = numbers_of(cells, None, words)
    require_finite(cells, x)
    present = present_of(x)
    if not len(present):
        if is_target:  # whose own message is better
            return Candidate(ColumnFormat(name, ColumnKind.NUMBER, PLAIN_NUMBERS))
        return Candidate.dropped(name, "all cells are missing")
    integral = are_whole(present)
    # Whole numbers do not show which sign new cells would have before decimals.
    notation = NumberNotation(proven=not integral)
    of_durations = pa.types.is_duration(cells.type)
    found = ColumnFormat(
        name, ColumnKind.NUMBER, DurationNotation() if of_durations else notation, missing=words
    )
    if not is_target:
        constant = present.min() == present.max() and len(present) == len(x)
        if constant and not differ_exactly(cells):
            return Candidate.dropped(name, f"constant: every cell is {cells.distinct.strings[0]}")
    if integral and not of_durations:
        special = whole_numbers_format(
            name, x, words, is_target=is_target, may_be_dates=may_be_dates
        )
        if special is not None:
            return Candidate(special)
    return Candidate(found, has_decimals=not integral and not are_months(present))


def words_in(cells: Cells, fmt: TableFormat) -> tuple[str, ...]:
    """The words for missing cells that occur: those of the reader, and numbers that are given."""
    given = [word for word in fmt.missing if word not in cells.words]
    if not given:
        return cells.words
    x, _ = numbers_of(cells, None)
    n_missing = np.isnan(x).sum()
    found = [w for w in given if np.isnan(numbers_of(cells, None, (w,))[0]).sum() > n_missing]
    return (*cells.words, *found)


def differ_exactly(cells: Cells) -> bool:
    """Whether whole numbers differ beyond the digits of a float64."""
    if not pa.types.is_integer(cells.type):
        return False
    ends = pc.min_max(cells.values).as_py()
    return bool(ends["min"] != ends["max"])


def declared_date(cells: Cells, fmt: TableFormat) -> Candidate:
    """A column that the user has declared to hold dates; numbers are 20230318 or Excel's days.

    Raises
    ------
    InputError
        If it holds no dates.
    """
    if cells.is_text:
        found = date_candidate(cells, fmt, any_share=True)
        if found is None:
            raise InputError(
                f"column {cells.name!r} holds no dates, as"
                f" {option('--column', f'{cells.name}=date')} says: {cells.distinct.strings[0]!r}"
            )
        return found
    words = words_in(cells, fmt)
    x, _ = numbers_of(cells, None, words)
    present = present_of(x)
    if not len(present):
        return Candidate.dropped(cells.name, "all cells are missing")
    notation = number_dates_of(present, declared=True)
    if notation is None:
        raise InputError(
            f"column {cells.name!r} holds numbers that are no dates, such as"
            f" {cells.distinct.strings[0]}: as dates they are written 20230318, or counted in days"
            " as Excel does"
        )
    return Candidate(ColumnFormat(cells.name, ColumnKind.DATE, notation, words))
