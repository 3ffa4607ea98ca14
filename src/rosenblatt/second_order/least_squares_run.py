"""The way of a least-squares method from point to point, and where it ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.second_order.least_squares import LeastSquares, LinearModel
from rosenblatt.stopping import Ending
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.products import norm
from rosenblatt.support.state_dict import StateDict

__all__ = ["Iterate", "LeastSquaresMethod", "Limits", "Minimum", "Walk", "minimize"]

Vector = npt.NDArray[np.float64]

REMEDY = "take a first-order solver, such as 'adam'"


@final
class Overflow(Exception):
    """The linear model at a point of lower loss is not finite: the walk ends before it."""


@final
@dataclass(frozen=True)
class Limits:
    """Accepted steps and tried steps at most, and the largest entry of a gradient that counts as
    zero."""

    max_iter: int
    max_trials: int
    grad_tol: float


@final
@dataclass(frozen=True)
class Iterate:
    """An accepted step: parameters, data loss, penalty and gradient after it, and how it was found.

    `damping` is the μ of its system, `length` the share of the system's solution that was taken,
    `trials` the steps tried since the last accepted one, this one included.
    """

    theta: Vector
    data_loss: float
    penalty: float
    gradient: Vector
    damping: float
    length: float
    trials: int


@final
@dataclass(frozen=True)
class Minimum:
    """Where a walk ended: parameters, data loss and penalty there, and the counts of its steps.

    `end` has not converged at a limit of steps, or where no step helps; Ctrl-C is one of a kind.
    """

    theta: Vector
    data_loss: float
    penalty: float
    n_iter: int
    n_trials: int
    end: Ending
    interrupted: bool = False


@final
class Walk:
    """The point reached, with its losses and its linear model, and the way there.

    Attributes
    ----------
    carried : dict
        What a method takes along from trial to trial, by name; empty at the beginning.
    at_rest : callable or None
        Called before every trial, when a snapshot is one to go on from.
    """

    theta: Vector
    losses: tuple[float, float]
    model: LinearModel

    def __init__(
        self,
        problem: LeastSquares,
        theta: Vector,
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
        """The objective at the point reached."""
        return sum(self.losses)

    def limit(self, **carried: float) -> Ending | None:
        """The reason to end here, if there is one (B12); `carried` is what a trial would go by."""
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

    def is_tiny(self, delta: Vector, step_tol: float) -> bool:
        """Whether a step is within `step_tol` of nothing, relative to the parameters."""
        size = norm(self.theta)
        return norm(delta) <= step_tol * (size + step_tol)

    def trial(self, delta: Vector) -> tuple[float, float]:
        """Data loss and penalty at θ + δ."""
        self.n_trials += 1
        return self._losses(self.theta + delta)

    def accept(
        self, delta: Vector, losses: tuple[float, float], *, damping: float, length: float
    ) -> None:
        """Go to θ + δ, where a trial found these losses."""
        theta = self.theta + delta
        self._problem.refuse_nan(theta)
        model = self._linear_model(theta)
        if not model.is_finite:
            finding = self._problem.finding(theta, moved=True)
            raise Overflow(f"in iteration {self.n_iter + 1}: {finding.told(REMEDY)}".rstrip("."))
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
        """Stand where it was taken, at its θ already; `requested` is the ending asked for there."""
        self.n_iter, self.n_trials = state.values["n_iter"], state.values["n_trials"]
        self._trials_before = state.values["trials_before"]
        self.carried, self._requested = dict(state.values["carried"]), requested

    def _no_beginning(self, what: str, theta: Vector) -> DivergenceError:
        finding = self._problem.finding(theta, moved=False)
        return DivergenceError(
            f"{NON_FINITE} The {what} of the initial weights is not finite: {finding.told(REMEDY)}",
            layer=finding.layer,
        )

    def _linear_model(self, theta: Vector) -> LinearModel:
        with np.errstate(all="ignore"):  # looked at as a whole
            return self._problem.linear_model(theta)

    def _losses(self, theta: Vector) -> tuple[float, float]:
        with np.errstate(all="ignore"):  # a step too far, which is not taken
            return self._problem.losses(theta)


class LeastSquaresMethod(ABC):
    """A rule that goes from one linear model to the next.

    `max_parameters` bounds the work: a triangle of so many columns is factorised in every trial.
    """

    max_parameters: int

    @abstractmethod
    def run(self, walk: Walk) -> Ending:
        """Walk until there is a reason to end."""


def minimize(method: LeastSquaresMethod, walk: Walk) -> Minimum:
    """Walk to the end, or by Ctrl-C to the last accepted step.

    Raises
    ------
    ValueError
        Where an activation of the user's own gives NaN.
    """
    interrupted = False
    try:
        end = method.run(walk)
    except Overflow as overflow:
        end = Ending(str(overflow), False)
    except KeyboardInterrupt:
        warn_caller("Training interrupted by user.")
        end, interrupted = Ending("interrupted by the user", True), True
    return Minimum(walk.theta, *walk.losses, walk.n_iter, walk.n_trials, end, interrupted)
