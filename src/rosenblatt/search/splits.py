"""The rows of each fold, as numbers from 0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from rosenblatt.problem import Rows

__all__ = ["Split", "numbered"]

Split = tuple[Rows, Rows]


def numbered(splits: Iterable[tuple[Any, Any]], n_rows: int) -> list[Split]:
    """The rows to train on and to test on, however a splitter names them: it may also give masks,
    or count from the end."""
    numbers = np.arange(n_rows)
    return [(numbers[np.asarray(train)], numbers[np.asarray(test)]) for train, test in splits]
