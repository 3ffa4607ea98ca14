"""Stopping rules (theory B12)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, final

from rosenblatt.support.state_dict import StateDict

__all__ = [
    "Ending",
    "GradientTolerance",
    "NoImprovement",
    "StoppingRule",
    "TimeLimit",
    "first_ending",
]


@final
class Ending(NamedTuple):
    """Why a run ends.

    Attributes
    ----------
    reason : str
    converged : bool
        False where a limit ended it, such as one on time.
    """

    reason: str
    converged: bool


class StoppingRule(ABC):
    """A stateless criterion that is evaluated after every epoch or iteration.

    Attributes
    ----------
    only_time : bool
        Whether it depends on time alone. The trainer may then run several epochs in one call.
    """

    only_time: ClassVar[bool] = False

    @abstractmethod
    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        """The ending that is due, if any.

        Parameters
        ----------
        gradient_norm : float
            Over all layers; root mean square over the epoch's batches.
        seconds : float
            Since the run began.
        """

    @abstractmethod
    def seconds_left(self, seconds: float) -> float:
        """Seconds that the next epoch may take; inf without a limit."""


@final
@dataclass(frozen=True)
class GradientTolerance(StoppingRule):
    """‖∇J‖ < ε (B12); exact for full batches.

    Parameters
    ----------
    tol : float
        ε.
    """

    tol: float

    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        if not gradient_norm < self.tol:
            return None
        return Ending(f"gradient norm {gradient_norm:.3g} fell below grad_tol={self.tol:g}", True)

    def seconds_left(self, seconds: float) -> float:
        return math.inf


@final
@dataclass(frozen=True)
class TimeLimit(StoppingRule):
    """A limit on the wall time of a run.

    Parameters
    ----------
    limit : float
        Seconds.
    """

    only_time = True
    limit: float

    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        if seconds < self.limit:
            return None
        return Ending(f"reached max_time={self.limit:g} seconds", False)

    def seconds_left(self, seconds: float) -> float:
        return self.limit - seconds


def first_ending(
    rules: Iterable[StoppingRule], gradient_norm: float, seconds: float
) -> Ending | None:
    """The ending of the first rule that is due, if any."""
    return next(filter(None, (rule.ending(gradient_norm, seconds) for rule in rules)), None)


@final
@dataclass
class NoImprovement:
    """Counts epochs in a row in which a value to be minimised fell by less than `tol`.

    A NaN counts as an improvement and never as the best: scikit-learn's rule.

    Attributes
    ----------
    tol, patience : float
    best : float
        The smallest value so far.
    count : int
        Epochs in a row without improvement.
    """

    tol: float
    patience: float
    best: float = math.inf
    count: int = 0

    def observe(self, value: float) -> bool:
        """Count an epoch's value; whether it is the best so far."""
        self.count = self.count + 1 if value > self.best - self.tol else 0
        is_best = value < self.best
        if is_best:
            self.best = value
        return is_best

    @property
    def exhausted(self) -> bool:
        return self.count > self.patience

    def state_dict(self) -> StateDict:
        return StateDict({"best": self.best, "count": self.count})

    def load_state_dict(self, state: StateDict) -> None:
        self.best, self.count = state.values["best"], state.values["count"]
