"""A last row that sums up the others, with as many fields as they have."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.table.cells import Cells
from rosenblatt.table.files.footer import begins_totals
from rosenblatt.table.table import Table

__all__ = ["without_totals"]

FEWEST_ROWS = 3
RELATIVE = 1e-6  # sums of rounded numbers


def without_totals(table: Table) -> tuple[Table, str]:
    """The table without a last row of totals, and a note.

    Such a row begins with a word for a total, and a number of it is the sum of those above. One
    that only begins so stays, and is noted.
    """
    if len(table) < FEWEST_ROWS:
        return table, ""
    word = word_for_totals(table)
    if not word:
        return table, ""
    if not any(sums_up(cells) for cells in table.columns):
        return table, f"the last row begins with {word!r}: it is taken for a row like the others"
    rows = np.arange(len(table) - 1)
    return table.take(rows), f"the last row, {word!r}, sums up the others: left out"


def word_for_totals(table: Table) -> str:
    """The first text of the last row if it is a word for a total, and stands nowhere above it."""
    for cells in table.columns:
        if not cells.is_text:
            continue
        text = cells.values[len(cells) - 1].as_py()
        if text and text.strip():
            if not begins_totals(text):
                return ""
            once = pc.sum(pc.equal(cells.values, text)).as_py() == 1
            return text.strip() if once else ""
    return ""


def sums_up(cells: Cells) -> bool:
    if not (pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)):
        return False
    x = cells.values.cast(pa.float64(), safe=False).to_numpy()
    last, above = float(x[-1]), x[:-1]
    total = float(np.nansum(above))
    return bool(np.any(above != 0)) and abs(last - total) <= RELATIVE * float(
        np.nansum(np.abs(above))
    )
