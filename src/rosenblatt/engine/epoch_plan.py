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

__all__ = ["EpochPlan", "StepFactors", "one_by_one"]

Factors = npt.NDArray[np.float64]


@final
class StepFactors(NamedTuple):
    """What one step multiplies: the base rate, the weight decay and the rates of dropout."""

    lr: float
    decay: float = 1.0
    dropout: float = 1.0


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
    decay_factors, dropout_factors : arrays of `lr_factors`' shape, optional
        Multiply the decoupled weight decay, 0 or more, and the rates of dropout, between 0 and 1;
        None for ones.
    stop : array (1,) of uint8, optional
        Another thread's word that the time is over, once it is not 0.
    """

    order: npt.NDArray[np.int64] | None
    batch_size: int
    lr_factors: Factors
    n_epochs: int = 1
    generator: np.random.RandomState | None = None
    seconds: float = math.inf
    decay_factors: Factors | None = None
    dropout_factors: Factors | None = None
    stop: npt.NDArray[np.uint8] | None = None

    @property
    def stopped(self) -> bool:
        """Whether another thread has ended the plan."""
        return self.stop is not None and bool(self.stop[0])

    @property
    def steps_per_epoch(self) -> int:
        return len(self.lr_factors) // self.n_epochs

    def single(self, k: int, seconds: float) -> EpochPlan:
        """Epoch k of the plan, from 0, in the order as it stands."""
        steps = self.steps_per_epoch

        def of_epoch(factors: Factors) -> Factors:
            return factors[k * steps :][:steps]

        decay, dropout = self.decay_factors, self.dropout_factors
        return self._replace(
            lr_factors=of_epoch(self.lr_factors),
            decay_factors=None if decay is None else of_epoch(decay),
            dropout_factors=None if dropout is None else of_epoch(dropout),
            n_epochs=1,
            generator=None,
            seconds=seconds,
        )

    def of_step(self, k: int) -> StepFactors:
        """Those of step k of all epochs, from 0."""
        decay, dropout = self.decay_factors, self.dropout_factors
        return StepFactors(
            float(self.lr_factors[k]),
            1.0 if decay is None else float(decay[k]),
            1.0 if dropout is None else float(dropout[k]),
        )

    def check_factors(self) -> None:
        """ValueError for factors of decay or dropout that no step can take."""
        for name, factors, most in (
            ("decay_factors", self.decay_factors, math.inf),
            ("dropout_factors", self.dropout_factors, 1.0),
        ):
            if factors is None:
                continue
            if factors.shape != self.lr_factors.shape:
                raise ValueError(
                    f"{name} are one for each step: expected {len(self.lr_factors)}, got the shape"
                    f" {factors.shape}"
                )
            if not ((factors >= 0) & (factors <= most) & np.isfinite(factors)).all():
                limits = "between 0 and 1" if most == 1 else "finite and 0 or more"
                raise ValueError(f"{name} must be {limits}")


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
        if not epoch.finite or time.perf_counter() >= end or plan.stopped:
            return
