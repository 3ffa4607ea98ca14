"""Fits that go epoch by epoch, whatever a step is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import engine
from rosenblatt.averaging import EvaluatedWeights, SWAWeights
from rosenblatt.engine import Trainer
from rosenblatt.fitting.batch_sampler import BatchSampler
from rosenblatt.fitting.batch_size import batch_size_of
from rosenblatt.fitting.data import split
from rosenblatt.fitting.divergence_handling import DivergenceHandler
from rosenblatt.fitting.epoch_runner import EpochRunner
from rosenblatt.fitting.fits import Fit, FitContext
from rosenblatt.fitting.history import EpochRecord, SolverInfo, Validation
from rosenblatt.fitting.hooks import LoopHooks
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.loop import TrainingLoop
from rosenblatt.fitting.loop_progress import LoopProgress
from rosenblatt.fitting.loop_weights import LoopWeights
from rosenblatt.fitting.monitor import Monitor
from rosenblatt.fitting.overflow_checks import check_final_weights, initial_loss
from rosenblatt.fitting.progress_bar import ProgressBar
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.scoring import validation_score
from rosenblatt.fitting.stopping_criteria import StoppingCriteria
from rosenblatt.losses import Loss
from rosenblatt.problem import Arrays, Rows
from rosenblatt.schedules import RateControl
from rosenblatt.schedules.base import ScheduleState
from rosenblatt.stopping import Ending, NoImprovement
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import (
    StateDict,
    Stateful,
    generator_state,
    load_generator_state,
)
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["EpochFit", "clipped_batch_size", "learning_rows"]

# The attributes that a fit writes as it goes.
WRITTEN = (
    "best_loss_",
    "best_validation_score_",
    "history_",
    "loss_",
    "loss_curve_",
    "n_iter_",
    "t_",
    "validation_loss_curve_",
    "validation_scores_",
)


def learning_rows(start: FitContext) -> tuple[Arrays, Arrays | None]:
    """The rows to train on, and those to validate on: given, or split off for early stopping."""
    est = start.est
    if est.early_stopping and start.validation is None:
        return split(start.train, est.validation_fraction, est._strata, start.rng)
    return start.train, start.validation


def clipped_batch_size(est: BaseMLP, n_samples: int) -> int:
    if not isinstance(est.batch_size, str) and est.batch_size > n_samples:
        warn_caller(
            f"Got batch_size={est.batch_size}, more than the {n_samples} samples."
            " It is going to be clipped."
        )
    return batch_size_of(est.batch_size, n_samples)


@final
class EpochFit(Fit):
    """A descent, what it records, and those who follow it.

    Parameters
    ----------
    loss : Loss
        As it is reported.
    rows : pair of Arrays
        To train on, and to validate on or None.
    shown : EvaluatedWeights
        The weights to validate and to keep.
    trainer : callable
        Makes what changes the parameters in place, whenever the fit sets out or goes on.
    memory : Stateful
        What outlives the trainer.
    method : SolverInfo
        What changes them, for what is said of it.
    held : callable
        A context to train in.
    best : pair of arrays, optional
        The parameters and the state of an earlier fit's best score.
    moving, recovery
        What steps change, and what brings it back; see `DivergenceHandler`.
    """

    def __init__(
        self,
        start: FitContext,
        loss: Loss,
        rows: tuple[Arrays, Arrays | None],
        shown: EvaluatedWeights,
        trainer: Callable[[], Trainer],
        memory: Stateful,
        *,
        method: SolverInfo,
        learning_rate: LearningRate,
        stopping: NoImprovement,
        batch_size: int,
        max_epochs: int,
        held: Callable[[], AbstractContextManager[None]] = nullcontext,
        best: tuple[FloatArray, FloatArray] | None = None,
        moving: Sequence[npt.NDArray[Any]] = (),
        recovery: Rollback | None = None,
    ) -> None:
        est, (train, validation) = start.est, rows
        self.start, self.memory, self.held = start, memory, held
        est.n_iter_ = 0
        validate = None
        if validation is None:
            est.validation_loss_curve_ = None
        else:
            validate = validator(start, loss, shown.weights, validation)
            est.validation_loss_curve_ = est.validation_loss_curve_ or []
        hooks = LoopHooks(
            epoch_ended=self._epoch_ended,
            epoch_begins=start.followers.epoch_begins if start.followers.present else None,
            message=print if est._prints else None,
        )
        batches = BatchSampler(train.order, batch_size, start.rng if est.shuffle else None)
        runner = EpochRunner(
            objective=lambda epoch: est._reported(epoch.data_loss, epoch.penalty),
            batches=batches,
            weights=LoopWeights(shown, start.state, best),
            learning_rate=learning_rate,
            divergence=DivergenceHandler(
                solver=method,
                steps_per_epoch=batches.steps_per_epoch,
                stopping=stopping,
                moving=moving,
                rollback=recovery,
                initial_loss=initial_loss(start, loss, train, batch_size),
                final_check=check_final_weights(start, loss, shown, train, batch_size),
            ),
            rules=start.control.rules,
            validate=validate,
        )
        monitor = Monitor(monitored(est), stopping, est.early_stopping)
        self.loop = TrainingLoop(
            make_trainer=trainer,
            runner=runner,
            criteria=StoppingCriteria(monitor, runner, max_epochs, hooks.report),
            hooks=hooks,
            progress=LoopProgress(samples_seen=est.t_),
        )
        self._bar: ProgressBar | None = None

    def run(self, until: int | None = None) -> None:
        """Train, write down what is recorded, and call the callbacks."""
        est, loop = self.start.est, self.loop
        if est.verbose == "bar":
            self._bar = ProgressBar(loop.criteria.max_epochs)
        try:
            with self.held():
                loop.run(until)
        except KeyboardInterrupt:  # wherever in the loop it arrives
            loop.interrupt()
        finally:
            if self._bar is not None:
                self._bar.close()
        est.stop_reason_ = loop.progress.stop_reason

    def _epoch_ended(self, record: EpochRecord) -> Ending | None:
        entry = self._write_down(record)
        if self._bar is not None:
            self._bar.update(record)
        if not record.finite:
            return None
        weights = self.loop.runner.weights
        return self.start.followers.epoch_ended(
            entry, self.start.network, weights.evaluated.weights, weights.state
        )

    def keep(self, at_rest: Callable[[Fit], None]) -> None:
        self._control.state_dict()  # TypeError now, and not after the first epochs
        self.loop.hooks.at_rest = lambda: at_rest(self)

    def state_dict(self) -> StateDict:
        est = self.start.est
        written = StateDict({name: getattr(est, name) for name in WRITTEN})
        parts = StateDict.of_parts(
            descent=self.loop.state_dict(),
            memory=self.memory.state_dict(),
            generator=generator_state(self.start.rng),
            written=written,
        )
        return StateDict(parts.values, {"theta": self.start.theta} | parts.arrays)

    def load_state_dict(self, state: StateDict) -> None:
        state.copy_to(self.start.theta, "theta")
        self.memory.load_state_dict(state.part("memory"))
        self.loop.load_state_dict(state.part("descent"))
        load_generator_state(self.start.rng, state.part("generator"))
        for name in WRITTEN:
            setattr(self.start.est, name, state.values[f"written.{name}"])

    @property
    def rows(self) -> Rows:
        return self.loop.runner.batches.order

    def other_rates(self, max_iter: int) -> str:
        control = self._control
        return control.differing(max_iter) if isinstance(control, ScheduleState) else ""

    @property
    def _control(self) -> RateControl:
        return self.loop.runner.learning_rate.control

    def let_go(self) -> None:
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
    def shown(self) -> tuple[FloatArray, FloatArray]:
        # The best is not written over the state that training goes on from.
        return self.loop.runner.weights.selected

    @property
    def remark(self) -> str | None:
        est, weights = self.start.est, self.loop.runner.weights
        shown = weights.evaluated
        if est.early_stopping and weights.best is None and not self.interrupted:
            return (
                f"scoring={est.scoring!r} gave no number in any epoch: nothing was stopped early,"
                " and the last weights are kept."
            )
        if not isinstance(shown, SWAWeights) or est.n_iter_ > shown.before:
            return None
        return (
            f"averaging={est.averaging!r} begins after epoch {shown.before}, and the fit ended in"
            f" epoch {est.n_iter_}: nothing is averaged."
        )

    def warn_of_limit(self) -> None:
        est, progress = self.start.est, self.loop.progress
        if not progress.converged:
            if not progress.all_epochs:
                self._warn(progress.stop_reason)
            elif self.start.incremental:
                est.stop_reason_ = "partial_fit runs one epoch"
            else:
                self._warn(f"Maximum iterations ({est.max_iter}) reached")
        if self.remark is not None:
            warn_caller(self.remark)

    def _warn(self, limit: str) -> None:
        name = self.loop.runner.divergence.solver.name
        warn_caller(
            f"{name}: {limit} and the optimization hasn't converged yet.", ConvergenceWarning
        )

    def _write_down(self, record: EpochRecord) -> dict[str, Any]:
        est, best = self.start.est, self.loop.criteria.monitor.stopping.best
        est.n_iter_, est.t_ = record.epoch, self.loop.progress.samples_seen
        est.loss_ = record.loss
        est.loss_curve_.append(record.loss)
        entry = history_entry(record)
        est.history_.append(entry)
        if est.validation_loss_curve_ is not None and record.validation is not None:
            est.validation_loss_curve_.append(record.validation.loss)
        if est._prints:
            damping = "" if record.damping is None else f", damping = {record.damping:.3g}"
            print(f"Iteration {record.epoch}, loss = {record.loss:.8f}{damping}")
        if est.validation_scores_ is None:
            est.best_loss_ = best
            return entry
        assert record.validation is not None
        est.validation_scores_.append(record.validation.score)
        est.best_validation_score_ = -best
        if est._prints:
            print(f"Validation score: {record.validation.score:f}")
        return entry


def is_loss(scoring: Any) -> bool:
    return isinstance(scoring, str) and scoring == "loss"


def monitored(est: BaseMLP) -> str:
    if not est.early_stopping:
        return "Training loss"
    return "Validation loss" if is_loss(est.scoring) else "Validation score"


def validator(
    start: FitContext, loss: Loss, weights: FloatArray, rows: Arrays
) -> Callable[[], Validation]:
    """Loss and score on the validation rows, of weights and state as they are when asked."""
    est, network, state = start.est, start.network, start.state
    score = validation_score(est, start.control.scorer, network, (weights, state), rows)

    def validate() -> Validation:
        with np.errstate(all="ignore"):  # a diverging run is reported once, by its epoch
            scores = engine.scores(network, weights, rows.X, est.n_jobs, state, est.deterministic)
            data_loss = float(np.average(loss.value(scores, rows.y), weights=rows.weights))
            reported = est._reported_loss(data_loss)
            prediction = loss.inverse_link(scores)
            if not np.isfinite(prediction).all():
                return Validation(reported, float("nan"))
            return Validation(reported, score(prediction, reported))

    return validate


def history_entry(record: EpochRecord) -> dict[str, Any]:
    validation = record.validation
    optional = {"damping": record.damping, "restores": record.restores}
    return {
        "epoch": record.epoch,
        "loss": record.loss,
        "validation_loss": None if validation is None else validation.loss,
        "validation_score": None if validation is None else validation.score,
        "learning_rate": record.learning_rate,
        "gradient_norm": list(record.gradient_norms),
        "seconds": record.seconds,
        **{name: value for name, value in optional.items() if value is not None},
    }
