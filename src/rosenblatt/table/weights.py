"""Sample weights in a column of a table."""

from __future__ import annotations

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import shortened
from rosenblatt.support.types import Float64Array
from rosenblatt.table.cells import Cells
from rosenblatt.table.messages import python_text, quote
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS
from rosenblatt.table.one_column import require_single_values
from rosenblatt.table.parsing import numbers_of

__all__ = ["unit_of_weights", "weights_of_cells"]

SMALLEST_RATIO = 1e-37  # about the smallest float32 over 1
SMALLEST = 1e-20  # weights beside which no other is too small or too large for float32


def weights_of_cells(cells: Cells) -> Float64Array:
    """The weights, shape (n_rows,); InputError if they are no numbers of 0 or more."""
    require_single_values(cells)
    weights, strange = numbers_of(cells, PLAIN_NUMBERS)
    wrong = strange | ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        column, first = cells.name, int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"the sample weight in column {column!r}, {cells.row_name(first)}, is"
            f" {weight_text(cells, first)}: every weight must be a number of 0 or more"
        )
    return weights


def weight_text(cells: Cells, row: int) -> str:
    """A cell as it is written; the reader keeps of words for missing ones only which there are."""
    text = (python_text(cells, row) or "").strip()
    if text:
        return shortened(text)
    return f"missing, as {quote(cells.words)} and empty cells are" if cells.words else "missing"


def unit_of_weights(column: str, smallest: float, largest: float) -> float:
    """What weights are divided by: they count by their ratios, and float32 holds no 1e-300.

    Parameters
    ----------
    column : str
    smallest, largest : float
        Of those above 0; `largest` is 0 if there is none.

    Raises
    ------
    InputError
        For weights that are all 0, or too far apart.
    """
    if not largest:
        raise InputError(
            f"the sample weights in column {column!r} are all 0: give some rows a positive weight"
        )
    if smallest / largest < SMALLEST_RATIO:
        raise InputError(
            f"the sample weights in column {column!r} reach from {smallest:g} to"
            f" {largest:g}, further apart than numbers of 32 bits can be: give 0 to the rows that"
            " shall not count"
        )
    return 1.0 if SMALLEST < largest < 1 / SMALLEST else largest
