"""Who is outside of whom: rows that are later, or as a user says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table import ColumnKind, Table, TableFormat
from rosenblatt.table.learning import days_to_learn, numbers_to_learn
from rosenblatt.table.names import require_columns
from rosenblatt.table.one_column import require_single_values
from rosenblatt.table.recognition import recognise
from rosenblatt.tabular.rows import Division

__all__ = [
    "divisions_of",
    "forward_divisions",
    "membership_of",
    "newest_rows",
    "require_no_shared_group",
    "require_one_split",
    "time_blocks",
    "times_in",
]

OUTSIDE, INSIDE = 2, 1  # of a network, in arrays of membership
N_BLOCKS = 20  # of time, whose rows have means of earlier ones
N_OUTSIDE = 4  # the newest of them, each of which is outside of some networks


def times_in(table: Table, name: str, fmt: TableFormat | None = None) -> Float64Array:
    """The times in a column as numbers that grow, shape (n_rows,), NaN where missing.

    Raises
    ------
    InputError
        If there is no such column, or it holds neither dates nor numbers.
    """
    require_columns([name], table.names)
    cells = table.by_name[name]
    require_single_values(cells)
    (found,) = recognise(Table((cells,), len(table)), replace(fmt or TableFormat(), columns={}))
    if found.question:
        raise InputError(found.question)
    if found.kind is ColumnKind.DATE:
        return days_to_learn(found, cells)
    if found.kind is ColumnKind.NUMBER:
        return numbers_to_learn(found, cells).x
    raise InputError(
        f"the column {name!r} holds no times, by which rows could be ordered: name one of dates or"
        " numbers"
    )


def time_blocks(times: Float64Array, n_blocks: int = N_BLOCKS) -> IntArray:
    """The block of each row, from 0 on, of about as many rows; equal times are together.

    Raises
    ------
    InputError
        If all times are the same.
    """
    _, codes, counts = np.unique(times, return_inverse=True, return_counts=True)
    if len(counts) < 2:
        raise InputError(
            "all rows to train on have the same time, so that none are later: name another column"
        )
    middle = np.cumsum(counts) - counts / 2
    blocks = np.unique((middle * n_blocks / len(times)).astype(np.int64), return_inverse=True)[1]
    if blocks.max() == 0:
        blocks = np.arange(len(counts))
    return np.asarray(blocks)[codes]


def forward_divisions(blocks: IntArray, n_divisions: int) -> tuple[Division, ...]:
    """The newest block is outside of the first network, the one before of the second, and so on.

    Each network learns from all rows that are earlier than those outside.
    """
    last = int(blocks.max())
    newest = [last - k for k in range(min(N_OUTSIDE, last))]
    divisions = [
        Division(np.flatnonzero(blocks < block), np.flatnonzero(blocks == block))
        for block in newest
    ]
    return tuple(divisions[k % len(divisions)] for k in range(n_divisions))


def newest_rows(times: Float64Array, fraction: float) -> IntArray:
    """The share of the rows that is held out: the newest ones, with all rows of their times."""
    wanted = round(len(times) * fraction)
    distinct, counts = np.unique(times, return_counts=True)
    later = np.cumsum(counts[::-1])[::-1]  # rows of this time or a later one
    fits = later <= wanted
    fits[0] = False
    return np.flatnonzero(times >= distinct[fits].min()) if fits.any() else np.arange(0)


def membership_of(
    folds: Any, n_rows: int, y: npt.NDArray[Any], groups: npt.NDArray[Any] | None
) -> npt.NDArray[np.int8]:
    """Whether a row is inside or outside of each division, shape (n_rows, n_divisions).

    Parameters
    ----------
    folds : array (n_rows,) or splitter
        The fold of each row; rows of a negative one, or without one, are learnt from by all
        networks. Or what has a method `split`, as scikit-learn's splitters do.
    n_rows : int
    y : array (n_rows,)
    groups : array (n_rows,), optional

    Raises
    ------
    InputError
        If there are fewer than two folds.
    """
    if hasattr(folds, "split") and not isinstance(folds, bytes):
        try:
            pairs = list(folds.split(np.zeros((n_rows, 1)), y, groups))
        except ValueError as error:
            raise InputError(f"folds={folds!r} does not divide these rows: {error}") from error
        membership = np.zeros((n_rows, len(pairs)), np.int8)
        for k, (train, test) in enumerate(pairs):
            membership[train, k], membership[test, k] = INSIDE, OUTSIDE
        return membership
    names = np.asarray(folds, dtype=object)
    if names.shape != (n_rows,):
        raise InputError(f"folds has shape {names.shape}, and there are {n_rows} rows")
    always = np.array([is_none(name) for name in names], dtype=bool)
    found, codes = np.unique([str(name) for name in names[~always]], return_inverse=True)
    if len(found) < 2:
        raise InputError(
            "folds has fewer than two values, so that no rows are outside of any network: give two"
            " folds or more"
        )
    membership = np.full((n_rows, len(found)), INSIDE, np.int8)
    membership[np.flatnonzero(~always), codes] = OUTSIDE
    return membership


def is_none(name: Any) -> bool:
    """Whether it names no fold: a negative number, or a missing value."""
    if name is None or name != name:
        return True
    try:
        return float(name) < 0
    except (TypeError, ValueError):
        return type(name).__name__ == "NAType"


def divisions_of(membership: npt.NDArray[np.int8], n_divisions: int) -> tuple[Division, ...]:
    """A division for each network, the folds in turn; InputError where one has no rows."""
    divisions = [
        Division(np.flatnonzero(column == INSIDE), np.flatnonzero(column == OUTSIDE))
        for column in membership.T
    ]
    for k, division in enumerate(divisions):
        if len(division.train) < 2 or not len(division.validation):
            raise InputError(
                f"division {k + 1} of the folds has {len(division.train)} rows to learn from and"
                f" {len(division.validation)} outside, of those with a target and a weight: give"
                " two and one at least"
            )
    return tuple(divisions[k % len(divisions)] for k in range(n_divisions))


def require_one_split(**given: Any) -> None:
    """InputError for several ways at once to say which rows are outside.

    Groups go with folds, which must be of whole groups.
    """
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1 and set(named) != {"groups", "folds"}:
        raise InputError(
            f"{' and '.join(named[:2])} both say which rows are outside of a network: give one of"
            " them"
        )


def require_no_shared_group(groups: npt.NDArray[Any], membership: npt.NDArray[np.int8]) -> None:
    """InputError for a group of which one network has rows inside and outside."""
    for column in membership.T:
        shared = np.intersect1d(groups[column == INSIDE], groups[column == OUTSIDE])
        if len(shared):
            raise InputError(
                f"the group {str(shared[0])!r} is in two folds, so that a network is judged by a"
                " group that it learns from: give folds of whole groups, or leave one of both out"
            )
