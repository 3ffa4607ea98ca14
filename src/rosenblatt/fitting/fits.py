"""A fit that has begun: what it starts from, and how it goes on to its end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.fitting.callback_dispatch import CallbackDispatcher
from rosenblatt.network import Network
from rosenblatt.options.config import TrainingConfig
from rosenblatt.problem import Arrays, Rows
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["Fit", "FitContext", "FullBatchFit", "FullBatchSolver", "SolverResult"]


@final
@dataclass
class FitContext:
    """What a solver takes over from the estimator; it writes the fit's attributes on `est`.

    Attributes
    ----------
    theta, state : arrays
        To begin from; those who learn epoch by epoch change them in place.
    train, validation : Arrays
        The rows to learn from, and those to validate on where they were given.
    incremental : bool
        Whether this is a call of `partial_fit`.
    """

    est: BaseMLP
    network: Network
    theta: FloatArray
    state: FloatArray
    train: Arrays
    validation: Arrays | None
    rng: np.random.RandomState
    control: TrainingConfig
    followers: CallbackDispatcher
    incremental: bool = False


class Fit(ABC):
    """A fit under way, which may be run in pieces, to the same end."""

    start: FitContext

    @abstractmethod
    def run(self, until: int | None = None) -> None:
        """Go on to the end, or to a pause after epoch `until`."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether there is nothing left to run."""

    @property
    @abstractmethod
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it, perhaps in the middle of an epoch."""

    @property
    @abstractmethod
    def converged(self) -> bool:
        """Whether it ended by none of its limits."""

    @property
    @abstractmethod
    def remark(self) -> str | None:
        """What else there is to say of its end."""

    @property
    @abstractmethod
    def shown(self) -> tuple[FloatArray, FloatArray]:
        """The parameters and the state that the fit shows as it stands, where they lie."""

    @property
    @abstractmethod
    def rows(self) -> Rows:
        """Before its first step: the numbers of the rows that it learns from."""

    @abstractmethod
    def other_rates(self, max_iter: int) -> str:
        """The schedule whose rates so far would be others in a run of that length, in words."""

    @abstractmethod
    def keep(self, at_rest: Callable[[Fit], None]) -> None:
        """Have this called between epochs, or steps, when a snapshot is one to go on from.

        TypeError where a part of the fit cannot be told.
        """

    @abstractmethod
    def state_dict(self) -> StateDict:
        """What it has come to, at rest or at the end."""

    @abstractmethod
    def load_state_dict(self, state: StateDict) -> None:
        """Stand where it was taken, before the first step of this fit.

        Where it was taken at an end that this fit's limits still put there, nothing is left to run.
        """

    @abstractmethod
    def let_go(self) -> None:
        """Drop what was kept for the last state."""

    @abstractmethod
    def warn_of_limit(self) -> None:
        """Say that a limit ended the fit before it converged, where one did, and the remark."""


@final
class SolverResult(NamedTuple):
    """The parameters that a solver has found, and, where a limit ended it, what to say of it.

    `interrupted` says that Ctrl-C did.
    """

    theta: FloatArray
    limit: str | None
    interrupted: bool


class FullBatchSolver(ABC):
    """A method over all rows at once, which has nothing but its steps between beginning and end.

    Attributes
    ----------
    at_rest : callable or None
        To be called between steps, when a snapshot is one to go on from. Without it nothing of the
        way is kept, and there is no state.
    """

    at_rest: Callable[[], None] | None = None

    @abstractmethod
    def solve(self) -> SolverResult:
        """Find the parameters, and write the fit's attributes on the estimator."""

    @abstractmethod
    def state_dict(self) -> StateDict:
        """What it has come to; `solve` goes on from there after `restore`."""

    @abstractmethod
    def load_state_dict(self, state: StateDict) -> None: ...


@final
class FullBatchFit(Fit):
    """A fit in one piece, which pauses nowhere but at its end."""

    remark = None

    def __init__(self, start: FitContext, solver: FullBatchSolver) -> None:
        self.start, self._solver = start, solver
        self._solved: SolverResult | None = None

    def run(self, until: int | None = None) -> None:
        if self._solved is None:
            self._solved = self._solver.solve()

    @property
    def finished(self) -> bool:
        return self._solved is not None

    @property
    def interrupted(self) -> bool:
        return self._solved is not None and self._solved.interrupted

    @property
    def converged(self) -> bool:
        return self._solved is not None and self._solved.limit is None

    @property
    def shown(self) -> tuple[FloatArray, FloatArray]:
        solved = self._solved
        return self.start.theta if solved is None else solved.theta, self.start.state

    @property
    def rows(self) -> Rows:
        return self.start.train.order

    def other_rates(self, max_iter: int) -> str:
        return ""

    def keep(self, at_rest: Callable[[Fit], None]) -> None:
        self._solver.at_rest = lambda: at_rest(self)

    def state_dict(self) -> StateDict:
        return self._solver.state_dict()

    def load_state_dict(self, state: StateDict) -> None:
        self._solver.load_state_dict(state)

    def let_go(self) -> None:
        pass

    def warn_of_limit(self) -> None:
        if self._solved is not None and self._solved.limit is not None:
            warn_caller(self._solved.limit, ConvergenceWarning)
