"""Epochs, validation, stopping: from a trainer to a fitted model (theory B11, B12)."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.engine import Epoch, Trainer, shuffle
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.schedules import RateControl
from rosenblatt.stopping import NoImprovement
from rosenblatt.types import FloatArray

__all__ = ["Descent", "Record", "Validation"]


@final
@dataclass(frozen=True)
class Validation:
    """What the validation rows said; a NaN score where predictions are not finite."""

    loss: float
    score: float


@final
class Record(NamedTuple):
    """One epoch of a history.

    Attributes
    ----------
    epoch : int
        From 1 in every fit.
    loss : float
        Training objective, as a mean over the epoch's batches.
    validation : Validation or None
    learning_rate : float
        Rate of the epoch's steps.
    gradient_norms : tuple of n_layers floats
        Root mean square over the epoch's batches.
    seconds : float
        Wall time of the epoch, validation included.
    finite : bool
        Whether every parameter is, after the epoch.
    """

    epoch: int
    loss: float
    validation: Validation | None
    learning_rate: float
    gradient_norms: tuple[float, ...]
    seconds: float
    finite: bool


@final
@dataclass
class Descent:
    """A run of gradient descent. Iterate over `run` for its records, then read the rest.

    Attributes
    ----------
    trainer : Trainer
        Changes `theta` in place.
    theta : array (n_parameters,)
    state : array (n_state,)
        The network's, likewise changed in place.
    objective : callable
        The reported loss of what an epoch measured.
    lr : float
        Base rate, of which `rate` gives the current factor.
    order : array (n_samples,) of int64
        Row numbers, shuffled in place before every epoch where `rng` is given.
    batch_size, max_epochs : int
    rate : RateControl
    stopping : NoImprovement
        Watches the loss, or the negative validation score where `early_stopping` is set.
    validate : callable, optional
        The validation of the current parameters.
    early_stopping : bool
        Stop by the validation score, keep the best parameters, and survive divergence.
    watched : str
        What `stopping` watches, in words.
    samples_seen : int
        Counts on from earlier runs.
    best : pair of arrays, optional
        θ and state of the best validation score, under `early_stopping`.
    stop_reason : str
        Which criterion ended the run, in words; empty while it goes on.
    converged : bool
        Whether the run ended before `max_epochs`.
    """

    trainer: Trainer
    theta: FloatArray
    state: FloatArray
    objective: Callable[[Epoch], float]
    lr: float
    order: npt.NDArray[np.int64]
    batch_size: int
    max_epochs: int
    rate: RateControl
    stopping: NoImprovement
    rng: np.random.RandomState | None = None
    validate: Callable[[], Validation] | None = None
    early_stopping: bool = False
    watched: str = "Training loss"
    samples_seen: int = 0
    best: tuple[FloatArray, FloatArray] | None = None
    stop_reason: str = ""
    converged: bool = False
    on_message: Callable[[str], None] | None = None
    _factors: npt.NDArray[np.float64] = field(default_factory=lambda: np.full(1, np.nan))

    def run(self) -> Iterator[Record]:
        """Train epoch by epoch."""
        for epoch in range(1, self.max_epochs + 1):
            record = self._epoch(epoch)
            is_best = self.stopping.observe(self._watched(record))
            if is_best and self.early_stopping:
                self.best = self.theta.copy(), self.state.copy()
            yield record
            self.rate.epoch_ended(self.samples_seen)
            if self._diverged(record) or self._stalled():
                return
        self.stop_reason = f"reached max_iter={self.max_epochs}"

    def interrupt(self) -> None:
        """End a run that Ctrl-C stopped; what it has reached stays."""
        warnings.warn("Training interrupted by user.", stacklevel=7)
        self.stop_reason = "interrupted by the user"
        self.converged = True

    def _epoch(self, epoch: int) -> Record:
        start = time.perf_counter()
        if self.rng is not None:
            shuffle(self.order, self.rng)
        n = len(self.order)
        factor = self.rate.factor
        if factor != self._factors[0]:
            self._factors = np.full(math.ceil(n / self.batch_size), factor)
        result = self.trainer.epoch(
            None if self.rng is None else self.order, self.batch_size, self._factors
        )
        self.samples_seen += n
        return Record(
            epoch=epoch,
            loss=self.objective(result),
            validation=self.validate() if self.validate else None,
            learning_rate=self.lr * factor,
            gradient_norms=result.gradient_norms,
            seconds=time.perf_counter() - start,
            finite=result.finite,
        )

    def _watched(self, record: Record) -> float:
        if self.early_stopping:
            assert record.validation is not None
            return -record.validation.score
        return record.loss

    def _diverged(self, record: Record) -> bool:
        if record.finite:
            return False
        what = f"Training diverged in epoch {record.epoch} at a learning rate of "
        what += f"{record.learning_rate:g}"
        if not self.early_stopping or self.best is None:
            raise DivergenceError(
                f"{NON_FINITE} {what}: scale inputs and targets to unit"
                " variance, or lower learning_rate_init.",
                record.epoch,
            )
        warnings.warn(
            f"{what}; the weights of the best validation score are kept.",
            RuntimeWarning,
            stacklevel=8,
        )
        self.stop_reason = f"diverged in epoch {record.epoch}"
        self.converged = True
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
            self._say(f"{message} Setting learning rate to {self.lr * self.rate.factor:f}")
            return False
        self._say(f"{message} Stopping.")
        self.stop_reason = message
        self.converged = True
        return True

    def _say(self, message: str) -> None:
        if self.on_message is not None:
            self.on_message(message)
