"""An epoch as workers get it, and which of its batches, or which part of a batch, is whose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.gradient import BatchGradient
from rosenblatt.cluster.modes import Mode
from rosenblatt.cluster.worker import Computed, Work
from rosenblatt.engine import EpochPlan, OptimizerState, Trainer
from rosenblatt.problem import Rows
from rosenblatt.support.types import FloatArray

__all__ = ["EpochTask", "GradientWork", "LocalWork"]


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
        begin, end = n * worker // workers, n * (worker + 1) // workers
        return self.order[first + begin : first + end], (end - begin) / n

    def pushes(self, mode: Mode, worker: int, workers: int, local_steps: int) -> int:
        """How many pushes a worker makes."""
        if mode.summed:
            return math.ceil(self.steps / local_steps)
        own = len(range(worker, self.steps, workers))
        return math.ceil(own / local_steps)


@final
class GradientWork(Work):
    """A push for each step: the gradient of a part of its batch, or of a batch of one's own."""

    def __init__(
        self, gradient: BatchGradient, task: EpochTask, mode: Mode, worker: int, workers: int
    ) -> None:
        self.gradient, self.task, self.mode = gradient, task, mode
        self.worker, self.workers = worker, workers
        self.steps, self.origin = task.pushes(mode, worker, workers, 1), task.first_step

    def compute(self, step: int, theta: FloatArray) -> Computed:
        task = self.task
        if self.mode.summed:
            rows, share = task.part(step, self.worker, self.workers)
        else:
            step = step * self.workers + self.worker
            rows, share = task.batch(step), 1.0
        if not len(rows):
            return Computed(np.zeros_like(theta), 0.0, 0, share)
        g, loss = self.gradient(rows, task.first_step + step)
        return Computed(g, loss * len(rows), len(rows), share)


@final
class LocalWork(Work):
    """A push for several steps, which the worker makes by itself: the difference of parameters.

    Parameters
    ----------
    trainer : Trainer
        Over `theta` and `memory`.
    theta : array (n_parameters,)
    memory : OptimizerState
    """

    def __init__(
        self,
        trainer: Trainer,
        theta: FloatArray,
        memory: OptimizerState,
        task: EpochTask,
        mode: Mode,
        worker: int,
        workers: int,
        local_steps: int,
    ) -> None:
        self.trainer, self.theta, self.memory = trainer, theta, memory
        self.task, self.mode = task, mode
        self.worker, self.workers, self.local_steps = worker, workers, local_steps
        self.steps, self.origin = task.pushes(mode, worker, workers, local_steps), task.first_step

    def compute(self, step: int, theta: FloatArray) -> Computed:
        task = self.task
        if self.mode.summed:
            first = step * self.local_steps
            steps = range(first, min(first + self.local_steps, task.steps))
            parts = [task.part(k, self.worker, self.workers)[0] for k in steps]
            share = 1 / self.workers
        else:
            every = range(self.worker, task.steps, self.workers)
            steps = every[step * self.local_steps :][: self.local_steps]
            parts, share = [task.batch(k) for k in steps], 1.0
        parts = [part for part in parts if len(part)]
        if not parts:  # of a last batch with fewer rows than workers
            return Computed(np.zeros_like(theta), 0.0, 0, share)
        factors = task.lr_factors[list(steps)[: len(parts)]]
        rows = np.concatenate(parts)
        before = theta.copy()
        plan = EpochPlan(rows, len(parts[0]), np.ascontiguousarray(factors))
        epoch = self.trainer.epoch(plan)
        loss = epoch.data_loss if epoch.finite else float("nan")
        return Computed(
            theta - before,
            loss * len(rows),
            len(rows),
            share,
            epoch.penalty * len(rows),
            epoch.gradient_norms,
        )
