"""Stopping rules (theory B12)."""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict

__all__ = [
    "Ending",
    "GradientTolerance",
    "NoImprovement",
    "RunProgress",
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


@final
@dataclass(frozen=True)
class RunProgress:
    """What a run has reached: the values that stopping rules compare with their limits.

    Parameters
    ----------
    epoch : int
        Completed epochs or iterations.
    seconds : float
        Since the run began.
    loss : float, default NaN
        The reported training loss of the latest epoch. NaN, as is the gradient's norm, where a
        resumed run has not trained an epoch yet: no comparison with a NaN holds.
    gradient_norm : float, default NaN
        Over all layers; root mean square over the epoch's batches.
    """

    epoch: int
    seconds: float
    loss: float = math.nan
    gradient_norm: float = math.nan


class StoppingRule(ABC):
    """A stateless criterion that is evaluated after every epoch or iteration.

    Attributes
    ----------
    only_time : bool
        Whether it depends on time alone. The trainer may then run several epochs in one call.
    flag : array (1,) of uint8, optional
        Ends an epoch that is running once another thread has made it 1. None where it is of no use.
    """

    only_time: ClassVar[bool] = False
    flag: npt.NDArray[np.uint8] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls).get("ending")
        if own is not None and "gradient_norm" in inspect.signature(own).parameters:
            warn_caller(
                f"{cls.__name__}.ending takes a single RunProgress now, which has gradient_norm"
                " and seconds. The two numbers go in 0.3.",
                FutureWarning,
            )
            setattr(cls, "ending", by_progress(own))  # noqa: B010 (a method, to mypy)

    @abstractmethod
    def ending(self, progress: RunProgress) -> Ending | None:
        """The ending that is due after an epoch, if any."""

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

    def ending(self, progress: RunProgress) -> Ending | None:
        norm = progress.gradient_norm
        if not norm < self.tol:
            return None
        return Ending(f"gradient norm {norm:.3g} fell below grad_tol={self.tol:g}", True)

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

    def ending(self, progress: RunProgress) -> Ending | None:
        if progress.seconds < self.limit:
            return None
        return Ending(f"reached max_time={self.limit:g} seconds", False)

    def seconds_left(self, seconds: float) -> float:
        return self.limit - seconds


def first_ending(rules: Iterable[StoppingRule], progress: RunProgress) -> Ending | None:
    """The ending of the first rule that is due, if any."""
    return next(filter(None, (rule.ending(progress) for rule in rules)), None)


def by_progress(
    ending: Callable[[Any, float, float], Ending | None],
) -> Callable[[Any, RunProgress], Ending | None]:
    """A user's `ending` with the two numbers of 0.1.0, as a method that takes a RunProgress."""

    def of_progress(rule: Any, progress: RunProgress) -> Ending | None:
        return ending(rule, progress.gradient_norm, progress.seconds)

    return of_progress


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
        self.best, self.count = state.number("best"), state.whole("count")
