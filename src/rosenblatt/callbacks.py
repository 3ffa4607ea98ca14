"""The argument of callbacks, and the exception by which they end a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

__all__ = ["EpochEnd", "StopTraining"]


@final
class StopTraining(Exception):
    """Raised by a callback to end the fit after this epoch; returning True does the same."""


@final
@dataclass(frozen=True)
class EpochEnd:
    """The argument of a callback.

    Attributes
    ----------
    epoch : int
        From 1 in every fit; for a solver over all rows, such as 'lbfgs', the iteration.
    record : dict
        The epoch's entry of `history_`.
    estimator : estimator
        Predicts with the current weights, or with their average where there is one. They are not
        copied and change as the fit goes on; `copy.deepcopy` keeps them.
    """

    epoch: int
    record: dict[str, Any]
    estimator: Any
