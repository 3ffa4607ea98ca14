"""An epoch as workers get it, and which of its batches, or which part of a batch, is whose."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.modes import Mode
from rosenblatt.problem import Rows

__all__ = ["ArrayBatches", "Batches", "EpochTask", "first_of_part"]


def first_of_part(n: int, part: int, parts: int) -> int:
    """Where a part of n rows begins; the first n mod parts of them have a row more.

    No part of fewer rows is larger than the same part of more rows.
    """
    return part * (n // parts) + min(part, n % parts)


@final
@dataclass(frozen=True, eq=False)
class EpochTask:
    """One pass over the rows.

    Attributes
    ----------
    order : array (n_samples,) of int64
        Row numbers, batch after batch.
    batch_size : int
    lr_factors : array (steps,) of float64
    first_step : int
        Steps that were made before, from which what is drawn at random follows.
    """

    order: Rows
    batch_size: int
    lr_factors: npt.NDArray[np.float64]
    first_step: int

    @property
    def steps(self) -> int:
        return math.ceil(len(self.order) / self.batch_size)

    def batch(self, step: int) -> Rows:
        return self.order[step * self.batch_size :][: self.batch_size]

    def part(self, step: int, worker: int, workers: int) -> tuple[Rows, float]:
        """A worker's rows of a batch that all share, and their share of it.

        They are neighbours, as many as the others' but one.
        """
        first = step * self.batch_size
        n = min(self.batch_size, len(self.order) - first)
        begin, end = (first_of_part(n, k, workers) for k in (worker, worker + 1))
        return self.order[first + begin : first + end], (end - begin) / n


class Batches(ABC):
    """The batches of one worker in an epoch, or its parts of them.

    Parameters
    ----------
    mode : Mode
        Whether all workers share each batch of the epoch, or batch k is worker k mod workers'.
    steps : int
        Of the epoch.
    """

    def __init__(self, mode: Mode, worker: int, workers: int, steps: int) -> None:
        self.mode, self.worker, self.workers = mode, worker, workers
        self._numbers = range(steps) if mode.summed else range(worker, steps, workers)

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, k: int) -> int:
        """Which step of the epoch its k-th batch is."""
        return self._numbers[k]

    @abstractmethod
    def rows(self, k: int) -> tuple[Rows, float]:
        """The rows of its k-th batch, by their numbers in its arrays, and their share of a sum."""


@final
class ArrayBatches(Batches):
    """Of rows in memory."""

    def __init__(self, task: EpochTask, mode: Mode, worker: int, workers: int) -> None:
        super().__init__(mode, worker, workers, task.steps)
        self.task = task

    def rows(self, k: int) -> tuple[Rows, float]:
        if self.mode.summed:
            return self.task.part(k, self.worker, self.workers)
        return self.task.batch(self.number(k)), 1.0
