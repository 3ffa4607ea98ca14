"""Many rows, a block at a time, on several threads: what all members say of them is never in memory
at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, asked_threads
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.support.types import FloatArray

__all__ = ["by_blocks"]

BLOCK = 1024

Arrays = tuple[FloatArray, ...]


def by_blocks(compute: Callable[[slice], Arrays], n_rows: int, n_jobs: int | None) -> Arrays:
    """The arrays, a row for each of `n_rows`, that `compute` returns for a stretch of them."""
    starts = range(0, n_rows, BLOCK)
    if len(starts) == 1:
        return compute(slice(0, n_rows))
    beside, halt = min(asked_threads(n_jobs), len(starts)), StopSignal()
    threads = allowed_threads(beside)
    found: dict[int, Arrays] = {}

    def share(first: int) -> None:
        for start in starts[first::threads]:
            if halt.due:
                return
            found[start] = compute(slice(start, start + BLOCK))

    with blas_beside(beside), WorkerPool(threads, halt) as crew:
        crew.run(share, range(threads))
    if crew.interrupted:
        raise KeyboardInterrupt
    return tuple(map(np.concatenate, zip(*(found[start] for start in starts), strict=True)))
