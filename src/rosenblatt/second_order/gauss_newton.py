"""Gauss-Newton: the minimiser of the linear model, and a part of the way there (theory G17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.second_order.checks import positive
from rosenblatt.second_order.least_squares_run import LeastSquaresMethod, Walk
from rosenblatt.stopping import Ending
from rosenblatt.support.products import matmul

__all__ = ["GaussNewton"]

# Of the fall that the slope promises, what a step must bring (Nocedal & Wright 2006, eq. 3.4).
SUFFICIENT = 1e-4


@final
@dataclass(frozen=True)
class GaussNewton(LeastSquaresMethod):
    """JᵀJ δ = -Jᵀr: Levenberg-Marquardt without damping, for squared errors (G17).

    The step is tδ with t the first of 1, ½, ¼, … that lowers the objective by at least 10⁻⁴ of
    what its slope promises, t |gᵀδ|. Where J lacks rank, δ is the shortest minimiser.
    Near a minimum of small residuals it converges quadratically; from afar, and where J is nearly
    singular, as in most networks, `LevenbergMarquardt` gets there and this does not.

    Parameters
    ----------
    max_halvings : int
        When even the smallest t brings nothing, the fit ends.
    step_tol, max_parameters
        As in `LevenbergMarquardt`.
    """

    max_halvings: int = 40
    step_tol: float = 1e-10
    max_parameters: int = 5000

    def __post_init__(self) -> None:
        positive(self, "max_halvings", "max_parameters")
        positive(self, "step_tol", or_zero=True)

    def run(self, walk: Walk) -> Ending:
        delta, length = walk.model.undamped_step(), walk.carried.get("length", 1.0)
        while (end := walk.limit(length=length)) is None:
            if walk.is_tiny(delta, self.step_tol):
                return Ending(f"a step was below {self.step_tol:g} of the parameters", True)
            step = length * delta
            losses = walk.trial(step)
            slope = float(matmul(walk.model.gradient, step))
            if sum(losses) <= walk.loss + SUFFICIENT * slope and slope < 0:
                walk.accept(step, losses, damping=0.0, length=length)
                delta, length = walk.model.undamped_step(), 1.0
            elif length <= 0.5**self.max_halvings:
                return Ending("no step along the Gauss-Newton direction lowers the loss", False)
            else:
                length /= 2
        return end
