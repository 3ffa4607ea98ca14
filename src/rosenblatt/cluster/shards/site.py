"""A worker that reads its rows from files."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import numpy as np

from rosenblatt.cluster.shards.batches import (
    OwnStretch,
    OwnWindows,
    SharedWindows,
    shares_windows,
)
from rosenblatt.cluster.shards.shards import Shards
from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.cluster.sites import Job, WorkerEngine
from rosenblatt.cluster.worker import Worker
from rosenblatt.engine import OptimizerState
from rosenblatt.problem import Arrays, Rows

__all__ = ["ShardSite"]


@final
class HeldRows:
    """Room for the rows of a window, or of a part of it, and the order of the window."""

    def __init__(self, shards: Shards, n: int) -> None:
        self.shards, self.block = shards, shards.room(n)
        self._held: tuple[int, int, int] | None = None
        self._places: Rows = np.zeros(0, np.int64)

    def places(self, epoch: int, begin: int, end: int, order: Callable[[], Rows]) -> Rows:
        """As `Holding` has it."""
        wanted = epoch, begin, end
        if self._held != wanted:
            self._held = None  # until all of it is there
            self.shards.read(self.shards.order.pieces(*wanted), self.block)
            self._places = order()
            self._held = wanted
        return self._places


@final
class ShardSite:
    """A worker over files."""

    def __init__(self, job: Job, shards: Shards, number: int) -> None:
        self.held = HeldRows(shards, most_held(job, shards, number))
        block = self.held.block
        mean = None if block.weights is None else shards.mean_weight
        arrays = Arrays(block.X, block.y, block.weights, mean_of_all=mean)
        self.engine = WorkerEngine(job, arrays, number)

    @property
    def seconds_of_push(self) -> float:
        """How long a push takes to compute, of rows that have been read."""
        job, most = self.engine.job, len(self.engine.arrays.y)
        n = job.batch_size // job.plan.workers if job.plan.mode.summed else job.batch_size
        return self.engine.seconds_of_push(np.arange(min(most, max(1, n))))

    def worker(
        self, task: StreamTask, incarnation: int, memory: OptimizerState | None = None
    ) -> Worker:
        """The worker of an epoch."""
        plan, number, held = self.engine.job.plan, self.engine.number, self.held
        kind = SharedWindows if shares_windows(plan) else OwnWindows
        batches = kind(held.shards.order, task, held, plan, number)
        return self.engine.worker(batches, task, incarnation, memory)


def most_held(job: Job, shards: Shards, number: int) -> int:
    """Rows that a worker holds at most, and one at least."""
    order, plan = shards.order, job.plan
    if shares_windows(plan):
        return -(-min(order.window, order.n_rows) // plan.workers)
    return max(1, OwnStretch.of(order.n_rows, job.batch_size, order.window, plan, number).held)
