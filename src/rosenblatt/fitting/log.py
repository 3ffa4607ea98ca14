"""What a fit records as it goes: its curves, and why it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Self, final

import numpy as np

from rosenblatt.fitting.history import EpochRecord
from rosenblatt.support.state_dict import StateDict, plain_numbers

__all__ = ["FitLog", "checked_history", "history_entry"]

ALWAYS = (
    "history",
    "n_iter",
    "t",
    "loss",
    "stop_reason",
    "resumed_from",
    "best_iteration",
    "validation_loss_curve",
)
# Absent after 'lbfgs', as in scikit-learn.
CURVES = ("loss_curve", "best_loss", "validation_scores", "best_validation_score")
# Under these names and an underscore, which checkpoints have had from the first version on.
STORED_ENTRIES = (
    "best_loss",
    "best_validation_score",
    "history",
    "loss",
    "loss_curve",
    "n_iter",
    "t",
    "validation_loss_curve",
    "validation_scores",
)


@final
@dataclass(eq=False)
class FitLog:
    """The record of a fit, to which its solver writes; an estimator shows it as attributes.

    Attributes
    ----------
    history : list of dict
        One entry for each epoch or iteration; see `history_` of the estimators.
    n_iter : int
        Epochs or iterations of this fit.
    t : int
        Samples seen, also in the fits that this one continues.
    loss : float
        Of the last epoch; NaN before the first.
    stop_reason : str
        Why the fit ended; empty while it goes on.
    resumed_from : int or None
        The epoch of the checkpoint that the fit continues.
    loss_curve : list of float
    best_loss : float or None
    validation_loss_curve, validation_scores : list of float, or None
    best_validation_score : float or None
        As the attributes of the estimators.
    has_curves : bool
        Whether the solver writes `loss_curve` and what follows from it.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    n_iter: int = 0
    t: int = 0
    loss: float = math.nan
    stop_reason: str = ""
    resumed_from: int | None = None
    loss_curve: list[float] = field(default_factory=list)
    best_loss: float | None = None
    validation_loss_curve: list[float] | None = None
    validation_scores: list[float] | None = None
    best_validation_score: float | None = None
    has_curves: bool = True

    def continued(self) -> Self:
        """The log of a fit that continues this one: it appends to copies of the curves."""
        return replace(
            self,
            history=self.history.copy(),
            n_iter=0,
            stop_reason="",
            resumed_from=None,
            loss_curve=self.loss_curve.copy(),
            validation_loss_curve=copied(self.validation_loss_curve),
            validation_scores=copied(self.validation_scores),
        )

    def begin_curves(self, early_stopping: bool) -> None:
        """Drop the curves of earlier fits; under `early_stopping` scores are the measure."""
        self.has_curves = True
        self.loss_curve, self.validation_loss_curve = [], None
        self.best_loss = None if early_stopping else math.inf
        self.validation_scores = [] if early_stopping else None
        self.best_validation_score = -math.inf if early_stopping else None

    def add_epoch(self, record: EpochRecord, samples_seen: int, best: float) -> dict[str, Any]:
        """Append an epoch.

        Parameters
        ----------
        record : EpochRecord
        samples_seen : int
            In all.
        best : float
            The smallest value so far of what the fit monitors: the loss, or the negative score.

        Returns
        -------
        dict
            Its entry of `history`.
        """
        self.n_iter, self.t, self.loss = record.epoch, samples_seen, record.loss
        self.loss_curve.append(record.loss)
        entry = history_entry(record)
        self.history.append(entry)
        if self.validation_loss_curve is not None and record.validation is not None:
            self.validation_loss_curve.append(record.validation.loss)
        if self.validation_scores is None:
            self.best_loss = best
        else:
            assert record.validation is not None
            self.validation_scores.append(record.validation.score)
            self.best_validation_score = -best
        return entry

    @property
    def last_epoch(self) -> int:
        """The number of the last entry of `history`; 0 without one."""
        return int(self.history[-1]["epoch"]) if self.history else 0

    @property
    def best_iteration(self) -> int | None:
        """The epoch with the best validation score, counted from 1 as `n_iter` counts.

        0 where a fit with `warm_start` has not surpassed the best score of the fits before it;
        None without early stopping, and where no score is a number.
        """
        if not self.validation_scores:
            return None
        scores = np.array(self.validation_scores, np.float64)
        usable = scores > -math.inf  # a NaN is never the best
        if not usable.any():
            return None
        best = int(np.argmax(np.where(usable, scores, -math.inf)))
        return max(0, best + 1 - (len(scores) - self.n_iter))

    @property
    def attributes(self) -> dict[str, Any]:
        """The fitted attributes that show it: 'history_', 'n_iter_', …"""
        names = (*ALWAYS, *CURVES) if self.has_curves else ALWAYS
        return {f"{name}_": getattr(self, name) for name in names}

    def state_dict(self) -> StateDict:
        return StateDict({f"{name}_": getattr(self, name) for name in STORED_ENTRIES})

    def load_state_dict(self, state: StateDict) -> None:
        self.n_iter, self.t = state.whole("n_iter_"), state.whole("t_")
        self.loss, self.loss_curve = state.number("loss_"), state.numbers("loss_curve_")
        self.best_loss = state.number_or_none("best_loss_")
        self.best_validation_score = state.number_or_none("best_validation_score_")
        self.validation_loss_curve = state.numbers_or_none("validation_loss_curve_")
        scores = state.numbers_or_none("validation_scores_")
        if (scores is None) != (self.validation_scores is None):
            raise ValueError("validation_scores_ are those of another fit")
        self.validation_scores = scores
        self.history = checked_history(state.values["history_"])


NUMBERS = ("loss", "validation_loss", "validation_score", "learning_rate", "seconds")


def checked_history(history: Any) -> list[dict[str, Any]]:
    """A history from a file; ValueError unless its entries are such as fits write."""
    if type(history) is not list:
        raise ValueError("the history is no list")
    for entry in history:
        if type(entry["epoch"]) is not int:
            raise ValueError("an epoch of the history is no whole number")
        plain_numbers(entry.get("gradient_norm", []), "gradient_norm")
        others = (entry.get(name) for name in NUMBERS)
        plain_numbers([x for x in others if x is not None], "history")
    return history


def copied(curve: list[float] | None) -> list[float] | None:
    return None if curve is None else curve.copy()


def history_entry(record: EpochRecord) -> dict[str, Any]:
    """The entry of `history_` for an epoch."""
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
        **(record.notes or {}),
    }
