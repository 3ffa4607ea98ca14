"""Divisions of the rows into folds: stratified by class, or by groups that stay together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.support.types import IntArray

__all__ = ["divided", "grouped", "require_two_groups"]


def require_two_groups(groups: npt.NDArray[np.generic], name: str) -> None:
    """InputError if all rows are of one group, and none would be outside of it."""
    if (groups == groups[0]).all():
        raise InputError(
            f"all rows to train on have the same {name!r}, so that none are outside: give two"
            " groups or more, or leave the groups out"
        )


def divided(
    n_rows: int, n_folds: int, rng: np.random.Generator, codes: IntArray | None = None
) -> IntArray:
    """The fold of each row, 0 … n_folds - 1, of sizes that differ by one at most.

    Rows are dealt out in a random order, those of one class after the other, so that every fold has
    its share of each.

    Parameters
    ----------
    n_rows, n_folds : int
    rng : Generator
    codes : int array (n_rows,), optional
        Classes.
    """
    order = rng.permutation(n_rows)
    if codes is not None:
        order = order[np.argsort(codes[order], kind="stable")]
    folds = np.empty(n_rows, np.int64)
    folds[order] = np.arange(n_rows) % n_folds
    return folds


def grouped(groups: npt.NDArray[np.generic], n_folds: int, rng: np.random.Generator) -> IntArray:
    """The fold of each row, all rows of a group in the same one.

    The largest group goes first, each to the fold that has the fewest rows so far.

    Parameters
    ----------
    groups : array (n_rows,)
    n_folds : int
        No more than there are groups.
    rng : Generator
        Decides among groups of one size.
    """
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(sizes))
    fold_of_group = np.empty(len(sizes), np.int64)
    rows_of_fold = np.zeros(n_folds, np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold = int(rows_of_fold.argmin())
        fold_of_group[group] = fold
        rows_of_fold[fold] += sizes[group]
    return fold_of_group[codes]
