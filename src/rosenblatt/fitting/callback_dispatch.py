"""Who follows a fit: callables given as `callbacks`, and scikit-learn's by `set_callbacks`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, final

import numpy as np
from sklearn.callback import CallbackContext

from rosenblatt.callbacks import EpochEnd, StopTraining
from rosenblatt.estimators.fitted import fitted_attributes
from rosenblatt.fitting.estimator_view import view
from rosenblatt.network import Network
from rosenblatt.stopping import Ending
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["CallbackDispatcher"]


@final
class CallbackDispatcher:
    """Everybody who is told of a fit's beginning, of its epochs or iterations, and of its end.

    scikit-learn's callbacks see a task for the fit and, in it, one for each epoch.
    """

    def __init__(
        self, est: BaseMLP, callbacks: Sequence[Callable[[EpochEnd], Any]], **data: Any
    ) -> None:
        self.est, self.callbacks = est, callbacks
        self.given = {"estimator": est, **data}
        self.fit: CallbackContext | None = None
        self.epoch: CallbackContext | None = None
        if hasattr(est, "_skl_callbacks"):
            self.fit = est._callback_fit_ctx
            self.fit.call_on_fit_task_begin(**self.given)

    @property
    def present(self) -> bool:
        """Whether there is anybody."""
        return bool(self.callbacks) or self.fit is not None

    def epoch_begins(self) -> None:
        if self.fit is not None:
            self.epoch = self.fit.subcontext(task_name="epoch")
            self.epoch.call_on_fit_task_begin(**self.given)

    def epoch_ended(
        self, record: dict[str, Any], network: Network, weights: FloatArray, state: FloatArray
    ) -> Ending | None:
        """Tell all of an entry of `history_`; the ending that the first of them asks for."""
        asked = []
        if self.callbacks:
            told = EpochEnd(record["epoch"], record, view(self.est, network, weights, state))
            asked = [name_of(callback) for callback in self.callbacks if stops(callback, told)]
        if self.epoch is not None and self.epoch.call_on_fit_task_end(
            **self.given,
            # Of the moment: the fit goes on in the same arrays.
            reconstruction_attributes=lambda: fitted_attributes(
                network, weights.copy(), state.copy()
            ),
        ):
            asked.append("of scikit-learn's")
        if not asked:
            return None
        return Ending(f"callback {asked[0]} stopped the fit in epoch {record['epoch']}", True)

    def fit_ended(self) -> None:
        if self.fit is not None:
            self.fit.call_on_fit_task_end(**self.given, reconstruction_attributes={})


def stops(callback: Callable[[EpochEnd], Any], told: EpochEnd) -> bool:
    try:
        returned = callback(told)
    except StopTraining:
        return True
    return isinstance(returned, bool | np.bool_) and bool(returned)


def name_of(callback: Any) -> str:
    return getattr(callback, "__qualname__", None) or type(callback).__qualname__
