"""Splits rows into training, validation and held-out parts: shuffled, seeded and stratified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import IntArray


@final
@dataclass(frozen=True)
class RowSplit:
    """Row numbers of the three parts, each in shuffled order."""

    train: IntArray
    validation: IntArray
    held_out: IntArray


def split_rows(
    groups: npt.NDArray[Any], validation_fraction: float, test_fraction: float, seed: int
) -> RowSplit:
    """Split the rows 0 … len(groups) - 1, stratified by group.

    The k-th of a group's n rows, in random order, gets the position (k + u)/n, u uniform in [0, 1);
    any section of the rows sorted by position has the groups in proportion. The last row of each
    group comes at the end, so that every group has a training row.

    Parameters
    ----------
    groups : array (n_rows,)
        The class of every row, or one value throughout.
    validation_fraction, test_fraction : float
    seed : int
    """
    rng = np.random.default_rng(seed)
    n = len(groups)
    _, codes = np.unique(groups, return_inverse=True)
    shuffled = rng.permutation(n)
    by_group = shuffled[np.argsort(codes[shuffled], kind="stable")]
    sizes = np.bincount(codes)
    rank = np.arange(n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = np.repeat(sizes, sizes)
    place = np.where(rank == size - 1, 1.0, (rank + rng.random(n)) / size)
    order = by_group[np.argsort(place, kind="stable")]
    spare = n - len(sizes)
    n_test = min(round(n * test_fraction), spare)
    n_validation = min(round(n * validation_fraction), spare - n_test)
    return RowSplit(
        train=rng.permutation(order[n_test + n_validation :]),
        validation=order[n_test : n_test + n_validation],
        held_out=order[:n_test],
    )


def split_by_groups(groups: npt.NDArray[np.generic], test_fraction: float, seed: int) -> IntArray:
    """The numbers of the rows that are held out: those of whole groups, shuffled and seeded.

    Groups are taken in random order as long as no more than the share of the rows is held out; one
    group at least remains.
    """
    rng = np.random.default_rng(seed)
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    left = round(len(groups) * test_fraction)
    chosen = np.zeros(len(sizes), dtype=bool)
    for group in rng.permutation(len(sizes)):
        if sizes[group] <= left and chosen.sum() + 1 < len(sizes):
            chosen[group] = True
            left -= sizes[group]
    return np.flatnonzero(chosen[codes])
