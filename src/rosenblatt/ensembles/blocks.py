"""Computes over many rows in blocks on several threads, which bounds the memory for all members."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.interface import BLOCK_ROWS
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.support.types import FloatArray

__all__ = ["by_blocks"]

BlockArrays = tuple[FloatArray, ...]


def by_blocks(
    compute: Callable[[slice], BlockArrays], n_rows: int, n_jobs: int | None
) -> BlockArrays:
    """Concatenate the arrays that `compute` returns for blocks of rows.

    Parameters
    ----------
    compute : callable
        Takes a slice of rows; returns arrays with a row for each of them.
    n_rows : int
    n_jobs : int, optional
    """
    starts = range(0, n_rows, BLOCK_ROWS)
    if len(starts) == 1:
        return compute(slice(0, n_rows))
    beside, stop = min(requested_threads(n_jobs), len(starts)), StopSignal()
    threads = allowed_threads(beside)
    found: dict[int, BlockArrays] = {}

    def every_nth_block(first: int) -> None:
        for start in starts[first::threads]:
            if stop.due:
                return
            found[start] = compute(slice(start, start + BLOCK_ROWS))

    with blas_beside(beside), WorkerPool(threads, stop) as pool:
        pool.run(every_nth_block, range(threads))
    if pool.interrupted:
        raise KeyboardInterrupt
    return tuple(map(np.concatenate, zip(*(found[start] for start in starts), strict=True)))
