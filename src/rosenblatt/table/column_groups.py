"""Work on the columns of a table: several at once, and their features in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.support.types import FloatArray
from rosenblatt.table.blocks import blocks_of
from rosenblatt.table.columns import AnyColumn
from rosenblatt.table.table import Table

__all__ = ["ColumnGroup", "groups_of", "in_parallel"]

WIDTH = 4  # float32 features: a quarter of a line of the cache
MANY_ROWS = 50_000  # fewer take less time than the threads
MOST_THREADS = 4  # each holds some copies of a column

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], parts: Sequence[T], n_rows: int) -> list[R]:
    """The results for each part of a table, such as its columns, in their order.

    Those of many rows are worked on by as many threads as pyarrow may use, and by this one alone
    where the system starts none.
    """
    threads = 1 if n_rows < MANY_ROWS else min(pa.cpu_count(), MOST_THREADS, len(parts))
    if threads > 1:
        try:
            with ThreadPoolExecutor(threads) as pool:
                return list(pool.map(work, parts))
        except RuntimeError as error:
            if str(error) != "can't start new thread":
                raise
    return [work(part) for part in parts]


@final
@dataclass(frozen=True)
class ColumnGroup:
    """Columns whose features stand side by side, from `start` to `stop`.

    Written column by column, a row's features would each cost a line of the cache.
    """

    columns: tuple[AnyColumn, ...]
    start: int
    stop: int

    def write(self, table: Table, X: FloatArray) -> list[str]:
        """Writes the features of all rows into X, which has those of all groups; returns notes."""
        features, notes = self.filled(table, X.dtype)

        def copy(rows: slice) -> None:
            X[rows, self.start : self.stop] = features[rows]

        in_parallel(copy, list(blocks_of(len(table))), len(table))
        return notes

    def filled(
        self, table: Table, dtype: npt.DTypeLike = np.float32
    ) -> tuple[FloatArray, list[str]]:
        """(features, in Fortran order, of shape (n_rows, stop - start); notes)."""
        shape = (len(table), self.stop - self.start)
        features: FloatArray = np.zeros(shape, dtype=dtype, order="F")
        starts = np.cumsum([0, *(column.n_features for column in self.columns)])

        def fill(k: int) -> tuple[str, ...]:
            column = self.columns[k]
            return column.fill(table.by_name[column.name], features[:, starts[k] : starts[k + 1]])

        notes = in_parallel(fill, range(len(self.columns)), len(table))
        return features, [note for of_column in notes for note in of_column]


def groups_of(columns: Sequence[AnyColumn]) -> Iterator[ColumnGroup]:
    """All columns with features, in groups of about as many as fill a line of the cache."""
    gathered: list[AnyColumn] = []
    start = stop = 0
    for column in columns:
        if not column.n_features:
            continue
        gathered.append(column)
        stop += column.n_features
        if stop - start >= WIDTH:
            yield ColumnGroup(tuple(gathered), start, stop)
            gathered, start = [], stop
    if gathered:
        yield ColumnGroup(tuple(gathered), start, stop)
