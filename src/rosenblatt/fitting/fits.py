"""A fit that has begun: how it goes on to its end, and the model that it returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.log import FitLog
from rosenblatt.model import Model
from rosenblatt.problem import Rows
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["Fit", "FullBatchFit", "FullBatchSolver", "SolverResult"]


class Fit(ABC):
    """A fit under way, which may be run in pieces, to the same end.

    Attributes
    ----------
    context : FitContext
        What it began with.
    """

    context: FitContext

    @property
    def log(self) -> FitLog:
        """What it has recorded so far."""
        return self.context.log

    @property
    @abstractmethod
    def carried(self) -> CarriedState:
        """What the next fit may continue from; valid between epochs and at the end."""

    def result(self) -> Model:
        """The model at this point: the best so far, under early stopping, or the current one.

        Returns
        -------
        Model
            Its parameters are those of the fit, in place: they change if the fit goes on.

        Raises
        ------
        DivergenceError
            If parameters are not finite.
        """
        theta, state = self.shown
        if not (np.isfinite(theta).all() and np.isfinite(state).all()):
            raise DivergenceError(NON_FINITE)
        return self.context.model(theta, state)

    def ended(self) -> None:
        """Call the callbacks that wait for the end."""
        self.context.callbacks.fit_ended(self.result, self.log)

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
        """The parameters and the state of `result`, in place."""

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
        """Find the parameters, and write the log."""

    @abstractmethod
    def state_dict(self) -> StateDict:
        """What it has come to; `solve` goes on from there after `restore`."""

    @abstractmethod
    def load_state_dict(self, state: StateDict) -> None: ...


@final
class FullBatchFit(Fit):
    """A fit in one piece, which pauses nowhere but at its end."""

    remark = None

    def __init__(self, context: FitContext, solver: FullBatchSolver) -> None:
        self.context, self._solver = context, solver
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
    def carried(self) -> CarriedState:
        return CarriedState(self.log)

    @property
    def shown(self) -> tuple[FloatArray, FloatArray]:
        solved = self._solved
        return self.context.theta if solved is None else solved.theta, self.context.state

    @property
    def rows(self) -> Rows:
        return self.context.train.order

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
