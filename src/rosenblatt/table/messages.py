"""Names of rows, cells and counts in notes and errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.finite import all_finite
from rosenblatt.support.listing import count
from rosenblatt.support.types import BoolArray, FloatArray
from rosenblatt.table.cells import Cells

__all__ = ["cell_text", "count", "not_a", "python_text", "quote", "require_finite", "rows_named"]


def quote(texts: Sequence[str]) -> str:
    """Up to three texts in quotes, long ones shortened."""
    short = [text if len(text) <= 40 else text[:37] + "..." for text in texts[:3]]
    return ", ".join(repr(text) for text in short) + (", ..." if len(texts) > 3 else "")


def rows_named(cells: Cells, where: BoolArray) -> str:
    """Up to three rows by name and how many more there are."""
    positions = np.flatnonzero(where)
    named = ", ".join(cells.row_name(i) for i in positions[:3])
    more = len(positions) - 3
    return f"{named} and {more:,} more" if more > 0 else named


def cell_text(cells: Cells, position: int) -> str:
    """A cell as written."""
    if cells.is_text or cells.is_declared_category:
        return str(cells.values[position].as_py())
    # Python's own dates do not reach as far as Arrow's.
    return cells.distinct.strings[cells.distinct.codes[position]]


def python_text(cells: Cells, position: int) -> str | None:
    """A cell as Python writes it, and as Arrow does where it is a date beyond Python's; None where
    it is missing."""
    try:
        cell = cells.values[position].as_py()
    except (OverflowError, ValueError):
        return cell_text(cells, position)
    return None if cell is None else str(cell)


def require_finite(cells: Cells, x: FloatArray) -> None:
    """InputError naming the rows of infinite values, if there are any."""
    if all_finite(x):
        return
    infinite = np.isinf(x)
    if infinite.any():
        raise InputError(
            f"column {cells.name!r} holds infinite values ({rows_named(cells, infinite)}): "
            "replace them by finite numbers, or leave the cells empty to mean missing"
        )


def not_a(cells: Cells, strange: BoolArray, wanted: str, readings: str = "") -> InputError:
    """The error for cells that are not what their column needs.

    `readings` says what the first of them may mean, where it may mean several things.
    """
    first = int(np.flatnonzero(strange)[0])
    others = int(strange.sum()) - 1
    more = f" ({count(others, 'further cell')} likewise)" if others else ""
    return InputError(
        f"column {cells.name!r} has {quote([cell_text(cells, first)])} in "
        f"{cells.row_name(first)}{more}, which is not {wanted}{readings}: "
        "correct the cell, or leave it empty to mean missing"
    )
