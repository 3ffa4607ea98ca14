"""Levenberg-Marquardt: Gauss-Newton steps with adaptive damping (theory G17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.second_order.checks import positive
from rosenblatt.second_order.least_squares_run import LeastSquaresMethod, LeastSquaresRun
from rosenblatt.stopping import Ending
from rosenblatt.support.field_types import check_fields
from rosenblatt.support.products import matmul

__all__ = ["LevenbergMarquardt"]


@final
@dataclass(frozen=True)
class LevenbergMarquardt(LeastSquaresMethod):
    """(JᵀJ + μI) δ = -Jᵀr, for squared errors in float64 over all rows at once (G17).

    The damping μ follows the gain ratio ρ, the fall of the objective over the fall that the linear
    model predicts, ½ δᵀ(μδ - g) (Nielsen 1999, "Damping parameter in Marquardt's method"):

        ρ > 0:  θ ← θ + δ,  μ ← μ max(⅓, 1 - (2ρ - 1)³),  ν ← 2
        else:   μ ← μ ν,  ν ← 2ν

    It starts at `initial_damping` times the largest entry on the diagonal of JᵀJ. The system is
    solved by an orthogonal factorisation of [J; √μ I]; JᵀJ would lose digits to rounding. J is
    factorised once for each point, and each trial of a μ updates that factor.

    Parameters
    ----------
    initial_damping : float, default 1e-3
        Nielsen's τ: 1e-6 for a start believed to be good, 1 otherwise.
    step_tol : float, default 1e-10
        A step of less than this, relative to the parameters, ends the fit.
    max_damping : float, default 1e20
        A damping beyond this ends the fit: no step, however small, lowers the loss.
    max_parameters : int, default 5000
        The largest network accepted. A trial costs about n³ operations for n parameters, and memory
        for three arrays of n².
    """

    initial_damping: float = 1e-3
    step_tol: float = 1e-10
    max_damping: float = 1e20
    max_parameters: int = 5000

    def __post_init__(self) -> None:
        check_fields(self)
        positive(self, "initial_damping", "max_damping", "max_parameters")
        positive(self, "step_tol", or_zero=True)

    def iterate(self, run: LeastSquaresRun) -> Ending:
        first = self.initial_damping * float(run.model.curvatures.max())
        damping, growth = run.carried.get("damping", first), run.carried.get("growth", 2.0)
        while (end := run.limit(damping=damping, growth=growth)) is None:
            if damping > self.max_damping:
                return Ending(
                    f"the damping passed {self.max_damping:g}: no step lowers the loss", False
                )
            delta = run.model.damped_step(damping)
            if run.is_tiny(delta, self.step_tol):
                return Ending(f"a step was below {self.step_tol:g} of the parameters", True)
            losses = run.trial(delta)
            fall = run.loss - sum(losses)
            predicted = 0.5 * float(matmul(delta, damping * delta - run.model.gradient))
            if fall > 0 and predicted > 0:
                run.accept(delta, losses, damping=damping, length=1.0)
                gain = fall / predicted
                damping *= max(1 / 3, 1 - (2 * gain - 1) ** 3)
                growth = 2.0
            else:
                damping *= growth
                growth *= 2
        return end
