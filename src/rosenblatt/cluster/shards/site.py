"""A worker that reads its rows from files."""

from __future__ import annotations

import time
from typing import final

import numpy as np

from rosenblatt.cluster.gradient import BatchGradient
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.shards import Shards
from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.cluster.sites import Job
from rosenblatt.cluster.worker import Computed, Work, Worker
from rosenblatt.engine import OptimizerState
from rosenblatt.problem import Arrays, Rows
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["ShardSite"]


@final
class StreamWork(Work):
    """A push for each step: the gradient of those rows of its batch that the worker has read.

    Of every window a worker reads one part, as large as the others' but one row. Which of its rows
    a batch has is chance, and the sum over the workers is that of the batch.
    """

    def __init__(self, site: ShardSite, task: StreamTask) -> None:
        self.site, self.task = site, task
        self.steps, self.origin = task.steps, task.first_step

    def compute(self, step: int, theta: FloatArray) -> Computed:
        task, site = self.task, self.site
        first = step * task.batch_size
        n = min(task.batch_size, task.n_rows - first)
        rows = site.rows_of(task.epoch, first, n)
        share = len(rows) / n
        if not len(rows):
            return Computed(np.zeros_like(theta), 0.0, 0, share)
        g, loss = site.gradient(rows, task.first_step + step)
        return Computed(g, loss * len(rows), len(rows), share)


@final
class ShardSite:
    """The engine of a worker, and the part of a window that it holds.

    Attributes
    ----------
    memory : None
        Local steps, which have one, are refused.
    """

    memory: None = None

    def __init__(self, job: Job, shards: Shards, number: int) -> None:
        self.job, self.shards, self.number = job, shards, number
        self._feedback = job.plan.feedback(number, job.parts)
        window = min(shards.order.window, shards.order.n_rows)
        held = -(-window // job.plan.workers)
        n_features = shards.encoding.n_features
        X = aligned_zeros(held * n_features, job.dtype).reshape(held, n_features)
        self.arrays = Arrays(X, np.zeros((held, 1), job.dtype))
        own = job.seed + number if job.problem.network.is_random else 0
        self.gradient = BatchGradient(job.problem, self.arrays, job.batch_size, own, job.bfloat16)
        self._window: tuple[int, int] | None = None  # the epoch and the window that are held
        self._places: Rows = np.zeros(0, np.int64)
        self._begin = 0

    def rows_of(self, epoch: int, first: int, n: int) -> Rows:
        """Where the rows [first, first + n) of an epoch lie that this worker reads.

        Batches do not cross the ends of windows, which are whole numbers of them.
        """
        order = self.shards.order
        window = first // order.window
        if self._window != (epoch, window):
            self._read(epoch, window)
        at = first - window * order.window
        places = self._places[at : at + n] - self._begin
        return places[(places >= 0) & (places < self._held)]

    def _read(self, epoch: int, window: int) -> None:
        order, workers = self.shards.order, self.job.plan.workers
        n, first = order.rows_of(window), window * order.window
        begin, end = n * self.number // workers, n * (self.number + 1) // workers
        self._window = None  # until all of it is there
        pieces = order.pieces(epoch, first + begin, first + end)
        assert isinstance(self.arrays.X, np.ndarray)
        self.shards.read(pieces, self.arrays.X, self.arrays.y)
        self._places = order.shuffled(epoch, window)
        self._begin, self._held = begin, end - begin
        self._window = epoch, window

    def compress(self, plan: ClusterPlan) -> None:
        """Compress as this plan has it from now on."""
        self._feedback = plan.feedback(self.number, self.job.parts)

    def seconds_of_push(self) -> float:
        """How long a push takes to compute, of rows that have been read."""
        n = min(len(self.arrays.y), max(1, self.job.batch_size // self.job.plan.workers))
        seconds = []
        for step in range(3):
            begun = time.perf_counter()
            self.gradient(np.arange(n), step)
            seconds.append(time.perf_counter() - begun)
        return min(seconds)

    def worker(
        self, task: StreamTask, incarnation: int, memory: OptimizerState | None = None
    ) -> Worker:
        """The worker of an epoch."""
        parts = [part.run for part in self.job.parts]
        work = StreamWork(self, task)
        theta = self.gradient.theta
        return Worker(self.number, incarnation, work, theta, parts, self._feedback)
