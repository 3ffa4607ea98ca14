"""What the raw cells of a column are to an exported model, in words that go into its file."""

from __future__ import annotations

from collections.abc import Callable

from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped, Number, unit_of
from rosenblatt.table.dates import Date
from rosenblatt.table.parsing import TRUTH

__all__ = ["meaning_of"]

MOST_WORDS = 3


def meaning_of(
    column: AnyColumn,
    *,
    empty: str = '""',
    gap: str = "NaN",
    quoted: Callable[[str], str] = repr,
) -> str:
    """Type or unit of the cells, and how a missing one is given; "" for a column left out.

    Parameters
    ----------
    column : AnyColumn
    empty : str
        What stands for a missing text.
    gap : str
        What stands for a missing number.
    quoted : callable
        Makes of a text of the table, which may hold anything, one that the file may.
    """
    match column:
        case Category():
            what = f"text in UTF-8 without blanks around it; {empty} is missing"
        case Boolean():
            true, false = (", ".join(w for w in TRUTH if TRUTH[w] == code) for code in (1, 0))
            what = (
                f"1 is true ({true}), 0 is false ({false}); any other number, or {gap}, is missing"
            )
        case Date():
            what = f"days since 1970-01-01, with the time of day as a fraction; {gap} is missing"
        case Number():
            unit = unit_of(column.notation)
            what = f"a number{f' in {quoted(unit)}' if unit else ''}; {gap} is missing"
        case Dropped():
            return ""
    words = ", ".join(map(quoted, column.words[:MOST_WORDS]))
    more = ", ..." if column.words[MOST_WORDS:] else ""
    return f"{what}, also in place of {words}{more}" if words else what
