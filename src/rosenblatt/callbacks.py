"""What a user's callbacks are told after every epoch, and how they end a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

__all__ = ["EpochEnd", "StopTraining"]


@final
class StopTraining(Exception):
    """Raised by a callback to end the fit after the epoch in hand; returning True does the same."""


@final
@dataclass(frozen=True)
class EpochEnd:
    """What a callback is called with.

    Attributes
    ----------
    epoch : int
        From 1 in every fit; for 'lbfgs', 'lm' and 'gauss_newton' the iteration.
    record : dict
        The epoch's entry of `history_`.
    estimator : estimator
        Predicts with the weights of the moment, or with their average where there is one, without
        a copy of them: they move on with the fit. `copy.deepcopy` keeps them.
    """

    epoch: int
    record: dict[str, Any]
    estimator: Any
