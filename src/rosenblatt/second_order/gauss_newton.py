"""Gauss-Newton: steps towards the minimiser of the linear model (theory G17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.second_order.checks import positive
from rosenblatt.second_order.least_squares_run import LeastSquaresMethod, LeastSquaresRun
from rosenblatt.stopping import Ending
from rosenblatt.support.field_types import check_fields
from rosenblatt.support.products import matmul

__all__ = ["GaussNewton"]

# Sufficient decrease, as a fraction of the slope (Nocedal & Wright 2006, eq. 3.4).
SUFFICIENT = 1e-4


@final
@dataclass(frozen=True)
class GaussNewton(LeastSquaresMethod):
    """JᵀJ δ = -Jᵀr: Levenberg-Marquardt without damping, for squared errors (G17).

    The step is tδ with t the first of 1, ½, ¼, … that lowers the objective by at least 10⁻⁴ t |gᵀδ|
    (Armijo's rule). Where J is rank deficient, δ is the minimiser of least norm. Near a minimum
    with small residuals convergence is quadratic; from a distant start, and where J is nearly
    singular, as in most networks, `LevenbergMarquardt` converges and this does not.

    Parameters
    ----------
    max_halvings : int, default 40
        The fit ends when even the smallest t does not lower the objective.
    step_tol : float, default 1e-10
        A step of less than this, relative to the parameters, ends the fit.
    max_parameters : int, default 5000
        The largest network accepted; see `LevenbergMarquardt`.
    """

    max_halvings: int = 40
    step_tol: float = 1e-10
    max_parameters: int = 5000

    def __post_init__(self) -> None:
        check_fields(self)
        positive(self, "max_halvings", "max_parameters")
        positive(self, "step_tol", or_zero=True)

    def iterate(self, run: LeastSquaresRun) -> Ending:
        delta, length = run.model.undamped_step(), run.carried.get("length", 1.0)
        while (end := run.limit(length=length)) is None:
            if run.is_tiny(delta, self.step_tol):
                return Ending(f"a step was below {self.step_tol:g} of the parameters", True)
            step = length * delta
            losses = run.trial(step)
            slope = float(matmul(run.model.gradient, step))
            if sum(losses) <= run.loss + SUFFICIENT * slope and slope < 0:
                run.accept(step, losses, damping=0.0, length=length)
                delta, length = run.model.undamped_step(), 1.0
            elif length <= 0.5**self.max_halvings:
                return Ending("no step along the Gauss-Newton direction lowers the loss", False)
            else:
                length /= 2
        return end
