"""What a trainer is to run: epochs, their batches, learning rates and time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.epoch import Epoch
from rosenblatt.engine.shuffling import shuffle

__all__ = ["EpochPlan", "one_by_one"]


@final
class EpochPlan(NamedTuple):
    """Epochs that one call of a trainer runs.

    Attributes
    ----------
    order : array (n_samples,) of int64, optional
        Row numbers, batch after batch; None for the order of the data.
    batch_size : int
        The last batch of an epoch may be smaller.
    lr_factors : array (n_epochs · steps per epoch,) of float64
        Multiply the optimiser's base rate, one for each step.
    n_epochs : int
    generator : RandomState, optional
        Shuffles `order` in place before every epoch.
    seconds : float
        Time after which no further step begins; one step is taken in any case.
    """

    order: npt.NDArray[np.int64] | None
    batch_size: int
    lr_factors: npt.NDArray[np.float64]
    n_epochs: int = 1
    generator: np.random.RandomState | None = None
    seconds: float = math.inf

    @property
    def steps_per_epoch(self) -> int:
        return len(self.lr_factors) // self.n_epochs

    def single(self, k: int, seconds: float) -> EpochPlan:
        """Epoch k of the plan, from 0, in the order as it stands."""
        steps = self.steps_per_epoch
        return self._replace(
            lr_factors=self.lr_factors[k * steps :][:steps],
            n_epochs=1,
            generator=None,
            seconds=seconds,
        )


def one_by_one(run: Callable[[EpochPlan], Epoch], plan: EpochPlan) -> Iterator[Epoch]:
    """The epochs of a plan with the time of each, by a function that runs a single one.

    They end early with one that diverges, or when the time is up.
    """
    end = time.perf_counter() + plan.seconds
    for k in range(plan.n_epochs):
        begun = time.perf_counter()
        if plan.generator is not None and plan.order is not None:
            shuffle(plan.order, plan.generator)
        epoch = run(plan.single(k, end - time.perf_counter()))
        yield epoch._replace(seconds=time.perf_counter() - begun)
        if not epoch.finite or time.perf_counter() >= end:
            return
