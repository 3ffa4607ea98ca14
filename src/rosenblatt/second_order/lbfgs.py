"""L-BFGS by SciPy on the objective of all rows (theory G15)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import scipy.optimize

from rosenblatt.engine import Objective
from rosenblatt.stopping import Ending
from rosenblatt.types import FloatArray

__all__ = ["Iterate", "LBFGSResult", "minimize_lbfgs"]


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
) -> LBFGSResult:
    """Minimise from `theta`, whose float type the objective is evaluated in.

    `on_iterate` is told of every accepted step, the parameters and what was found there, and may
    ask for an end. Ctrl-C ends the run at the last accepted step.
    """
    dtype = theta.dtype
    evaluated: Iterate | None = None
    n_accepted = 0
    requested: Ending | None = None
    accepted: list[tuple[npt.NDArray[np.float64], Iterate]] = []

    def value_and_gradient(x: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        nonlocal evaluated
        data_loss, penalty, g = objective.value_and_gradient(x.astype(dtype))
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
