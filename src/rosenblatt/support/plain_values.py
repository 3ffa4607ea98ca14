"""Rows that users hand over, of which NumPy would lose a mask, or refuse in words of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

__all__ = ["check_even", "check_unmasked", "even_rows", "plain_values"]


def check_unmasked(**given: Any) -> None:
    """ValueError for masked values, by the name of what has them: a mask would be lost."""
    for name, values in given.items():
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            raise ValueError(
                f"{name} has masked values, whose mask would be lost: leave their rows out, or fill"
                f" them by {name}.filled(...)"
            )


def check_even(**given: Any) -> None:
    """ValueError for lists that are no array, by the name of what they were given for."""
    for name, values in given.items():
        if is_ragged(values):
            raise ValueError(
                f"{name} has rows of different lengths, or cells of several values: give each row"
                " as many values as the first, and one for each cell"
            )


@contextlib.contextmanager
def even_rows(**given: Any) -> Iterator[None]:
    """Let a block turn values into arrays; where it fails, ValueError as of `check_even`."""
    try:
        yield
    except (TypeError, ValueError):
        check_even(**given)
        raise


@contextlib.contextmanager
def plain_values(**given: Any) -> Iterator[None]:
    """`even_rows`, for values that are not masked either."""
    check_unmasked(**given)
    with even_rows(**given):
        yield


def is_ragged(values: Any) -> bool:
    """Whether lists, or an array of objects, are no array of single values."""
    is_array = isinstance(values, np.ndarray) and values.dtype.hasobject
    if not (is_array or isinstance(values, (list, tuple))):
        return False
    try:
        cells = np.asarray(values, dtype=object).ravel()
    except ValueError:
        return True
    return any(isinstance(cell, (list, tuple, np.ndarray)) for cell in cells)
