"""What one column holds: numbers, categories, truth values, dates, or nothing to learn from.

What is declared decides first, then the storage type; text is examined by its distinct values.
"""

from __future__ import annotations

import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.table.candidate import Candidate
from rosenblatt.table.category_format import category_format
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.parsing import is_number_type, is_time_type
from rosenblatt.table.text_columns import holds_truth, text_candidate
from rosenblatt.table.typed_columns import declared_date, typed_number

__all__ = ["candidate_of", "is_readable", "require_single_values"]


def candidate_of(cells: Cells, fmt: TableFormat, *, is_target: bool = False) -> Candidate:
    """The format of a column; a target is not dropped for what its values are."""
    name, kind = cells.name, cells.type
    declared = fmt.columns.get(name)
    if declared is ColumnKind.DROP:
        return Candidate.dropped(name, "as asked for")
    if pa.types.is_nested(kind):
        return Candidate.dropped(name, "its cells hold lists or records, not single values")
    if not is_readable(cells):
        return Candidate.dropped(
            name, "its cells hold bytes or other data, not text, numbers or times"
        )
    if not (is_number_type(kind) or len(cells.distinct.texts)):
        return all_missing(name, is_target)
    if declared in (ColumnKind.CATEGORY, ColumnKind.TEXT):
        return Candidate(
            category_format(cells, fmt, is_target=is_target, declared=declared, asked=True)
        )
    if declared is ColumnKind.TRUTH:
        return Candidate(ColumnFormat(name, ColumnKind.TRUTH, missing=fmt.missing))
    if declared is ColumnKind.DATE and not is_time_type(kind):
        return declared_date(cells, fmt)
    if declared is None and cells.is_declared_category:
        if len(cells.distinct.texts) > 1 and holds_truth(cells.distinct.strings):
            return Candidate(ColumnFormat(name, ColumnKind.TRUTH))
        kinds = ColumnKind.CATEGORY
        return Candidate(category_format(cells, fmt, is_target=is_target, declared=kinds))
    if pa.types.is_time(kind) and is_target and declared is None:
        # A target cannot be a time of day, but the time that has passed.
        return Candidate(ColumnFormat(name, ColumnKind.NUMBER, DurationNotation()))
    if pa.types.is_boolean(kind) or is_time_type(kind):
        truth = pa.types.is_boolean(kind)
        notation = DateNotation(form=DateForm.TIME) if pa.types.is_time(kind) else None
        found = ColumnFormat(name, ColumnKind.TRUTH if truth else ColumnKind.DATE, notation)
        if len(cells.distinct.texts) == 1 and not cells.values.null_count and not is_target:
            return Candidate.dropped(name, f"constant: every cell is {cells.distinct.strings[0]}")
        return Candidate(found)
    if is_number_type(kind):
        return typed_number(cells, fmt, is_target=is_target, may_be_dates=declared is None)
    return text_candidate(cells, fmt, is_target=is_target, declared=declared)


def is_readable(cells: Cells) -> bool:
    kind = cells.type
    is_text = cells.is_text or cells.is_declared_category
    return is_text or is_number_type(kind) or is_time_type(kind) or pa.types.is_boolean(kind)


def require_single_values(cells: Cells) -> None:
    """InputError for a column of lists, records or bytes, which nothing can be read from."""
    if not is_readable(cells):
        raise InputError(
            f"column {cells.name!r} holds lists, records or bytes, not single values: name another"
            " column"
        )


def all_missing(name: str, is_target: bool) -> Candidate:
    if is_target:  # whose own message is better
        return Candidate(ColumnFormat(name, ColumnKind.CATEGORY))
    return Candidate.dropped(name, "all cells are missing")
