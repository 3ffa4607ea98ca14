"""How an estimator is fitted by the second-order solvers beside 'lbfgs'."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rosenblatt.fitting.fits import Fit, FitContext, FullBatchFit
from rosenblatt.fitting.kfac import begin_kfac
from rosenblatt.fitting.least_squares import LeastSquaresSolver
from rosenblatt.options.second_order import method_of
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from rosenblatt.second_order.least_squares_run import LeastSquaresMethod

__all__ = ["second_order_beginning"]


def begin_least_squares(method: LeastSquaresMethod, start: FitContext) -> Fit:
    return FullBatchFit(start, LeastSquaresSolver(method, start))


BEGINNINGS: dict[type, Callable[[Any, FitContext], Fit]] = {
    LevenbergMarquardt: begin_least_squares,
    GaussNewton: begin_least_squares,
    KFAC: begin_kfac,
}


def second_order_beginning(solver: Any) -> Callable[[FitContext], Fit] | None:
    """What begins a fit by `solver` where it is one of these, a name or an object; else None."""
    method = method_of(solver)
    begin = BEGINNINGS.get(type(method))
    return None if begin is None else partial(begin, method)
