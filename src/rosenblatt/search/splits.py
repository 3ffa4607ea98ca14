"""Row numbers of the folds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from rosenblatt.problem import Rows

__all__ = ["Split", "numbered"]

Split = tuple[Rows, Rows]


def numbered(splits: Iterable[tuple[Any, Any]], n_rows: int) -> list[Split]:
    """Training and test rows as numbers from 0, also of splitters that give masks.

    Raises
    ------
    ValueError
        Where there is none.
    """
    numbers = np.arange(n_rows)
    found = [(numbers[np.asarray(train)], numbers[np.asarray(test)]) for train, test in splits]
    if not found:
        raise ValueError("cv gives no fold: give a number of folds, a splitter or some splits.")
    return found
