"""The order of an epoch's rows: a permutation that needs no array of all rows.

Row groups are permuted, then the rows within each window of the sequence that they make. It follows
from the seed, the number of the epoch and the files alone, whoever reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.problem import Rows

__all__ = ["EpochOrder", "Piece"]


@final
class Piece(NamedTuple):
    """The training rows [begin, end) of a row group, as they stand there."""

    group: int
    begin: int
    end: int


@final
@dataclass(frozen=True, eq=False)
class EpochOrder:
    """Where the rows of an epoch stand.

    Attributes
    ----------
    counts : array (n_groups,) of int64
        Training rows of each row group.
    window : int
        Rows among which the order is random.
    seed : int, optional
        None leaves the rows in the order of the files.
    """

    counts: npt.NDArray[np.int64]
    window: int
    seed: int | None

    @property
    def n_rows(self) -> int:
        return int(self.counts.sum())

    @property
    def windows(self) -> int:
        return -(-self.n_rows // self.window)

    def rows_of(self, window: int) -> int:
        return min(self.window, self.n_rows - window * self.window)

    def pieces(self, epoch: int, begin: int, end: int) -> list[Piece]:
        """The rows [begin, end) of the sequence of permuted row groups."""
        n = len(self.counts)
        groups = np.arange(n) if self.seed is None else self._draws(epoch, 0).permutation(n)
        ends = np.cumsum(self.counts[groups])
        found = []
        for k in range(int(np.searchsorted(ends, begin, side="right")), n):
            first = int(ends[k] - self.counts[groups[k]])
            if first >= end:
                break
            low, high = max(begin, first), min(end, int(ends[k]))
            if low < high:
                found.append(Piece(int(groups[k]), low - first, high - first))
        return found

    def shuffled(self, epoch: int, window: int) -> Rows:
        """The places within a window, one after another as they are trained on."""
        return self.permutation(self.rows_of(window), epoch, 1 + window)

    def permutation(self, n: int, *key: int) -> Rows:
        """The numbers below n, in an order that follows from the key."""
        return np.arange(n) if self.seed is None else self._draws(*key).permutation(n)

    def _draws(self, *key: int) -> np.random.RandomState:
        # The draws of RandomState are the same in every version of NumPy.
        sequence = np.random.SeedSequence((self.seed or 0, *key))
        return np.random.RandomState(np.random.MT19937(sequence))
