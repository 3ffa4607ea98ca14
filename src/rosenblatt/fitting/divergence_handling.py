"""What a training loop does when it diverges: roll back, or stop with the cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy.typing as npt

from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.fitting.history import EpochRecord, SolverInfo
from rosenblatt.fitting.loss_monitor import LossMonitor
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.stopping import Ending, NoImprovement
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict

__all__ = ["DivergenceHandler"]

TOO_LARGE = "the steps are too large"


@final
@dataclass
class DivergenceHandler:
    """Detects a divergence, rolls it back where that can help, and reports it otherwise.

    Attributes
    ----------
    solver : SolverInfo
        For messages.
    steps_per_epoch : int
    stopping : NoImprovement
        Counts from 0 again after a rollback.
    moving : sequence of arrays
        All arrays that steps and epochs change, where there is a rollback.
    rollback : Rollback, optional
        Without it the first divergence ends the fit. With it a loss that has exploded counts as
        divergence at the end of the fit, even if it is finite.
    initial_loss : callable, optional
        The loss before the first step, by which a rollback judges the first epoch.
    final_check : callable, optional
        Finds an overflow at the weights that the last step has left.
    losses : LossMonitor
    rollbacks : int
        Rollbacks since the last completed epoch.
    """

    solver: SolverInfo
    steps_per_epoch: int
    stopping: NoImprovement
    moving: Sequence[npt.NDArray[Any]] = ()
    rollback: Rollback | None = None
    initial_loss: Callable[[], float] | None = None
    final_check: Callable[[], Diagnosis | None] | None = None
    losses: LossMonitor = field(default_factory=LossMonitor)
    rollbacks: int = 0

    @property
    def lr_scale(self) -> float:
        """The factor on all learning rates that earlier rollbacks have left."""
        return 1.0 if self.rollback is None else self.rollback.scale

    def begin(self, epoch: int) -> None:
        """Called before the first step after `epoch` epochs."""
        if self.rollback is None:
            return
        self.rollback.begins(self.moving)
        if epoch == 0 and self.initial_loss is not None:
            self.losses.observe(self.initial_loss())

    def epoch_ended(self, loss: float) -> None:
        """Called after every epoch that has not diverged."""
        self.losses.observe(loss)
        if self.rollback is not None:
            self.rollback.epoch_ended(not self.losses.is_far(loss), self.moving)

    def rolls_back(self, divergence: Divergence, epoch: int, learning_rate: float) -> bool:
        """Restore the last good state and warn; False where that cannot help."""
        rollback = self.rollback
        if rollback is None or rollback.exhausted or self.is_hopeless(divergence):
            return False
        rollback.go_back(self.moving)
        self.rollbacks += 1
        self.stopping.count = 0
        finding, where = divergence.diagnosis, self.where(divergence, epoch, learning_rate)
        warn_caller(
            f"{where}, {finding.what}. Most likely {finding.because}. Training goes back to the"
            f" last good weights and continues at {rollback.scale:g} times the learning rate.",
            RuntimeWarning,
        )
        return True

    def after_last_step(self, record: EpochRecord, has_best: bool) -> Divergence | None:
        """A divergence that no step has detected, checked where the fit is about to end.

        `has_best` says that the weights of the best score are returned, and not the last ones.
        """
        overflow = None if self.final_check is None or has_best else self.final_check()
        if overflow is not None:
            what = f"after its step {overflow.what}"
            return Divergence(self.steps_per_epoch, replace(overflow, what=what))
        if not self.losses.has_exploded(record.loss):
            return None
        rise = f"the loss has risen from {self.losses.least:.3g} to {record.loss:.3g}"
        if self.rollback is not None:
            finding = Diagnosis(None, rise, Cause.STEPS, TOO_LARGE, by_move=True)
            return Divergence(self.steps_per_epoch, finding)
        if not has_best:
            warn_caller(
                f"Training ends with an exploded loss, in epoch {record.epoch}: {rise}. Most"
                f" likely {TOO_LARGE}: {Cause.STEPS.remedies(self.solver.remedy)}.",
                RuntimeWarning,
            )
        return None

    def give_up(self, divergence: Divergence, record: EpochRecord, has_best: bool) -> Ending:
        """Report a divergence that ends the fit.

        Raises
        ------
        DivergenceError
            Where there are no weights of a best validation score to return.
        """
        finding = divergence.diagnosis
        where = self.where(divergence, record.epoch, record.learning_rate)
        what = (
            f"{where}, {finding.what}. Most likely {finding.because}:"
            f" {finding.remedies(self.solver.remedy)}.{self.advice(divergence)}"
        )
        if not has_best:
            raise DivergenceError(
                f"{NON_FINITE} {what}", record.epoch, divergence.batch, finding.layer
            )
        warn_caller(f"{what} The weights of the best validation score are kept.", RuntimeWarning)
        return Ending(f"diverged in epoch {record.epoch}", True)

    def advice(self, divergence: Divergence) -> str:
        if self.is_hopeless(divergence):
            return " Going back with a smaller rate does not help: it overflows at those weights."
        if self.rollback is not None:
            return f" Going back {self.rollback.in_a_row} times in a row did not help."
        if self.solver.has_rate and divergence.diagnosis.cause is Cause.STEPS:
            return " With on_divergence='restore' training goes back and lowers the rate itself."
        return ""

    def is_hopeless(self, divergence: Divergence) -> bool:
        """Whether a batch overflows at the very weights to go back to, whatever the rate."""
        if self.rollback is None or divergence.diagnosis.by_move:
            return False
        return divergence.diagnosis.cause is Cause.WEIGHTS or self.rollback.is_at(self.moving)

    def where(self, divergence: Divergence, epoch: int, learning_rate: float) -> str:
        batch, n = divergence.batch, self.steps_per_epoch
        if not self.solver.has_rate:
            return f"Training diverged in epoch {epoch}: in batch {batch} of {n}"
        return (
            f"Training diverged in epoch {epoch} at a learning rate of {learning_rate:g}: in batch"
            f" {batch} of {n}"
        )

    def release(self) -> None:
        """Free the copies of weights once the fit is over and not resumed."""
        if self.rollback is not None:
            self.rollback.ends()

    def state_dict(self) -> StateDict:
        parts = StateDict.of_parts(
            trend=self.losses.state_dict(),
            recovery=StateDict() if self.rollback is None else self.rollback.state_dict(),
        )
        return StateDict({"_restores": self.rollbacks} | parts.values, parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        self.rollbacks = state.whole("_restores")
        self.losses = LossMonitor.from_state_dict(state.part("trend"))
        if self.rollback is not None:
            self.rollback.load_state_dict(state.part("recovery"), self.moving)
