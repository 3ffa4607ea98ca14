"""What a worker computes: a gradient for each batch, or the difference of several steps."""

from __future__ import annotations

import math
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.gradient import BatchGradient
from rosenblatt.cluster.task import Batches
from rosenblatt.cluster.worker import Computed, Work
from rosenblatt.engine import EpochPlan, Trainer
from rosenblatt.support.types import FloatArray

__all__ = ["GradientWork", "LocalWork"]


@final
class GradientWork(Work):
    """A push for each step: the gradient of a part of its batch, or of a batch of one's own."""

    def __init__(self, gradient: BatchGradient, batches: Batches, first_step: int) -> None:
        self.gradient, self.batches = gradient, batches
        self.steps, self.origin = len(batches), first_step

    def compute(self, step: int, theta: FloatArray) -> Computed:
        rows, share = self.batches.rows(step)
        if not len(rows):
            return Computed(np.zeros_like(theta), 0.0, 0, share)
        g, loss = self.gradient(rows, self.origin + self.batches.number(step))
        return Computed(g, loss * len(rows), len(rows), share)


@final
class LocalWork(Work):
    """A push for several steps, which the worker makes by itself: the difference of parameters.

    Parameters
    ----------
    trainer : Trainer
        Over the parameters that `compute` is given.
    batches : Batches
    lr_factors : array (steps,) of float64
        Of the epoch.
    first_step, local_steps : int
    """

    def __init__(
        self,
        trainer: Trainer,
        batches: Batches,
        lr_factors: npt.NDArray[np.float64],
        first_step: int,
        local_steps: int,
    ) -> None:
        self.trainer, self.batches, self.lr_factors = trainer, batches, lr_factors
        self.local_steps = local_steps
        self.steps, self.origin = math.ceil(len(batches) / local_steps), first_step

    def compute(self, step: int, theta: FloatArray) -> Computed:
        batches = self.batches
        share = 1 / batches.workers if batches.mode.summed else 1.0
        steps = range(len(batches))[step * self.local_steps :][: self.local_steps]
        parts = [rows for k in steps if len(rows := batches.rows(k)[0])]
        if not parts:  # of a last batch with fewer rows than workers
            return Computed(np.zeros_like(theta), 0.0, 0, share)
        factors = self.lr_factors[[batches.number(k) for k in steps[: len(parts)]]]
        rows = np.concatenate(parts)
        before = theta.copy()
        plan = EpochPlan(rows, len(parts[0]), np.ascontiguousarray(factors))
        epoch = self.trainer.epoch(plan)
        loss = epoch.data_loss if epoch.finite else float("nan")
        return Computed(
            np.subtract(theta, before, out=before),  # a large array costs as much as its numbers
            loss * len(rows),
            len(rows),
            share,
            epoch.penalty * len(rows),
            epoch.gradient_norms,
        )
