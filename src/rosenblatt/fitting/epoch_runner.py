"""Runs epochs and measures each of them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.engine import Epoch, Trainer
from rosenblatt.fitting.batch_sampler import BatchSampler
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.history import EpochRecord, Validation
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.stopping import StoppingRule
from rosenblatt.support.state_dict import StateDict

__all__ = ["EpochRunner"]


@final
@dataclass
class EpochRunner:
    """Trains epochs, validates after each, and yields their records.

    Attributes
    ----------
    objective : callable
        The reported loss of what an epoch measured.
    batches : BatchSampler
    weights : LoopWeights
    learning_rate : LearningRate
    divergence : DivergenceHandler
        May roll an epoch back, which then yields no record.
    rules : sequence of StoppingRule
        Bound the time of an epoch.
    validate : callable, optional
        The validation of the evaluated weights.
    """

    objective: Callable[[Epoch], float]
    batches: BatchSampler
    weights: LoopWeights
    learning_rate: LearningRate
    divergence: DivergenceHandler
    rules: Sequence[StoppingRule] = ()
    validate: Callable[[], Validation] | None = None

    def run(
        self, trainer: Trainer, n: int, progress: LoopProgress, elapsed: float
    ) -> Iterator[EpochRecord]:
        """Run `n` epochs in one call of the trainer, `elapsed` seconds after the fit began.

        They end early with one that diverges.
        """
        start = time.perf_counter()
        steps = self.batches.steps_per_epoch
        lr_factors = self.learning_rate.control.lr_factors(n * steps)
        if self.divergence.rollback is not None:
            lr_factors = self.divergence.lr_scale * lr_factors
        seconds = min((rule.seconds_left(elapsed) for rule in self.rules), default=math.inf)
        flag = next((rule.flag for rule in self.rules if rule.flag is not None), None)
        plan = self.batches.plan(n, lr_factors, seconds)._replace(stop=flag)
        for k, result in enumerate(trainer.epochs(plan)):
            rate = self.learning_rate.at(float(lr_factors[k * steps]))
            divergence, epoch = result.divergence, progress.epoch + 1
            if divergence is not None and self.divergence.rolls_back(divergence, epoch, rate):
                return
            progress.epoch = epoch
            progress.samples_seen += self.batches.samples_in(result.steps)
            if divergence is None:
                self.weights.evaluated.epoch_ended(epoch)
            yield EpochRecord(
                epoch=epoch,
                loss=self.objective(result),
                validation=self._validation(result),
                learning_rate=rate,
                gradient_norms=result.gradient_norms,
                seconds=time.perf_counter() - start if n == 1 else result.seconds,
                divergence=divergence,
                damping=result.damping,
                restores=None if self.divergence.rollback is None else self.divergence.rollbacks,
                notes=result.notes,
            )
            self.divergence.rollbacks = 0

    def epoch_ended(self, samples_seen: int, value: float) -> None:
        """Advance the learning rate by an epoch; `value` is the monitored one."""
        self.learning_rate.control.epoch_ended(self.batches.steps_per_epoch, samples_seen, value)

    def state_dict(self) -> StateDict:
        return StateDict.merged(
            StateDict(arrays={"order": self.batches.order}),
            StateDict.of_parts(rate=self.learning_rate.control.state_dict()),
            self.weights.state_dict(),
            self.divergence.state_dict(),
        )

    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        """Resume after that epoch, when the trainer's parameters are those of the state."""
        own = np.sort(self.batches.order)
        state.copy_to(self.batches.order, "order")
        if not np.array_equal(np.sort(self.batches.order), own):
            raise ValueError("the order is not one of the rows of this fit")
        self.learning_rate.control.load_state_dict(state.part("rate"))
        self.weights.load_state_dict(state, epoch)
        self.divergence.load_state_dict(state)

    def _validation(self, result: Epoch) -> Validation | None:
        if self.validate is None:
            return None
        return self.validate() if result.finite else Validation(math.nan, math.nan)
