"""A fit: it runs to its end, in pieces if need be, and returns a model."""

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
    """A fit that `begin` has made. Run in pieces it gives the same bits as in one go.

    Attributes
    ----------
    context : FitContext
    """

    context: FitContext

    @property
    def log(self) -> FitLog:
        """The record so far."""
        return self.context.log

    @property
    @abstractmethod
    def carried(self) -> CarriedState:
        """The state that the next fit may continue from; valid between epochs and at the end."""

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
        theta, state = self.selected
        if not (np.isfinite(theta).all() and np.isfinite(state).all()):
            raise DivergenceError(NON_FINITE)
        return self.context.model(theta, state)

    def ended(self) -> None:
        """Call the callbacks for the end of the fit."""
        self.context.callbacks.fit_ended(self.result, self.log)

    @abstractmethod
    def run(self, until: int | None = None) -> None:
        """Train to the end, or to a pause after epoch `until`."""

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
        """Whether it ended for another reason than a limit, such as `max_iter`."""

    @property
    @abstractmethod
    def remark(self) -> str | None:
        """A warning about the result, in words; None without one."""

    @property
    @abstractmethod
    def selected(self) -> tuple[FloatArray, FloatArray]:
        """Parameters and network state of `result`, in place."""

    @property
    @abstractmethod
    def rows(self) -> Rows:
        """Before the first step: the numbers of the rows to train on."""

    @abstractmethod
    def schedule_of_length(self, max_iter: int) -> str:
        """The schedule whose rates so far would differ with that `max_iter`, in words; or ''."""

    @abstractmethod
    def enable_checkpoints(self, at_rest: Callable[[Fit], None]) -> None:
        """Call a function whenever `state_dict` is one to resume from: between epochs, or steps.

        Raises
        ------
        TypeError
            If a part of the fit, such as a schedule of the user's, has no serialisable state.
        """

    @abstractmethod
    def state_dict(self) -> StateDict:
        """Its serialisable state, between epochs or at the end."""

    @abstractmethod
    def load_state_dict(self, state: StateDict) -> None:
        """Resume from a state, before the first step of this fit.

        The state of a finished fit stays finished if this fit's limits imply the same end.
        """

    @abstractmethod
    def release(self) -> None:
        """Free the memory that only further checkpoints would need."""

    @abstractmethod
    def warn_of_limit(self) -> None:
        """Warn if a limit ended the fit before it converged; and of `remark`."""


@final
class SolverResult(NamedTuple):
    """The result of a solver.

    Attributes
    ----------
    theta : array of shape (n_parameters,)
    limit : str or None
        The warning to issue, if a limit ended it.
    interrupted : bool
        Whether Ctrl-C ended it.
    """

    theta: FloatArray
    limit: str | None
    interrupted: bool


class FullBatchSolver(ABC):
    """A method over all rows at once, in iterations in place of epochs.

    Attributes
    ----------
    at_rest : callable or None
        Set before `solve`, where the fit keeps checkpoints. `solve` calls it between two steps, and
        only where `state_dict` has all that the next step depends on. None where there are no
        checkpoints: `state_dict` is not called then.
    """

    at_rest: Callable[[], None] | None = None

    @abstractmethod
    def solve(self) -> SolverResult:
        """Find the parameters, and write the log.

        It begins at `context.theta`, or where `load_state_dict` has put it.

        In `context.log` it sets `n_iter`, `stop_reason` and `loss`, as `context.reported` gives it.
        `Iterations.ended`, called after each iteration, writes `history` and calls the callbacks.
        A solver with a loss curve calls `begin_curves(early_stopping=False)` when it is made,
        appends to `loss_curve` and sets `best_loss`; one without sets `has_curves` to False.
        """

    @abstractmethod
    def state_dict(self) -> StateDict:
        """All that the rest of `solve` depends on: plain values, arrays and parts of both.

        The iterate, counters such as evaluations, what the method keeps from step to step, the
        state of its `Iterations`, and `loss_curve` where the solver writes one. `solve` after
        `load_state_dict` must end with the bits of an uninterrupted run.
        """

    @abstractmethod
    def load_state_dict(self, state: StateDict) -> None:
        """Take the state that `solve` is to begin from; called before it, at most once."""


@final
class FullBatchFit(Fit):
    """A fit by a `FullBatchSolver`: it runs in one piece, without pauses."""

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
    def selected(self) -> tuple[FloatArray, FloatArray]:
        solved = self._solved
        return self.context.theta if solved is None else solved.theta, self.context.state

    @property
    def rows(self) -> Rows:
        return self.context.train.order

    def schedule_of_length(self, max_iter: int) -> str:
        return ""

    def enable_checkpoints(self, at_rest: Callable[[Fit], None]) -> None:
        self._solver.at_rest = lambda: at_rest(self)

    def state_dict(self) -> StateDict:
        return self._solver.state_dict()

    def load_state_dict(self, state: StateDict) -> None:
        self._solver.load_state_dict(state)

    def release(self) -> None:
        pass

    def warn_of_limit(self) -> None:
        if self._solved is not None and self._solved.limit is not None:
            warn_caller(self._solved.limit, ConvergenceWarning)
