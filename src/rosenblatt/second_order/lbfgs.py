"""L-BFGS by SciPy on the objective of all rows (theory G15)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import scipy.optimize

from rosenblatt.divergence import Finding
from rosenblatt.engine import Objective
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.stopping import Ending
from rosenblatt.types import FloatArray

__all__ = ["Iterate", "LBFGSResult", "minimize_lbfgs"]


REMEDY = "take a first-order solver, such as 'adam'"


@final
class Overflow(Exception):
    """The objective is not finite at a point tried."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


@final
@dataclass(frozen=True)
class Iterate:
    """An accepted step: data loss and penalty at it, and the gradient there."""

    data_loss: float
    penalty: float
    gradient: npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class LBFGSResult:
    """Where the minimisation ended, and why; `converged` is False at a limit of steps or calls."""

    theta: npt.NDArray[np.float64]
    last: Iterate
    n_iter: int
    converged: bool
    message: str


def minimize_lbfgs(
    objective: Objective,
    theta: FloatArray,
    *,
    max_iter: int,
    max_fun: int,
    grad_tol: float,
    on_iterate: Callable[[npt.NDArray[np.float64], Iterate], Ending | None],
    finding: Callable[[FloatArray, bool], Finding],
) -> LBFGSResult:
    """Minimise from `theta`, whose float type the objective is evaluated in.

    `on_iterate` is told of every accepted step, the parameters and what was found there, and may
    ask for an end. Ctrl-C ends the run at the last accepted step, and so does a step tried at which
    the objective is not finite: the line search cannot go on from there. `finding` says for
    parameters, and whether they come of a step, what overflows at them.

    Raises
    ------
    DivergenceError
        Where nothing has been accepted before.
    """
    dtype = theta.dtype
    evaluated: Iterate | None = None
    n_accepted = 0
    requested: Ending | None = None
    accepted: list[tuple[npt.NDArray[np.float64], Iterate]] = []

    def value_and_gradient(x: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        nonlocal evaluated
        with np.errstate(all="ignore"):  # looked at as a whole
            at = x.astype(dtype)
            data_loss, penalty, g = objective.value_and_gradient(at)
        if not all(np.isfinite(part).all() for part in (data_loss + penalty, g, at)):
            raise Overflow(finding(at, evaluated is not None))
        evaluated = Iterate(data_loss, penalty, g.astype(np.float64))
        return data_loss + penalty, evaluated.gradient

    def step_accepted(x: npt.NDArray[np.float64]) -> None:
        # The line search evaluates the point it accepts last.
        nonlocal n_accepted, requested
        assert evaluated is not None
        accepted[:] = [(x.copy(), evaluated)]
        n_accepted += 1
        requested = on_iterate(x, evaluated)
        if requested is not None:
            raise StopIteration  # which SciPy takes as the wish to end

    try:
        found: Any = scipy.optimize.minimize(
            value_and_gradient,
            theta.astype(np.float64),
            method="L-BFGS-B",
            jac=True,
            callback=step_accepted,
            options={"maxiter": max_iter, "maxfun": max_fun, "gtol": grad_tol},
        )
    except Overflow as overflow:
        told = f"in iteration {n_accepted + 1} {overflow.finding.told(REMEDY)}"
        if not accepted:
            layer = overflow.finding.layer
            raise DivergenceError(
                f"{NON_FINITE} Training diverged {told}", 1, None, layer
            ) from None
        x, last = accepted[0]
        return LBFGSResult(x, last, n_accepted, False, told.rstrip("."))
    except KeyboardInterrupt:
        if not accepted:
            raise
        warnings.warn("Training interrupted by user.", stacklevel=6)
        x, last = accepted[0]
        return LBFGSResult(x, last, n_accepted, True, "interrupted by the user")
    assert evaluated is not None
    last = accepted[0][1] if accepted else evaluated
    if requested is not None:
        return LBFGSResult(accepted[0][0], last, n_accepted, requested.converged, requested.reason)
    return LBFGSResult(
        found.x, last, found.nit, found.status == 0, str(found.message).rstrip(": .")
    )
