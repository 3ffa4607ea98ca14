"""What is reported of each epoch: the log, the printed lines or the bar, and the callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.fitting.progress_bar import ProgressBar
from rosenblatt.stopping import Ending, NoImprovement

__all__ = ["EpochReport"]


@final
class EpochReport:
    """Logs every epoch, shows it, and calls the callbacks.

    It does not know the loop that calls it: a cycle would keep the arrays of a finished fit
    until the garbage collector runs.

    Parameters
    ----------
    context : FitContext
    stopping : NoImprovement
        Of the loop; the log takes its best value.
    weights : LoopWeights
        Of the loop; the callbacks take them.
    progress : LoopProgress
        Of the loop.
    """

    def __init__(
        self,
        context: FitContext,
        stopping: NoImprovement,
        weights: LoopWeights,
        progress: LoopProgress,
    ) -> None:
        self.context, self.stopping = context, stopping
        self.weights, self.progress = weights, progress
        self._bar: ProgressBar | None = None

    @contextmanager
    def shown(self, max_epochs: int) -> Iterator[None]:
        """Show a progress bar meanwhile, where `verbose` asks for one."""
        if self.context.parameters.verbose != "bar":
            yield
            return
        self._bar = ProgressBar(max_epochs)
        try:
            yield
        finally:
            self._bar.close()

    def epoch_ended(self, record: EpochRecord) -> Ending | None:
        """Report an epoch; returns the ending that a callback asks for."""
        context = self.context
        entry = context.log.add_epoch(record, self.progress.samples_seen, self.stopping.best)
        if context.parameters.prints_lines:
            self._print(record)
        if self._bar is not None:
            self._bar.update(record)
        if not record.finite:
            return None
        return context.epoch_ended(entry, self.weights.evaluated.weights, self.weights.state)

    def _print(self, record: EpochRecord) -> None:
        damping = "" if record.damping is None else f", damping = {record.damping:.3g}"
        print(f"Iteration {record.epoch}, loss = {record.loss:.8f}{damping}")
        if self.context.log.validation_scores is not None:
            assert record.validation is not None
            print(f"Validation score: {record.validation.score:f}")
