"""Which rows of files are a worker's, window by window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self, final

import numpy as np

from rosenblatt.cluster.modes import Mode
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.cluster.task import Batches, first_of_part
from rosenblatt.problem import Rows

__all__ = ["Holding", "OwnStretch", "OwnWindows", "SharedWindows", "shares_windows"]


class Holding(Protocol):
    """What reads rows, and holds them until it reads others."""

    def places(self, epoch: int, begin: int, end: int, order: Callable[[], Rows]) -> Rows:
        """Hold the rows [begin, end) of an epoch's sequence, and an order of its window."""


def shares_windows(plan: ClusterPlan) -> bool:
    """Whether every worker has a part of every batch, drawn with it, or batches of its own rows."""
    return plan.mode.summed and plan.local_steps == 1


@final
class SharedWindows(Batches):
    """Of every window a worker reads one part, as large as the others' but one row.

    Which of its rows a batch has is chance, and the sum over the workers is that of the batch.
    Batches do not cross the ends of windows, which are whole numbers of them.
    """

    def __init__(
        self, order: EpochOrder, task: StreamTask, held: Holding, plan: ClusterPlan, worker: int
    ) -> None:
        super().__init__(plan.mode, worker, plan.workers, task.steps)
        self.order, self.task, self.held = order, task, held

    def rows(self, k: int) -> tuple[Rows, float]:
        order, task = self.order, self.task
        first = k * task.batch_size
        n = min(task.batch_size, task.n_rows - first)
        window = first // order.window
        start, of_window = window * order.window, order.rows_of(window)
        begin, end = (of_window * part // self.workers for part in (self.worker, self.worker + 1))
        places = self.held.places(
            task.epoch, start + begin, start + end, lambda: order.shuffled(task.epoch, window)
        )
        at = places[first - start :][:n] - begin
        rows = at[(at >= 0) & (at < end - begin)]
        return rows, len(rows) / n


@final
@dataclass(frozen=True)
class OwnStretch:
    """The part of an epoch's sequence of rows that is one worker's, and its windows.

    Attributes
    ----------
    first, rows : int
        Where it begins in the sequence, and how long it is.
    batch : int
        Rows of its batches; the last one may have fewer.
    window : int
        Its batches of a window.
    """

    first: int
    rows: int
    batch: int
    window: int

    @classmethod
    def of(cls, n: int, batch: int, window: int, plan: ClusterPlan, worker: int) -> Self:
        """That of n rows in batches of so many, where all workers together hold `window` rows."""
        workers, summed = plan.workers, plan.mode.summed
        sizes = [rows_of(n, batch, plan.mode, k, workers) for k in range(worker + 1)]
        own = share_of(batch, worker, workers) if summed else batch
        batches = window // (batch if summed else batch * workers)
        whole = max(1, batches // plan.local_steps) * plan.local_steps
        return cls(sum(sizes[:-1]), sizes[-1], own, whole)

    @property
    def held(self) -> int:
        """Rows that a window has at most."""
        return min(self.rows, self.window * self.batch)


def share_of(n: int, part: int, parts: int) -> int:
    return first_of_part(n, part + 1, parts) - first_of_part(n, part, parts)


def rows_of(n: int, batch: int, mode: Mode, worker: int, workers: int) -> int:
    """How many rows of an epoch are a worker's."""
    whole, last = divmod(n, batch)
    if mode.summed:
        return whole * share_of(batch, worker, workers) + share_of(last, worker, workers)
    own = share_of(whole, worker, workers)
    return own * batch + (last if whole % workers == worker else 0)


@final
class OwnWindows(Batches):
    """A worker reads a stretch of its own, shuffled in windows that are whole rounds of steps."""

    def __init__(
        self,
        order: EpochOrder,
        task: StreamTask,
        held: Holding,
        plan: ClusterPlan,
        worker: int,
    ) -> None:
        super().__init__(plan.mode, worker, plan.workers, task.steps)
        self.order, self.task, self.held = order, task, held
        self.stretch = OwnStretch.of(task.n_rows, task.batch_size, order.window, plan, worker)

    def rows(self, k: int) -> tuple[Rows, float]:
        order, stretch, epoch = self.order, self.stretch, self.task.epoch
        if not stretch.rows:
            return np.zeros(0, np.int64), 1.0
        window = k // stretch.window
        begin = window * stretch.window * stretch.batch
        n = min(stretch.window * stretch.batch, stretch.rows - begin)
        places = self.held.places(
            epoch,
            stretch.first + begin,
            stretch.first + begin + n,
            lambda: order.permutation(n, epoch, 1 + window, 1 + self.worker),
        )
        at = k * stretch.batch - begin
        return places[at : at + stretch.batch], 1.0
