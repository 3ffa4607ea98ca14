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
from rosenblatt.fitting.data import split
from rosenblatt.fitting.fits import Fit, FitContext
from rosenblatt.fitting.history import EpochRecord, SolverInfo, Validation
from rosenblatt.fitting.loop import TrainingLoop
from rosenblatt.fitting.overflow_checks import check_final_weights, initial_loss
from rosenblatt.fitting.progress_bar import ProgressBar
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.scoring import validation_score
from rosenblatt.losses import Loss
from rosenblatt.problem import Arrays, Rows
from rosenblatt.schedules import RateControl
from rosenblatt.schedules.base import Following
from rosenblatt.stopping import NoImprovement
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
    if isinstance(est.batch_size, str):  # 'auto'
        return min(200, n_samples)
    if est.batch_size > n_samples:
        warn_caller(
            f"Got batch_size={est.batch_size}, more than the {n_samples} samples."
            " It is going to be clipped."
        )
    return min(int(est.batch_size), n_samples)


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
        What steps change, and what brings it back; see `TrainingLoop`.
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
        lr: float,
        rate: RateControl,
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
        self.descent = TrainingLoop(
            make_trainer=trainer,
            shown=shown,
            state=start.state,
            objective=lambda epoch: est._reported(epoch.data_loss, epoch.penalty),
            method=method,
            lr=lr,
            order=train.order,
            batch_size=batch_size,
            max_epochs=max_epochs,
            rate=rate,
            stopping=stopping,
            rules=start.control.rules,
            rng=start.rng if est.shuffle else None,
            validate=validate,
            early_stopping=est.early_stopping,
            best=best,
            moving=moving,
            recovery=recovery,
            first_look=initial_loss(start, loss, train, batch_size),
            last_look=check_final_weights(start, loss, shown, train, batch_size),
            watched=watched(est),
            samples_seen=est.t_,
            on_message=print if est._prints else None,
            on_epoch=start.followers.epoch_begins if start.followers.present else None,
        )

    def run(self, until: int | None = None) -> None:
        """Write down and show what the descent records, and tell those who follow."""
        est, descent = self.start.est, self.descent
        bar = ProgressBar(descent.max_epochs) if est.verbose == "bar" else None
        try:
            with self.held():
                for record in descent.run(until):
                    entry = self._write_down(record)
                    if bar is not None:
                        bar.update(record)
                    if record.finite:
                        descent.requested = self.start.followers.epoch_ended(
                            entry, self.start.network, descent.shown.weights, descent.state
                        )
        except KeyboardInterrupt:  # wherever in the loop it arrives
            descent.interrupt()
        finally:
            if bar is not None:
                bar.close()
        est.stop_reason_ = descent.stop_reason

    def keep(self, at_rest: Callable[[Fit], None]) -> None:
        self.descent.rate.snapshot()  # TypeError now, and not after the first epochs
        self.descent.at_rest = lambda: at_rest(self)

    def snapshot(self) -> StateDict:
        est = self.start.est
        written = StateDict({name: getattr(est, name) for name in WRITTEN})
        parts = StateDict.of_parts(
            descent=self.descent.snapshot(),
            memory=self.memory.snapshot(),
            generator=generator_state(self.start.rng),
            written=written,
        )
        return StateDict(parts.values, {"theta": self.start.theta} | parts.arrays)

    def restore(self, snapshot: StateDict) -> None:
        snapshot.copy_to(self.start.theta, "theta")
        self.memory.restore(snapshot.part("memory"))
        self.descent.restore(snapshot.part("descent"))
        load_generator_state(self.start.rng, snapshot.part("generator"))
        for name in WRITTEN:
            setattr(self.start.est, name, snapshot.values[f"written.{name}"])

    @property
    def rows(self) -> Rows:
        return self.descent.order

    def other_rates(self, max_iter: int) -> str:
        rate = self.descent.rate
        return rate.differing(max_iter) if isinstance(rate, Following) else ""

    def let_go(self) -> None:
        self.descent.let_go()

    @property
    def interrupted(self) -> bool:
        return self.descent.interrupted

    @property
    def finished(self) -> bool:
        return self.descent.finished

    @property
    def converged(self) -> bool:
        return self.descent.converged

    @property
    def shown(self) -> tuple[FloatArray, FloatArray]:
        # The best is not written over the state that training goes on from.
        return self.descent.best or (self.descent.shown.weights, self.descent.state)

    @property
    def remark(self) -> str | None:
        est, shown = self.start.est, self.descent.shown
        if est.early_stopping and self.descent.best is None and not self.interrupted:
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
        est, descent = self.start.est, self.descent
        if not descent.converged:
            if not descent.all_epochs:
                self._warn(descent.stop_reason)
            elif self.start.incremental:
                est.stop_reason_ = "partial_fit runs one epoch"
            else:
                self._warn(f"Maximum iterations ({est.max_iter}) reached")
        if self.remark is not None:
            warn_caller(self.remark)

    def _warn(self, limit: str) -> None:
        warn_caller(
            f"{self.descent.method.name}: {limit} and the optimization hasn't converged yet.",
            ConvergenceWarning,
        )

    def _write_down(self, record: EpochRecord) -> dict[str, Any]:
        est, descent = self.start.est, self.descent
        est.n_iter_, est.t_ = record.epoch, descent.samples_seen
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
            est.best_loss_ = descent.stopping.best
            return entry
        assert record.validation is not None
        est.validation_scores_.append(record.validation.score)
        est.best_validation_score_ = -descent.stopping.best
        if est._prints:
            print(f"Validation score: {record.validation.score:f}")
        return entry


def is_loss(scoring: Any) -> bool:
    return isinstance(scoring, str) and scoring == "loss"


def watched(est: BaseMLP) -> str:
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
