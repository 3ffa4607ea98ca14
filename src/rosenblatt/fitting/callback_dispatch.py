"""Calls the callbacks of a fit: callables given as `callbacks`, and scikit-learn's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, final

import numpy as np

from rosenblatt.callbacks import EpochEnd, StopTraining
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.sklearn_callbacks import SklearnCallbacks
from rosenblatt.model import Model
from rosenblatt.stopping import Ending

__all__ = ["CallbackDispatcher", "MakeView", "model_as_view"]


class MakeView(Protocol):
    """Makes what callbacks and scorers predict with."""

    def __call__(self, model: Model, log: FitLog, *, named: bool = True) -> Any:
        """A predictor with the model's parameters in place, not a copy of them.

        Parameters
        ----------
        model : Model
        log : FitLog
            As it stands; it goes on with the fit.
        named : bool
            Whether the predictor checks the names of columns. Rows that were prepared for the fit
            have none.
        """


def model_as_view(model: Model, log: FitLog, *, named: bool = True) -> Any:
    """The view of a fit without an estimator: the model, which predicts arrays."""
    return model


@final
@dataclass
class CallbackDispatcher:
    """Calls every callback of a fit.

    Attributes
    ----------
    callbacks : sequence of callables
        Called with an `EpochEnd` after every epoch or iteration.
    make_view : callable
        Makes the estimator of an `EpochEnd`; see `MakeView`.
    sklearn : SklearnCallbacks, optional
    """

    callbacks: Sequence[Callable[[EpochEnd], Any]]
    make_view: MakeView = model_as_view
    sklearn: SklearnCallbacks | None = None

    @property
    def present(self) -> bool:
        """Whether there are any callbacks."""
        return bool(self.callbacks) or self.sklearn is not None

    def fit_begins(self) -> None:
        if self.sklearn is not None:
            self.sklearn.fit_begins()

    def epoch_begins(self) -> None:
        if self.sklearn is not None:
            self.sklearn.epoch_begins()

    def epoch_ended(self, entry: dict[str, Any], model: Model, log: FitLog) -> Ending | None:
        """Call all of them after an epoch; the ending that the first of them asks for.

        Parameters
        ----------
        entry : dict
            The epoch's entry of `history_`.
        model : Model
            With the parameters of the moment, in place.
        log : FitLog
        """
        asked = []
        if self.callbacks:
            event = EpochEnd(entry["epoch"], entry, self.make_view(model, log))
            asked = [name_of(callback) for callback in self.callbacks if stops(callback, event)]
        if self.sklearn is not None and self.sklearn.epoch_ended(
            # A copy, because the fit goes on in the same arrays.
            lambda: vars(self.make_view(model.astype(model.dtype), log))
        ):
            asked.append("of scikit-learn's")
        if not asked:
            return None
        return Ending(f"callback {asked[0]} stopped the fit in epoch {entry['epoch']}", True)

    def fit_ended(self, model: Callable[[], Model], log: FitLog) -> None:
        if self.sklearn is not None:
            self.sklearn.fit_ended(lambda: vars(self.make_view(model(), log)))


def stops(callback: Callable[[EpochEnd], Any], event: EpochEnd) -> bool:
    try:
        returned = callback(event)
    except StopTraining:
        return True
    return isinstance(returned, bool | np.bool_) and bool(returned)


def name_of(callback: Any) -> str:
    return getattr(callback, "__qualname__", None) or type(callback).__qualname__
