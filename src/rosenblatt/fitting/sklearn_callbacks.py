"""scikit-learn's own callbacks, set by `set_callbacks`, for which every epoch is a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

from sklearn.callback import CallbackContext

__all__ = ["SklearnCallbacks"]

Attributes = Callable[[], Mapping[str, Any]]


@final
@dataclass
class SklearnCallbacks:
    """The task of a fit and, in it, one task for each epoch or iteration.

    Attributes
    ----------
    fit : CallbackContext
        Of the whole fit.
    given : mapping
        What every callback is called with: `estimator`, `X`, `y` and `metadata`.
    epoch : CallbackContext, optional
        Of the current epoch.
    """

    fit: CallbackContext
    given: Mapping[str, Any]
    epoch: CallbackContext | None = None

    def fit_begins(self) -> None:
        self.fit.call_on_fit_task_begin(**self.given)

    def epoch_begins(self) -> None:
        self.epoch = self.fit.subcontext(task_name="epoch")
        self.epoch.call_on_fit_task_begin(**self.given)

    def epoch_ended(self, attributes: Attributes) -> bool:
        """End the epoch's task; `attributes` make a fitted copy. Returns whether to stop."""
        assert self.epoch is not None
        return bool(
            self.epoch.call_on_fit_task_end(**self.given, reconstruction_attributes=attributes)
        )

    def fit_ended(self, attributes: Attributes) -> None:
        self.fit.call_on_fit_task_end(**self.given, reconstruction_attributes=attributes)
