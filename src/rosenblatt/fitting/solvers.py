"""How the fits of each family of solvers begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.first_order import begin_descent
from rosenblatt.fitting.fits import Fit, FullBatchFit
from rosenblatt.fitting.kfac import begin_kfac
from rosenblatt.fitting.lbfgs import LBFGSSolver
from rosenblatt.fitting.least_squares import LeastSquaresSolver
from rosenblatt.options.solver import Family
from rosenblatt.options.solvers import (
    FIRST_ORDER,
    LBFGS,
    LEAST_SQUARES,
    NATURAL_GRADIENT,
    solver_of,
)

__all__ = ["BEGINNINGS", "begin_solver"]

# With the object that the solver's record makes: an optimiser, a method, or None.
BEGINNINGS: dict[Family, Callable[[Any, FitContext], Fit]] = {
    FIRST_ORDER: begin_descent,
    NATURAL_GRADIENT: begin_kfac,
    LBFGS: lambda _, context: FullBatchFit(context, LBFGSSolver(context)),
    LEAST_SQUARES: lambda method, context: FullBatchFit(
        context, LeastSquaresSolver(method, context)
    ),
}


def begin_solver(context: FitContext) -> Fit:
    """A fit by the solver that the parameters name, before its first step."""
    solver = solver_of(context.parameters.solver)
    return BEGINNINGS[solver.family](solver.make(context.parameters), context)
