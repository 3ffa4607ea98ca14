"""Names of rows, cells and counts in notes and errors."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import count
from rosenblatt.support.types import FloatArray
from rosenblatt.table.values import BoolArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["count", "not_a", "quote", "require_finite", "row_name", "rows_named"]


def quote(texts: list[str]) -> str:
    """Up to three texts in quotes, long ones shortened."""
    short = [text if len(text) <= 40 else text[:37] + "..." for text in texts[:3]]
    return ", ".join(repr(text) for text in short) + (", ..." if len(texts) > 3 else "")


def row_name(series: pd.Series, position: int) -> str:
    """The row as users count them: from 1, the header left out, in the table it was read from."""
    label = series.index[position]
    return f"row {label + 1}" if isinstance(label, numbers.Integral) else f"row {label!r}"


def rows_named(series: pd.Series, where: BoolArray) -> str:
    """Up to three rows by name and how many more there are."""
    positions = np.flatnonzero(where)
    named = ", ".join(row_name(series, i) for i in positions[:3])
    more = len(positions) - 3
    return f"{named} and {more:,} more" if more > 0 else named


def require_finite(series: pd.Series, x: FloatArray) -> None:
    """InputError naming the rows of infinite values, if there are any."""
    infinite = np.isinf(x)
    if infinite.any():
        raise InputError(
            f"column {series.name!r} holds infinite values ({rows_named(series, infinite)}): "
            "replace them by finite numbers, or leave the cells empty to mean missing"
        )


def not_a(series: pd.Series, strange: BoolArray, wanted: str) -> InputError:
    """The error for cells that are not what their column needs."""
    first = int(np.flatnonzero(strange)[0])
    others = int(strange.sum()) - 1
    more = f" ({count(others, 'further cell')} likewise)" if others else ""
    return InputError(
        f"column {series.name!r} has {quote([str(series.iloc[first])])} in "
        f"{row_name(series, first)}{more}, which is not {wanted}: "
        "correct the cell, or leave it empty to mean missing"
    )
