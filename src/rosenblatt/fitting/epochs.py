"""Fits in epochs, by any solver that steps through batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.averaging import EvaluatedWeights, SWAWeights
from rosenblatt.engine import Trainer
from rosenblatt.fitting.batch_sampler import BatchSampler
from rosenblatt.fitting.carried import CarriedState, DescentState
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.epoch_report import EpochReport
from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.fits import Fit
from rosenblatt.fitting.history import SolverInfo
from rosenblatt.fitting.hooks import LoopHooks
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.loop import TrainingLoop
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.fitting.monitor import Monitor
from rosenblatt.fitting.overflow_checks import check_final_weights, initial_loss
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.stopping_criteria import StoppingCriteria
from rosenblatt.fitting.validation import validator
from rosenblatt.losses import Loss
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays, Rows
from rosenblatt.schedules import RateControl
from rosenblatt.schedules.base import ScheduleState
from rosenblatt.stopping import NoImprovement
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.state_dict import (
    StateDict,
    Stateful,
    generator_state,
    load_generator_state,
)
from rosenblatt.support.types import FloatArray

__all__ = ["EpochFit"]


@final
class EpochFit(Fit):
    """A training loop with its log, its progress bar and its callbacks.

    Parameters
    ----------
    context : FitContext
    loss : Loss
        As it is reported.
    rows : pair of Arrays
        To train on, and to validate on or None.
    shown : EvaluatedWeights
        The weights to validate and to return.
    trainer : callable
        Makes the trainer, at the start and after every pause.
    solver_state : Stateful
        The solver's state, which outlives the trainer.
    method : SolverInfo
        The solver's name and advice, for messages.
    learning_rate : LearningRate
    stopping : NoImprovement
    batch_size, max_epochs : int
    held : callable
        Makes a context manager to train in, such as a limit on BLAS threads.
    best : pair of arrays, optional
        Parameters and network state with the best score of an earlier fit.
    descent : DescentState, optional
        The state that the next fit may continue from.
    moving : sequence of arrays
        All arrays that steps change; see `DivergenceHandler`.
    recovery : Rollback, optional
        Restores them after a divergence.
    """

    def __init__(
        self,
        context: FitContext,
        loss: Loss,
        rows: tuple[Arrays, Arrays | None],
        shown: EvaluatedWeights,
        trainer: Callable[[], Trainer],
        solver_state: Stateful,
        *,
        method: SolverInfo,
        learning_rate: LearningRate,
        stopping: NoImprovement,
        batch_size: int,
        max_epochs: int,
        held: Callable[[], AbstractContextManager[None]] = nullcontext,
        best: tuple[FloatArray, FloatArray] | None = None,
        descent: DescentState | None = None,
        moving: Sequence[npt.NDArray[Any]] = (),
        recovery: Rollback | None = None,
    ) -> None:
        p, log, (train, validation) = context.parameters, context.log, rows
        self.context, self.solver_state = context, solver_state
        self.held, self.descent = held, descent
        validate = None
        if validation is None:
            log.validation_loss_curve = None
        else:
            validate = validator(context, loss, shown.weights, validation)
            log.validation_loss_curve = log.validation_loss_curve or []
        weights = LoopWeights(shown, context.state, best)
        progress = LoopProgress(samples_seen=log.t)
        self._report = EpochReport(context, stopping, weights, progress)
        hooks = LoopHooks(
            epoch_ended=self._report.epoch_ended,
            epoch_begins=context.callbacks.epoch_begins if context.callbacks.present else None,
            message=print if p.prints_lines else None,
        )
        batches = batches_of(context, train, batch_size)
        runner = EpochRunner(
            objective=lambda epoch: context.reported(epoch.data_loss, epoch.penalty),
            batches=batches,
            weights=weights,
            learning_rate=learning_rate,
            divergence=DivergenceHandler(
                solver=method,
                steps_per_epoch=batches.steps_per_epoch,
                stopping=stopping,
                moving=moving,
                rollback=recovery,
                initial_loss=initial_loss(context, loss, train, batch_size),
                final_check=check_final_weights(context, loss, shown, train, batch_size),
            ),
            rules=context.config.rules,
            validate=validate,
        )
        monitor = Monitor(monitored(p), stopping, p.early_stopping)
        self.loop = TrainingLoop(
            make_trainer=trainer,
            runner=runner,
            criteria=StoppingCriteria(monitor, runner, max_epochs, hooks.report),
            hooks=hooks,
            progress=progress,
        )
        self._at_rest: Callable[[Fit], None] | None = None

    def run(self, until: int | None = None) -> None:
        """Train, log every epoch, and call the callbacks."""
        loop, log = self.loop, self.context.log
        at_rest = None if self._at_rest is None else partial(self._at_rest, self)
        try:
            with self._report.shown(loop.criteria.max_epochs), self.held():
                loop.run(until, at_rest)
        except KeyboardInterrupt:  # wherever in the loop it arrives
            loop.interrupt()
        log.stop_reason = loop.progress.stop_reason
        if self.context.incremental and loop.progress.all_epochs and not loop.progress.converged:
            log.stop_reason = "partial_fit runs one epoch"

    def enable_checkpoints(self, at_rest: Callable[[Fit], None]) -> None:
        self._control.state_dict()  # TypeError now, and not after the first epochs
        self._at_rest = at_rest

    def state_dict(self) -> StateDict:
        context = self.context
        parts = StateDict.of_parts(
            descent=self.loop.state_dict(),
            memory=self.solver_state.state_dict(),
            generator=generator_state(context.rng),
            written=context.log.state_dict(),
        )
        return StateDict(parts.values, {"theta": context.theta} | parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        context = self.context
        state.copy_to(context.theta, "theta")
        self.solver_state.load_state_dict(state.part("memory"))
        self.loop.load_state_dict(state.part("descent"))
        load_generator_state(context.rng, state.part("generator"))
        context.log.load_state_dict(state.part("written"))

    @property
    def carried(self) -> CarriedState:
        return CarriedState(self.log, self.descent)

    @property
    def rows(self) -> Rows:
        return self.loop.runner.batches.order

    def schedule_of_length(self, max_iter: int) -> str:
        control = self._control
        return control.differing(max_iter) if isinstance(control, ScheduleState) else ""

    @property
    def _control(self) -> RateControl:
        return self.loop.runner.learning_rate.control

    def release(self) -> None:
        self.loop.runner.divergence.release()

    @property
    def interrupted(self) -> bool:
        return self.loop.progress.interrupted

    @property
    def finished(self) -> bool:
        return self.loop.progress.finished

    @property
    def converged(self) -> bool:
        return self.loop.progress.converged

    @property
    def selected(self) -> tuple[FloatArray, FloatArray]:
        # The best is not written over the state that training goes on from.
        return self.loop.runner.weights.selected

    @property
    def remark(self) -> str | None:
        p, log, weights = self.context.parameters, self.context.log, self.loop.runner.weights
        shown = weights.evaluated
        if p.early_stopping and weights.best is None and not self.interrupted:
            return (
                f"scoring={brief(p.scoring)} gave no number in any epoch: nothing was stopped"
                " early, and the last weights are kept."
            )
        if not isinstance(shown, SWAWeights) or log.n_iter > shown.before:
            return None
        return (
            f"averaging={brief(p.averaging, LONG)} begins after epoch {shown.before}, and the fit"
            f" ended in epoch {log.n_iter}: nothing is averaged."
        )

    def warn_of_limit(self) -> None:
        progress = self.loop.progress
        if not progress.converged:
            if not progress.all_epochs:
                self._warn(progress.stop_reason)
            elif not self.context.incremental:
                self._warn(f"Maximum iterations ({self.context.parameters.max_iter}) reached")
        if self.remark is not None:
            warn_caller(self.remark)

    def _warn(self, limit: str) -> None:
        name = self.loop.runner.divergence.solver.name
        warn_caller(
            f"{name}: {limit} and the optimization hasn't converged yet.", ConvergenceWarning
        )


def batches_of(context: FitContext, train: Arrays, batch_size: int) -> BatchSampler:
    n_streamed = context.n_streamed
    if n_streamed is not None:
        return BatchSampler(np.zeros(0, np.int64), batch_size, n_streamed=n_streamed)
    return BatchSampler(
        train.order, batch_size, context.rng if context.parameters.shuffle else None
    )


def monitored(parameters: Parameters) -> str:
    """What decides whether an epoch is an improvement, as messages name it."""
    if not parameters.early_stopping:
        return "Training loss"
    by_loss = isinstance(parameters.scoring, str) and parameters.scoring == "loss"
    return "Validation loss" if by_loss else "Validation score"
