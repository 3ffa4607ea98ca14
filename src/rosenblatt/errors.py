"""The two errors that callers may want to tell apart from every other ``ValueError``."""

from __future__ import annotations

from typing import final

# How scikit-learn's perceptrons put it; what is known of the cause is added where it is known.
NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and need"
    " to be preprocessed."
)


@final
class InputError(ValueError):
    """The user's input is at fault; one sentence says what and how to mend it."""


@final
class DivergenceError(ValueError):
    """Training diverged; the message names where, and the likely cause.

    Attributes
    ----------
    epoch, batch, layer : int or None
        Each from 1, where there was one: of solvers over all rows `epoch` is the iteration.
    """

    def __init__(
        self,
        message: str,
        epoch: int | None = None,
        batch: int | None = None,
        layer: int | None = None,
    ) -> None:
        super().__init__(message)
        self.epoch, self.batch, self.layer = epoch, batch, layer
