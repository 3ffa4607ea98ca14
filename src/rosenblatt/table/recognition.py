"""The format of every column of a table, from all its cells.

Where the cells of a column leave open how its numbers or dates are written, other columns of the
table may decide; otherwise the user is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from rosenblatt.table.candidate import Candidate
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat, Notation
from rosenblatt.table.column_groups import in_parallel
from rosenblatt.table.format import TableFormat
from rosenblatt.table.notation.date_order import DateOrder
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.numbers import NumberNotation
from rosenblatt.table.one_column import candidate_of
from rosenblatt.table.table import Table
from rosenblatt.table.text_columns import ORDERS

__all__ = ["recognise"]

ORDER_OPTIONS = {order: option for option, order in ORDERS.items()}


def recognise(
    table: Table, fmt: TableFormat, target: Candidate | None = None
) -> tuple[ColumnFormat, ...]:
    """The format of each column, in the order of the table; of the target it is known, if any."""

    def found_in(cells: Cells) -> Candidate:
        if target is not None and cells.name == target.format.name:
            return target
        return candidate_of(cells, fmt)

    found = in_parallel(found_in, table.columns, len(table))
    return tuple(settled(candidate, found) for candidate in found)


def settled(candidate: Candidate, columns: Sequence[Candidate]) -> ColumnFormat:
    """The format with its notation decided by other columns, or with a question."""
    if len(candidate.alternatives) < 2:
        return candidate.format
    fmt, example = candidate.format, candidate.example
    for other in columns:
        left = [a for a in candidate.alternatives if goes_with(a, other)]
        if len(left) == 1 and not contradicted(left[0], columns):
            written = left[0].describe()
            note = (
                f"column {fmt.name!r} leaves open how {example!r} is meant: read as {written}, like"
                f" column {other.format.name!r}"
            )
            return replace(fmt, notation=left[0], notes=(*fmt.notes, note))
    return replace(fmt, question=question(candidate))


def contradicted(alternative: Notation, columns: Sequence[Candidate]) -> bool:
    return any(not goes_with(alternative, other) for other in columns)


def goes_with(alternative: Notation, other: Candidate) -> bool:
    """Whether a column may be written so beside another one, if both are written alike."""
    proved = other.format.notation
    if len(other.alternatives) > 1:
        return True
    if isinstance(alternative, NumberNotation) and isinstance(proved, NumberNotation):
        return numbers_go_together(alternative, proved, other.has_decimals)
    if isinstance(alternative, DateNotation) and isinstance(proved, DateNotation):
        orders = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
        return proved.order not in orders or alternative.order is proved.order
    return True


def numbers_go_together(one: NumberNotation, proved: NumberNotation, has_decimals: bool) -> bool:
    if has_decimals and proved.decimal == one.grouping:
        return False
    if has_decimals and not one.grouping and one.decimal != proved.decimal:
        return False
    return (
        not proved.grouping
        or one.grouping == proved.grouping
        or (not one.grouping and one.decimal != proved.grouping)
    )


def question(candidate: Candidate) -> str:
    name, example = candidate.format.name, candidate.example
    first, second = candidate.alternatives[:2]
    if isinstance(first, DateNotation) and isinstance(second, DateNotation):
        days = " or ".join(a.describe() for a in (first, second))
        options = " or ".join(f"--date-order {ORDER_OPTIONS[a.order]}" for a in (first, second))
        return f"column {name!r}: {example!r} may be {days}, and no cell decides: say {options}"
    if isinstance(first, DurationNotation) and isinstance(second, DurationNotation):
        kinds = [a.two_parts.value for a in (first, second)]
        parts = " or ".join(kinds)
        options = " or ".join(f"--durations {kind}" for kind in kinds)
        return f"column {name!r}: {example!r} may be {parts}, and no cell decides: say {options}"
    readings = [plain_reading(a, example) for a in (first, second)]
    signs = [
        f"--thousands {shown(a.grouping)}" if a.grouping else f"--decimal {a.decimal}"
        for a in (first, second)
        if isinstance(a, NumberNotation)
    ]
    return (
        f"column {name!r}: {example!r} may be {' or '.join(readings)}, and no cell decides: say"
        f" {' or '.join(signs)}"
    )


def plain_reading(notation: Notation, example: str) -> str:
    values, _ = notation.parse(pa.array([example]))
    return f"{values[0]:.15g}"


def shown(sign: str) -> str:
    return sign if sign not in (" ", "'") else f'"{sign}"'
