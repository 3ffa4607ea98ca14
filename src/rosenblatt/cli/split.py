"""Which rows train, validate and are held out: shuffled, seeded, classes in proportion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import IntArray


@final
@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, each in shuffled order."""

    train: IntArray
    validation: IntArray
    held_out: IntArray


def split_rows(
    groups: npt.NDArray[Any], validation_fraction: float, test_fraction: float, seed: int
) -> Split:
    """Split the rows 0 … len(groups) - 1 so that every group has its share in every part.

    `groups` holds a value a row, the class (or the same value throughout). The k-th of a group's
    n rows, in random order, stands at (k + u)/n, u uniform in [0, 1): reading all rows by this
    place meets the groups in proportion. The last row of each group stands at the end, so that a
    group always has a row to train on, also where it has no other.
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
    return Split(
        train=rng.permutation(order[n_test + n_validation :]),
        validation=order[n_test : n_test + n_validation],
        held_out=order[:n_test],
    )
