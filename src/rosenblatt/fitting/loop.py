"""The training loop: train an epoch, record it, decide whether to stop (theory B11, B12)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import final

from rosenblatt.engine import Trainer
from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.fitting.hooks import LoopHooks
from rosenblatt.fitting.lookahead import epochs_ahead
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.stopping_criteria import StoppingCriteria
from rosenblatt.stopping import Ending
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict

__all__ = ["TrainingLoop"]


@final
@dataclass
class TrainingLoop:
    """Trains epoch by epoch. A loop may pause, and resumes bit for bit.

    Attributes
    ----------
    make_trainer : callable
        Called by every `run`, so that a paused loop holds no engine's memory.
    runner : EpochRunner
    criteria : StoppingCriteria
    hooks : LoopHooks
    progress : LoopProgress
    """

    make_trainer: Callable[[], Trainer]
    runner: EpochRunner
    criteria: StoppingCriteria
    hooks: LoopHooks
    progress: LoopProgress = field(default_factory=LoopProgress)
    _started: float = 0.0

    def run(self, until: int | None = None, at_rest: Callable[[], object] | None = None) -> None:
        """Train to the end, or to a pause after epoch `until`.

        Parameters
        ----------
        until : int, optional
        at_rest : callable, optional
            Called between epochs, when `state_dict` is one to resume from.
        """
        progress, divergence = self.progress, self.runner.divergence
        max_epochs = self.criteria.max_epochs
        last = max_epochs if until is None else min(until, max_epochs)
        if progress.finished:
            return
        trainer = self.make_trainer()
        self._started = time.perf_counter() - progress.seconds
        divergence.begin(progress.epoch)
        latest: EpochRecord | None = None
        requested: Ending | None = None
        try:
            while progress.continues_to(last):
                if self.hooks.epoch_begins is not None and not divergence.rollbacks:
                    self.hooks.epoch_begins()
                n = min(last - progress.epoch, self._epochs_ahead(latest))
                for latest in self.runner.run(trainer, n, progress, self._elapsed):
                    requested = self._epoch_ended(latest)
                if latest is None:  # the first epoch was rolled back
                    continue
                self.criteria.apply(progress, latest, requested, self._elapsed)
                if at_rest is not None and progress.continues_to(last):
                    progress.seconds = self._elapsed
                    at_rest()
        finally:
            progress.seconds = self._elapsed
            if at_rest is None and not progress.continues_to(max_epochs):
                divergence.release()
        if progress.epoch == max_epochs and not progress.finished:
            self.criteria.finish_by_epochs(progress)

    def interrupt(self) -> None:
        """End a loop that Ctrl-C stopped; its results so far stay."""
        warn_caller("Training interrupted by user.")
        self.progress.finish(Ending("interrupted by the user", True))
        self.progress.interrupted = True

    @property
    def _elapsed(self) -> float:
        return time.perf_counter() - self._started

    def _epochs_ahead(self, latest: EpochRecord | None) -> int:
        if latest is None or self.hooks.epoch_begins is not None:
            return 1
        return epochs_ahead(latest, self.runner, self.criteria.monitor.stopping)

    def _epoch_ended(self, record: EpochRecord) -> Ending | None:
        value = self.criteria.monitor.value(record)
        if self.criteria.monitor.is_new_best(value):
            self.runner.weights.keep_as_best()
        if record.finite:
            self.runner.divergence.epoch_ended(record.loss)
        requested = self.hooks.epoch_ended(record)
        self.runner.epoch_ended(self.progress.samples_seen, value)
        return requested

    def state_dict(self) -> StateDict:
        """The state to resume from, without the trainer's parameters and optimiser state."""
        return StateDict.merged(
            self.progress.state_dict(),
            self.runner.state_dict(),
            StateDict.of_parts(stopping=self.criteria.monitor.stopping.state_dict()),
        )

    def load_state_dict(self, state: StateDict) -> None:
        """Resume where the state was taken, once the trainer's own state is loaded.

        A state of a finished loop stays finished only where this loop's limits imply it.
        """
        self.progress.load_state_dict(state)
        self.runner.load_state_dict(state, self.progress.epoch)
        self.criteria.monitor.stopping.load_state_dict(state.part("stopping"))
        if not self.criteria.still_end(self.progress):
            self.progress.reopen()
