"""The iterations of a least-squares method, and their result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import final

import numpy as np

from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.second_order.least_squares import LeastSquares, LinearModel
from rosenblatt.second_order.least_squares_values import Iterate, Limits, Minimum
from rosenblatt.stopping import Ending
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.products import norm
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import Float64Array

__all__ = ["LeastSquaresMethod", "LeastSquaresRun", "minimize"]

REMEDY = "take a first-order solver, such as 'adam'"


@final
class ModelOverflow(Exception):
    """The linear model at a point of lower loss is not finite; the run ends at the point before."""


@final
class LeastSquaresRun:
    """The current point of a least-squares method, with its losses and linear model.

    Attributes
    ----------
    theta : array (n_parameters,)
    losses : tuple of two floats
        Data loss and penalty.
    model : LinearModel
    n_iter, n_trials : int
        Accepted and tried steps.
    carried : dict
        Numbers that the method keeps from trial to trial; empty at the beginning.
    at_rest : callable or None
        Called before every trial, when `state_dict` is one to resume from.
    """

    theta: Float64Array
    losses: tuple[float, float]
    model: LinearModel

    def __init__(
        self,
        problem: LeastSquares,
        theta: Float64Array,
        limits: Limits,
        on_iterate: Callable[[Iterate], Ending | None],
        at_rest: Callable[[], None] | None = None,
    ) -> None:
        self.at_rest = at_rest
        self._problem, self._limits, self._on_iterate = problem, limits, on_iterate
        self.n_iter = self.n_trials = 0
        self._trials_before = 0
        self._requested: Ending | None = None
        self.carried: dict[str, float] = {}
        problem.refuse_nan(theta)
        losses = self._losses(theta)
        if not np.isfinite(sum(losses)):
            raise self._no_beginning("loss", theta)
        self.theta, self.losses, self.model = theta, losses, self._linear_model(theta)
        if not self.model.is_finite:
            raise self._no_beginning("gradient", theta)

    @property
    def loss(self) -> float:
        """The objective at the current point."""
        return sum(self.losses)

    def limit(self, **carried: float) -> Ending | None:
        """The ending that is due before the next trial, if any (B12); keeps `carried`."""
        self.carried = carried
        if self.at_rest is not None:
            self.at_rest()
        limits = self._limits
        if self._requested is not None:
            return self._requested
        if np.abs(self.model.gradient).max() <= limits.grad_tol:
            return Ending(f"no entry of the gradient exceeds tol={limits.grad_tol:g}", True)
        if self.n_iter >= limits.max_iter:
            return Ending(f"reached max_iter={limits.max_iter}", False)
        if self.n_trials >= limits.max_trials:
            return Ending(f"reached max_fun={limits.max_trials} step trials", False)
        return None

    def is_tiny(self, delta: Float64Array, step_tol: float) -> bool:
        """Whether a step is negligible relative to the parameters."""
        size = norm(self.theta)
        return norm(delta) <= step_tol * (size + step_tol)

    def trial(self, delta: Float64Array) -> tuple[float, float]:
        """Data loss and penalty at θ + δ."""
        self.n_trials += 1
        return self._losses(self.theta + delta)

    def accept(
        self, delta: Float64Array, losses: tuple[float, float], *, damping: float, length: float
    ) -> None:
        """Move to θ + δ, where a trial found these losses."""
        theta = self.theta + delta
        self._problem.refuse_nan(theta)
        model = self._linear_model(theta)
        if not model.is_finite:
            finding = self._problem.finding(theta, moved=True)
            raise ModelOverflow(f"in iteration {self.n_iter + 1}: {finding.message(REMEDY)}")
        self.theta, self.losses, self.model = theta, losses, model
        self.n_iter += 1
        trials, self._trials_before = self.n_trials - self._trials_before, self.n_trials
        self._requested = self._on_iterate(
            Iterate(theta, *losses, model.gradient, damping, length, trials)
        )

    def state_dict(self) -> StateDict:
        counts = {
            "n_iter": self.n_iter,
            "n_trials": self.n_trials,
            "trials_before": self._trials_before,
            "carried": self.carried,
        }
        return StateDict(counts, {"theta": self.theta})

    def load_state_dict(self, state: StateDict, requested: Ending | None) -> None:
        """Resume at the state's θ, with the ending that a callback had requested there."""
        self.n_iter, self.n_trials = state.whole("n_iter"), state.whole("n_trials")
        self._trials_before = state.whole("trials_before")
        self.carried, self._requested = dict(state.values["carried"]), requested

    def _no_beginning(self, what: str, theta: Float64Array) -> DivergenceError:
        finding = self._problem.finding(theta, moved=False)
        return DivergenceError(
            f"{NON_FINITE} The {what} of the initial weights is not finite:"
            f" {finding.message(REMEDY)}.",
            layer=finding.layer,
        )

    def _linear_model(self, theta: Float64Array) -> LinearModel:
        with np.errstate(all="ignore"):  # checked afterwards
            return self._problem.linear_model(theta)

    def _losses(self, theta: Float64Array) -> tuple[float, float]:
        with np.errstate(all="ignore"):  # such a step is not accepted
            return self._problem.losses(theta)


class LeastSquaresMethod(ABC):
    """A method that derives steps from linear models.

    Attributes
    ----------
    max_parameters : int
        The largest network: every trial factorises a triangle of so many columns.
    """

    max_parameters: int

    @abstractmethod
    def iterate(self, run: LeastSquaresRun) -> Ending:
        """Iterate until an ending is due."""


def minimize(method: LeastSquaresMethod, run: LeastSquaresRun) -> Minimum:
    """Run the method to its end; Ctrl-C ends it at the last accepted step.

    Raises
    ------
    ValueError
        If a user-defined activation gives NaN.
    """
    interrupted = False
    try:
        end = method.iterate(run)
    except ModelOverflow as overflow:
        end = Ending(str(overflow), False)
    except KeyboardInterrupt:
        warn_caller("Training interrupted by user.")
        end, interrupted = Ending("interrupted by the user", True), True
    return Minimum(run.theta, *run.losses, run.n_iter, run.n_trials, end, interrupted)
