"""Notes on categories that training has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.support.types import BoolArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.messages import count, quote, rows_named
from rosenblatt.table.names import near_names

__all__ = ["all_unseen_note", "some_unseen_note"]

LOOKED_AT = 200  # of many categories, where none is the same but for capitals


def some_unseen_note(cells: Cells, rows: BoolArray, strangers: Sequence[str], taken: str) -> str:
    """What is said of these rows, shape (n,), and of their categories."""
    return (
        f"column {cells.name!r} has {count(int(np.count_nonzero(rows)), 'cell')} of "
        f"{count(len(strangers), 'category', 'categories')} unseen in training "
        f"({quote(strangers)}; {rows_named(cells, rows)}): taken as {taken}"
    )


def all_unseen_note(
    cells: Cells, strangers: Sequence[str], known: Sequence[str], taken: str
) -> str:
    """What is said where no cell has a known category: they may be written otherwise."""
    first = strangers[0]
    alike = [text for text in known if text.lower() == first.lower()] or known[:LOOKED_AT]
    return (
        f"column {cells.name!r} has none of the categories of the training, but {quote(strangers)}:"
        f" all are taken as {taken}; {near_names(first, alike, 'training')}"
    )
