"""Whether a training loop ends after an epoch, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.monitor import Monitor
from rosenblatt.stopping import Ending, RunProgress, first_ending

__all__ = ["StoppingCriteria"]


@final
@dataclass(frozen=True)
class StoppingCriteria:
    """The limits of a loop: epochs, rules, the monitor's patience, and divergence.

    Attributes
    ----------
    monitor : Monitor
    runner : EpochRunner
    max_epochs : int
    report : callable
        Takes the messages to print.
    """

    monitor: Monitor
    runner: EpochRunner
    max_epochs: int
    report: Callable[[str], None]

    def apply(
        self, progress: LoopProgress, record: EpochRecord, requested: Ending | None, elapsed: float
    ) -> None:
        """Finish `progress` where the loop ends after this epoch.

        Parameters
        ----------
        progress : LoopProgress
        record : EpochRecord
            Of the latest epoch.
        requested : Ending or None
            The ending that a callback has returned.
        elapsed : float
            Seconds of training so far.
        """
        handler, divergence = self.runner.divergence, record.divergence
        has_best = self.runner.weights.best is not None
        if divergence is None:
            reached = RunProgress(record.epoch, elapsed, record.loss, record.gradient_norm)
            end = requested or first_ending(self.runner.rules, reached)
            if end is not None:
                self._finish(progress, end, f"{end.reason[0].upper()}{end.reason[1:]}.")
            stalled = self.monitor.stopping.exhausted
            if end is None and not stalled and progress.epoch < self.max_epochs:
                return
            divergence = handler.after_last_step(record, has_best)
            if divergence is None:
                if end is None and stalled:
                    self._stall(progress)
                return
            if handler.rolls_back(divergence, record.epoch, record.learning_rate):
                return
        progress.finish(handler.give_up(divergence, record, has_best))

    def finish_by_epochs(self, progress: LoopProgress) -> None:
        """Finish a loop that has trained all its epochs."""
        progress.finish(Ending(f"reached max_iter={self.max_epochs}", False))
        progress.all_epochs = True

    def still_end(self, progress: LoopProgress) -> bool:
        """Whether a loop that has finished under other limits is finished under these."""
        if progress.all_epochs:
            return progress.epoch >= self.max_epochs
        due = first_ending(self.runner.rules, RunProgress(progress.epoch, progress.seconds))
        return progress.converged or due is not None

    def _stall(self, progress: LoopProgress) -> None:
        """Lower the learning rate where its control can, and finish otherwise."""
        message, learning_rate = self.monitor.message, self.runner.learning_rate
        if not learning_rate.control.stalled():
            self._finish(progress, Ending(message, True), message)
            return
        self.monitor.stopping.count = 0
        now = learning_rate.now(self.runner.divergence.lr_scale)
        self.report(f"{message} Setting learning rate to {now:f}")

    def _finish(self, progress: LoopProgress, end: Ending, message: str) -> None:
        progress.finish(end)
        self.report(f"{message} Stopping.")
