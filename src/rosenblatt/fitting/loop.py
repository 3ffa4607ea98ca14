"""Epochs, validation, stopping: from a trainer to a fitted model (theory B11, B12)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.averaging import EvaluatedWeights
from rosenblatt.engine import Epoch, Trainer
from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.fitting.history import EpochRecord, SolverInfo, Validation
from rosenblatt.fitting.loss_monitor import LossMonitor
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.schedules import RateControl
from rosenblatt.stopping import Ending, NoImprovement, StoppingRule, ending
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["TrainingLoop"]

MOMENT = 0.05  # seconds

# What of a `TrainingLoop` are numbers and words that move on with it.
STANDING = {
    "epoch": int,
    "samples_seen": int,
    "seconds": float,
    "stop_reason": str,
    "converged": bool,
    "all_epochs": bool,
    "_restores": int,
}


@final
@dataclass
class TrainingLoop:
    """A run of gradient descent. Iterate over `run` for its records, then read the rest.

    A run may pause, and go on from where it stands when `run` is iterated over again.

    Attributes
    ----------
    make_trainer : callable
        Makes what changes the parameters in place. It is called whenever the run sets out or goes
        on, so that a run which pauses keeps no engine's memory.
    shown : EvaluatedWeights
        The parameters that are validated and kept: those that the trainer moves, or their average.
    state : array (n_state,)
        The network's, likewise changed in place.
    objective : callable
        The reported loss of what an epoch measured.
    method : SolverInfo
    lr : float
        Base rate, of which `rate` gives the factors.
    order : array (n_samples,) of int64
        Row numbers, shuffled in place before every epoch where `rng` is given.
    batch_size, max_epochs : int
    rate : RateControl
    stopping : NoImprovement
        Watches the loss, or the negative validation score where `early_stopping` is set.
    rules : sequence of StoppingRule
    validate : callable, optional
        The validation of the parameters shown.
    early_stopping : bool
        Stop by the validation score, keep the best parameters, and survive divergence.
    watched : str
        What `stopping` watches, in words.
    samples_seen : int
        Counts on from earlier runs.
    epoch : int
        The last one that was told; 0 before the first.
    best : pair of arrays, optional
        Parameters and state of the best validation score, under `early_stopping`.
    moving : sequence of arrays
        All that steps and epochs change, where there is a recovery.
    recovery : Rollback, optional
        Given, a run that diverges goes back to where it was well, as long as that helps. So does
        one that would end after its loss has exploded, finite as it still is.
    first_look : callable, optional
        The loss before the first step, by which a recovery judges the first epoch.
    last_look : callable, optional
        What overflows at the parameters shown, which no step has set out from.
    requested : Ending, optional
        Set between two records to end the run by another's wish.
    stop_reason : str
        Which criterion ended the run, in words; empty while it goes on.
    converged : bool
        Whether the run ended by none of its limits: `max_epochs`, or a rule that is one.
    all_epochs, interrupted : bool
        Whether the run ended by `max_epochs`, or by Ctrl-C.
    seconds : float
        Wall time so far, without the pauses.
    on_message : callable, optional
        Called with what is worth printing.
    on_epoch : callable, optional
        Called before every epoch, by the wish of somebody who looks at the parameters after each.
    at_rest : callable, optional
        Called between epochs, when nothing is under way: a snapshot then is one to go on from.
    """

    make_trainer: Callable[[], Trainer]
    shown: EvaluatedWeights
    state: FloatArray
    objective: Callable[[Epoch], float]
    method: SolverInfo
    lr: float
    order: npt.NDArray[np.int64]
    batch_size: int
    max_epochs: int
    rate: RateControl
    stopping: NoImprovement
    rules: Sequence[StoppingRule] = ()
    rng: np.random.RandomState | None = None
    validate: Callable[[], Validation] | None = None
    early_stopping: bool = False
    watched: str = "Training loss"
    samples_seen: int = 0
    epoch: int = 0
    best: tuple[FloatArray, FloatArray] | None = None
    moving: Sequence[npt.NDArray[Any]] = ()
    recovery: Rollback | None = None
    first_look: Callable[[], float] | None = None
    last_look: Callable[[], Diagnosis | None] | None = None
    requested: Ending | None = None
    stop_reason: str = ""
    converged: bool = False
    all_epochs: bool = False
    interrupted: bool = False
    seconds: float = 0.0
    on_message: Callable[[str], None] | None = None
    on_epoch: Callable[[], None] | None = None
    at_rest: Callable[[], None] | None = None
    trend: LossMonitor = field(default_factory=LossMonitor)
    _started: float = 0.0
    _restores: int = 0

    @property
    def finished(self) -> bool:
        return bool(self.stop_reason)

    def run(self, until: int | None = None) -> Iterator[EpochRecord]:
        """Train epoch by epoch to the end, or to a pause after epoch `until`."""
        last = self.max_epochs if until is None else min(until, self.max_epochs)
        if self.finished:
            return
        trainer = self.make_trainer()
        self._started = time.perf_counter() - self.seconds
        latest: EpochRecord | None = None
        if self.recovery is not None:
            self.recovery.begins(self.moving)
            if self.epoch == 0 and self.first_look is not None:
                self.trend.observe(self.first_look())
        try:
            while self.epoch < last and not self.finished:
                for record in self._epochs(trainer, min(last - self.epoch, self._ahead(latest))):
                    value = self._watched(record)
                    is_best = self.stopping.observe(value)
                    if is_best and self.early_stopping:
                        self.best = self.shown.weights.copy(), self.state.copy()
                    if record.finite:
                        self.trend.observe(record.loss)
                        if self.recovery is not None:
                            well = not self.trend.is_far(record.loss)
                            self.recovery.epoch_ended(well, self.moving)
                    yield record
                    self.rate.epoch_ended(self._steps, self.samples_seen, value)
                    latest = record
                if latest is None:  # gone back in the very first epoch
                    continue
                if self._over(latest):
                    return
                if self.at_rest is not None and self.epoch < last:
                    self.seconds = time.perf_counter() - self._started
                    self.at_rest()
        finally:
            self.seconds = time.perf_counter() - self._started
            if self.at_rest is None and (self.finished or self.epoch == self.max_epochs):
                self.let_go()
        if self.epoch == self.max_epochs and not self.finished:
            self.stop_reason, self.all_epochs = f"reached max_iter={self.max_epochs}", True

    def let_go(self) -> None:
        """Drop what a run that is over, and is not kept, needs no longer."""
        if self.recovery is not None:
            self.recovery.ends()

    def snapshot(self) -> StateDict:
        """All that is needed to go on, beside θ and what the trainer remembers of its own."""
        values = {name: getattr(self, name) for name in STANDING}
        arrays = {"order": self.order, "state": self.state}
        if self.best is not None:
            arrays["best"], arrays["best_state"] = self.best
        parts = StateDict.of_parts(
            rate=self.rate.snapshot(),
            stopping=self.stopping.snapshot(),
            trend=StateDict(vars(self.trend).copy()),
            shown=self.shown.snapshot(),
            recovery=StateDict() if self.recovery is None else self.recovery.snapshot(),
        )
        return StateDict(values | parts.values, arrays | parts.arrays)

    def restore(self, snapshot: StateDict) -> None:
        """Stand where the snapshot was taken, at an end only if it is one for this run's limits.

        The parameters and what the trainer remembers do already.
        """
        for name, kind in STANDING.items():
            setattr(self, name, kind(snapshot.values[name]))
        snapshot.copy_to(self.order, "order")
        snapshot.copy_to(self.state, "state")
        if "best" in snapshot.arrays:
            self.best = np.empty_like(self.shown.weights), np.empty_like(self.state)
            for array, name in zip(self.best, ("best", "best_state"), strict=True):
                snapshot.copy_to(array, name)
        self.rate.restore(snapshot.part("rate"))
        self.stopping.restore(snapshot.part("stopping"))
        self.trend = LossMonitor(**snapshot.part("trend").values)
        self.shown.restore(snapshot.part("shown"), self.epoch)
        if self.recovery is not None:
            self.recovery.restore(snapshot.part("recovery"), self.moving)
        if self.all_epochs:
            still_due = self.epoch >= self.max_epochs
        else:
            still_due = self.converged or ending(self.rules, math.nan, self.seconds) is not None
        if not still_due:
            self.stop_reason, self.all_epochs = "", False

    def interrupt(self) -> None:
        """End a run that Ctrl-C stopped; what it has reached stays."""
        warn_caller("Training interrupted by user.")
        self.stop_reason = "interrupted by the user"
        self.converged = self.interrupted = True

    def _ahead(self, latest: EpochRecord | None) -> int:
        """Epochs that may go by before anybody looks at the parameters or has to decide.

        A trainer that takes them in one go spares what lies between two epochs, which for a small
        network is a good part of the time. They stay within a moment: whoever follows the records
        is told of them, and of Ctrl-C, as if they came one by one.
        """
        if latest is None or self.on_epoch or self.validate or not self.shown.by_steps:
            return 1
        if self.recovery is not None:
            return 1
        if not self.rate.foreseeable or not all(rule.only_time for rule in self.rules):
            return 1
        before_a_stall = 1 + self.stopping.patience - self.stopping.count
        return int(min(before_a_stall, max(1.0, MOMENT / max(latest.seconds, MOMENT / 1000))))

    def _epochs(self, trainer: Trainer, n: int) -> Iterator[EpochRecord]:
        if self.on_epoch is not None and not self._restores:
            self.on_epoch()
        start = time.perf_counter()
        factors = self.rate.factors(n * self._steps)
        if self.recovery is not None:
            factors = self.recovery.scale * factors
        elapsed = start - self._started
        left = min((rule.seconds_left(elapsed) for rule in self.rules), default=math.inf)
        for k, result in enumerate(
            trainer.epochs(n, self.order, self.rng, self.batch_size, factors, left)
        ):
            rate = self.lr * float(factors[k * self._steps])
            divergence = result.divergence
            if divergence is not None and self._goes_back(divergence, self.epoch + 1, rate):
                return
            self.epoch += 1
            self.samples_seen += min(len(self.order), result.steps * self.batch_size)
            if divergence is None:
                self.shown.epoch_ended(self.epoch)
            yield EpochRecord(
                epoch=self.epoch,
                loss=self.objective(result),
                validation=self._validation(divergence),
                learning_rate=rate,
                gradient_norms=result.gradient_norms,
                seconds=time.perf_counter() - start if n == 1 else result.seconds,
                divergence=divergence,
                damping=result.damping,
                restores=None if self.recovery is None else self._restores,
            )
            self._restores = 0

    def _validation(self, divergence: Divergence | None) -> Validation | None:
        if self.validate is None:
            return None
        return Validation(math.nan, math.nan) if divergence is not None else self.validate()

    @property
    def _scale(self) -> float:
        return 1.0 if self.recovery is None else self.recovery.scale

    @property
    def _steps(self) -> int:
        """Steps of an epoch."""
        return math.ceil(len(self.order) / self.batch_size)

    def _watched(self, record: EpochRecord) -> float:
        if self.early_stopping:
            assert record.validation is not None
            return -record.validation.score
        return record.loss

    def _over(self, record: EpochRecord) -> bool:
        """Whether the run ends after this epoch, well or not."""
        divergence = record.divergence
        ended = False
        if divergence is None:
            ended = self._ended(record)
            if not (ended or self.stopping.exhausted or self.epoch == self.max_epochs):
                return False
            divergence = self._belated(record)
            if divergence is None:
                return ended or self._stalled()
            if self._goes_back(divergence, record.epoch, record.learning_rate):
                return ended
        self._give_up(divergence, record)
        return True

    def _belated(self, record: EpochRecord) -> Divergence | None:
        """A divergence that the steps have not come upon, where the run is about to end."""
        finding = None
        if self.last_look is not None and self.best is None:
            finding = self.last_look()
        if finding is not None:
            return Divergence(self._steps, replace(finding, what=f"after its step {finding.what}"))
        if not self.trend.has_exploded(record.loss):
            return None
        rise = f"the loss has risen from {self.trend.least:.3g} to {record.loss:.3g}"
        too_large = "the steps are too large"
        if self.recovery is not None:
            return Divergence(
                self._steps, Diagnosis(None, rise, Cause.STEPS, too_large, by_move=True)
            )
        if self.best is None:
            warn_caller(
                f"Training ends where it has gone wrong, in epoch {record.epoch}: {rise}. Most"
                f" likely {too_large}: {Cause.STEPS.value.format(remedy=self.method.remedy)}.",
                RuntimeWarning,
            )
        return None

    def _goes_back(self, divergence: Divergence, epoch: int, rate: float) -> bool:
        """Whether the run goes on from where it was well, and not from here."""
        recovery = self.recovery
        if recovery is None or recovery.exhausted or self._is_hopeless(divergence):
            return False
        recovery.go_back(self.moving)
        self.stopping.count = 0
        self._restores += 1
        warn_caller(
            f"{self._place(divergence, epoch, rate)}, {divergence.finding.seen}. Training"
            f" goes back to where it was well, and on at {recovery.scale:g} times the learning"
            " rate.",
            RuntimeWarning,
        )
        return True

    def _is_hopeless(self, divergence: Divergence) -> bool:
        """Whether a batch overflows at the very weights to go back to, whatever the rate."""
        if self.recovery is None or divergence.finding.by_move:
            return False
        return divergence.finding.cause is Cause.WEIGHTS or self.recovery.is_at(self.moving)

    def _place(self, divergence: Divergence, epoch: int, rate: float) -> str:
        at = f" at a learning rate of {rate:g}" if self.method.has_rate else ""
        batch = f"batch {divergence.batch} of {self._steps}"
        return f"Training diverged in epoch {epoch}{at}: in {batch}"

    def _give_up(self, divergence: Divergence, record: EpochRecord) -> None:
        finding = divergence.finding
        place = self._place(divergence, record.epoch, record.learning_rate)
        what = f"{place}, {finding.told(self.method.remedy)}"
        if self._is_hopeless(divergence):
            what += " Going back with a smaller rate does not help: it overflows at those weights."
        elif self.recovery is not None:
            what += f" It was of no use to go back {self.recovery.in_a_row} times in a row."
        elif self.method.has_rate and finding.cause is Cause.STEPS:
            what += " By on_divergence='restore' training goes back and lowers the rate by itself."
        if not self.early_stopping or self.best is None:
            raise DivergenceError(
                f"{NON_FINITE} {what}", record.epoch, divergence.batch, finding.layer
            )
        warn_caller(f"{what} The weights of the best validation score are kept.", RuntimeWarning)
        self.stop_reason = f"diverged in epoch {record.epoch}"
        self.converged = True

    def _ended(self, record: EpochRecord) -> bool:
        elapsed = time.perf_counter() - self._started
        found = self.requested or ending(self.rules, record.gradient_norm, elapsed)
        if found is None:
            return False
        self.stop_reason, self.converged = found
        self._say(f"{found.reason[0].upper()}{found.reason[1:]}. Stopping.")
        return True

    def _stalled(self) -> bool:
        if not self.stopping.exhausted:
            return False
        message = (
            f"{self.watched} did not improve more than tol={self.stopping.tol:f}"
            f" for {self.stopping.patience:.0f} consecutive epochs."
        )
        if self.rate.stalled():
            self.stopping.count = 0
            rate = self.lr * self._scale * self.rate.factors(1)[0]
            self._say(f"{message} Setting learning rate to {rate:f}")
            return False
        self._say(f"{message} Stopping.")
        self.stop_reason = message
        self.converged = True
        return True

    def _say(self, message: str) -> None:
        if self.on_message is not None:
            self.on_message(message)
