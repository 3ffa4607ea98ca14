"""L-BFGS by SciPy on the objective of all rows (theory G15)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
import scipy.optimize

from rosenblatt.engine import Objective
from rosenblatt.engine.divergence import Diagnosis
from rosenblatt.errors import NON_FINITE, DivergenceError, InputError
from rosenblatt.stopping import Ending
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.state_dict import StateDict, plain_numbers
from rosenblatt.support.types import FloatArray

__all__ = ["AcceptedStep", "LBFGSResult", "Recorded", "Recording", "minimize_lbfgs"]


# SciPy's default, and so scikit-learn's.
LOSS_TOL = 1e7 * np.finfo(np.float64).eps

REMEDY = "take a first-order solver, such as 'adam'"


@final
class ObjectiveOverflow(Exception):
    """The objective is not finite at a trial point."""

    def __init__(self, finding: Diagnosis) -> None:
        super().__init__(finding)
        self.finding = finding


@final
@dataclass(frozen=True)
class AcceptedStep:
    """Data loss, penalty and gradient after an accepted step."""

    data_loss: float
    penalty: float
    gradient: npt.NDArray[np.float64]


@final
@dataclass
class Recording:
    """All values of an objective, which replay a run of L-BFGS.

    SciPy's L-BFGS does not expose its state. But it is deterministic: given the same values again,
    it reaches the same point.

    Attributes
    ----------
    checksums : list of str
        Of each θ in turn.
    losses : list of pairs of float
    gradients : list of arrays (n_parameters,)
    """

    checksums: list[str] = field(default_factory=list)
    losses: list[tuple[float, float]] = field(default_factory=list)
    gradients: list[FloatArray] = field(default_factory=list)

    def of(self, objective: Objective) -> Recorded:
        """The objective, evaluated only beyond the recorded values."""
        return Recorded(objective, self)

    def state_dict(self) -> StateDict:
        values = {"asked": self.checksums, "losses": self.losses}
        return StateDict(values, {f"gradient{k}": g for k, g in enumerate(self.gradients)})

    def load_state_dict(self, state: StateDict, theta: FloatArray) -> None:
        """Take the values of a run from `theta` on.

        Raises
        ------
        ValueError
            If no run leaves such values.
        """
        self.checksums = list(state.values["asked"])
        self.losses = [(data_loss, penalty) for data_loss, penalty in state.values["losses"]]
        plain_numbers([x for pair in self.losses for x in pair], "losses")
        self.gradients = [np.empty_like(theta) for _ in self.checksums]
        for k, gradient in enumerate(self.gradients):
            state.copy_to(gradient, f"gradient{k}")
        # A run begins where the objective is finite.
        begins = np.isfinite([*self.losses[:1]]).all() and np.isfinite(self.gradients[:1]).all()
        if len(self.losses) != len(self.checksums) or not begins:
            raise ValueError("these are not the values of a run")


@final
class Recorded(Objective):
    """An objective that replays its recording before it evaluates."""

    def __init__(self, objective: Objective, recording: Recording) -> None:
        self.objective, self.recording = objective, recording
        self._next = 0

    @property
    def is_replaying(self) -> bool:
        """Whether recorded values are left."""
        return self._next < len(self.recording.checksums)

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, float, FloatArray]:
        recording = self.recording
        checksum = hashlib.blake2b(theta.data, digest_size=16).hexdigest()
        if self._next == len(recording.checksums):
            data_loss, penalty, gradient = self.objective.value_and_gradient(theta)
            recording.gradients.append(gradient.copy())
            recording.losses.append((data_loss, penalty))
            recording.checksums.append(checksum)
        elif recording.checksums[self._next] != checksum:
            raise InputError(
                "the checkpoint was written with other libraries or on another processor, where"
                " L-BFGS takes other steps: begin anew with another path"
            )
        k, self._next = self._next, self._next + 1
        return *recording.losses[k], recording.gradients[k]


@final
@dataclass(frozen=True)
class LBFGSResult:
    """The result of a minimisation.

    Attributes
    ----------
    theta : array (n_parameters,)
    last : AcceptedStep
    n_iter : int
    converged : bool
        False at a limit of steps or evaluations.
    message : str
        Why it ended.
    interrupted : bool
        Whether Ctrl-C ended it.
    """

    theta: npt.NDArray[np.float64]
    last: AcceptedStep
    n_iter: int
    converged: bool
    message: str
    interrupted: bool = False


def minimize_lbfgs(
    objective: Objective,
    theta: FloatArray,
    *,
    max_iter: int,
    max_fun: int,
    grad_tol: float,
    on_iterate: Callable[[npt.NDArray[np.float64], AcceptedStep], Ending | None],
    finding: Callable[[FloatArray, bool], Diagnosis],
) -> LBFGSResult:
    """Minimise from `theta`; the objective is evaluated in its float type.

    Ctrl-C ends the run at the last accepted step, and so does a trial step at which the objective
    is not finite: the line search cannot continue from there.

    Parameters
    ----------
    objective : Objective
    theta : array (n_parameters,)
    max_iter, max_fun : int
        Accepted steps and evaluations at most.
    grad_tol : float
        The run converges once no entry of the gradient exceeds it.
    on_iterate : callable
        Called after every accepted step with the parameters and the AcceptedStep; returns an
        Ending to stop, or None.
    finding : callable
        Takes parameters, and whether they come from a step; returns what overflows there.

    Raises
    ------
    DivergenceError
        If the objective is not finite before any step was accepted.
    """
    dtype = theta.dtype
    evaluated: AcceptedStep | None = None
    evaluated_at = theta
    n_accepted = 0
    requested: Ending | None = None
    accepted: list[tuple[npt.NDArray[np.float64], AcceptedStep]] = []

    def value_and_gradient(x: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        nonlocal evaluated, evaluated_at
        with np.errstate(all="ignore"):  # checked afterwards
            at = x.astype(dtype)
            data_loss, penalty, g = objective.value_and_gradient(at)
        if evaluated is not None and not np.isfinite(at).all():
            what = f"a step of the line search overflows {dtype}"
            raise ObjectiveOverflow(replace(finding(evaluated_at, True), what=what))
        if not all(np.isfinite(part).all() for part in (data_loss + penalty, g, at)):
            raise ObjectiveOverflow(finding(at, evaluated is not None))
        evaluated, evaluated_at = AcceptedStep(data_loss, penalty, g.astype(np.float64)), at
        return data_loss + penalty, evaluated.gradient

    def step_accepted(x: npt.NDArray[np.float64]) -> None:
        # The line search evaluates the point it accepts last.
        nonlocal n_accepted, requested
        assert evaluated is not None
        accepted[:] = [(x.copy(), evaluated)]
        n_accepted += 1
        requested = on_iterate(x, evaluated)
        if requested is not None:
            raise StopIteration  # ends SciPy's minimisation

    try:
        found: Any = scipy.optimize.minimize(
            value_and_gradient,
            theta.astype(np.float64),
            method="L-BFGS-B",
            jac=True,
            callback=step_accepted,
            options={"maxiter": max_iter, "maxfun": max_fun, "gtol": grad_tol, "ftol": LOSS_TOL},
        )
    except ObjectiveOverflow as overflow:
        where = f"in iteration {n_accepted + 1}: {overflow.finding.message(REMEDY)}"
        if not accepted:
            layer = overflow.finding.layer
            raise DivergenceError(
                f"{NON_FINITE} Training diverged {where}.", 1, None, layer
            ) from None
        x, last = accepted[0]
        return LBFGSResult(x, last, n_accepted, False, where)
    except KeyboardInterrupt:
        if not accepted:
            raise
        warn_caller("Training interrupted by user.")
        x, last = accepted[0]
        return LBFGSResult(x, last, n_accepted, True, "interrupted by the user", True)
    assert evaluated is not None
    last = accepted[0][1] if accepted else evaluated
    if requested is not None:
        return LBFGSResult(accepted[0][0], last, n_accepted, requested.converged, requested.reason)
    reason = stop_reason(found, max_iter=max_iter, max_fun=max_fun, grad_tol=grad_tol)
    return LBFGSResult(found.x, last, found.nit, found.status == 0, reason)


def stop_reason(found: Any, *, max_iter: int, max_fun: int, grad_tol: float) -> str:
    """The criterion that ended SciPy's L-BFGS-B, in the words of the other solvers.

    SciPy has one status for both criteria of convergence and one for both limits. They are told
    apart by the criteria themselves, because the text of its messages differs between versions.

    Parameters
    ----------
    found : scipy.optimize.OptimizeResult
    max_iter, max_fun : int
    grad_tol : float
        The parameter `tol` of the estimators.
    """
    if found.status == 0:
        if np.abs(found.jac).max() <= grad_tol:
            return f"no entry of the gradient exceeds tol={grad_tol:g}"
        return f"the loss fell by less than {LOSS_TOL:.2g} * max(loss, 1) in one iteration"
    if found.status == 1:
        if found.nit >= max_iter:
            return f"reached max_iter={max_iter}"
        return f"reached max_fun={max_fun}"
    return "the line search found no step that lowers the loss"
