"""When to stop (theory B12)."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, final

from rosenblatt.support.state_dict import StateDict

__all__ = ["Ending", "GradientTolerance", "NoImprovement", "StoppingRule", "TimeLimit", "ending"]


@final
class Ending(NamedTuple):
    """Why a run ends, in words, and whether it has thereby converged or met a limit."""

    reason: str
    converged: bool


class StoppingRule(ABC):
    """Looks at where a run stands after an epoch, or an iteration, and has no memory of its own."""

    only_time: ClassVar[bool] = False  # whether it looks at nothing but the time

    @abstractmethod
    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        """The ending that is due, if any.

        `gradient_norm` is over all layers, root mean square over the epoch's batches; `seconds` are
        those since the run began.
        """

    @abstractmethod
    def seconds_left(self, seconds: float) -> float:
        """How long the next epoch may take; inf without a limit."""


@final
@dataclass(frozen=True)
class GradientTolerance(StoppingRule):
    """‖∇J‖ < ε (B12); in full batch the exact norm."""

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
    """A limit on the wall time of a run."""

    only_time = True
    limit: float

    def ending(self, gradient_norm: float, seconds: float) -> Ending | None:
        if seconds < self.limit:
            return None
        return Ending(f"reached max_time={self.limit:g} seconds", False)

    def seconds_left(self, seconds: float) -> float:
        return self.limit - seconds


def ending(rules: Iterable[StoppingRule], gradient_norm: float, seconds: float) -> Ending | None:
    """The first rule's ending that is due, if any."""
    return next(filter(None, (rule.ending(gradient_norm, seconds) for rule in rules)), None)


@final
@dataclass
class NoImprovement:
    """Counts the epochs in a row in which a value to be minimised fell by less than `tol`.

    A NaN counts as an improvement and never as the best: scikit-learn's rule.
    """

    tol: float
    patience: float
    best: float = math.inf
    count: int = 0

    def observe(self, value: float) -> bool:
        """Take in an epoch's value; whether it is the best so far."""
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
