"""Row numbers of the folds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.utils import indexable

from rosenblatt.problem import Rows
from rosenblatt.support.plain_values import check_even, check_present, even_rows
from rosenblatt.support.sparse_matrices import check_sparse

__all__ = ["Split", "checked_rows", "numbered"]

Split = tuple[Rows, Rows]


def checked_rows(X: Any, y: Any) -> tuple[Any, Any]:
    """X and y as what folds can be taken from; ValueError for what no array is made of."""
    check_sparse(X)
    check_sparse(y, "y")
    check_present(X=X, y=y)
    check_even(X=X, y=y)
    with even_rows(X=X, y=y):
        X, y = indexable(X, y)
    return X, y


def numbered(splits: Iterable[tuple[Any, Any]], n_rows: int) -> list[Split]:
    """Training and test rows as numbers from 0, also of splitters that give masks.

    Raises
    ------
    ValueError
        Where there is none.
    """
    numbers = np.arange(n_rows)
    try:
        pairs = list(splits)
    except (TypeError, ValueError) as error:
        if "unpack" not in str(error):
            raise
        raise ValueError(
            "cv gives no pairs of training and test rows: give a number of folds, a splitter or"
            " some splits."
        ) from error
    found = [(numbers[np.asarray(train)], numbers[np.asarray(test)]) for train, test in pairs]
    if not found:
        raise ValueError("cv gives no fold: give a number of folds, a splitter or some splits.")
    return found
