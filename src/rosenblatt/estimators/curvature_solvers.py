"""How an estimator is fitted by the second-order solvers beside 'lbfgs'."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rosenblatt.estimators.curvature_kfac import begin_kfac
from rosenblatt.estimators.curvature_least_squares import LeastSquaresSolver
from rosenblatt.estimators.fits import Fit, Start, WholeFit
from rosenblatt.estimators.second_order_choice import method_of
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from rosenblatt.second_order.walk import LeastSquaresMethod

__all__ = ["second_order_beginning"]


def begin_least_squares(method: LeastSquaresMethod, start: Start) -> Fit:
    return WholeFit(start, LeastSquaresSolver(method, start))


BEGINNINGS: dict[type, Callable[[Any, Start], Fit]] = {
    LevenbergMarquardt: begin_least_squares,
    GaussNewton: begin_least_squares,
    KFAC: begin_kfac,
}


def second_order_beginning(solver: Any) -> Callable[[Start], Fit] | None:
    """What begins a fit by `solver` where it is one of these, a name or an object; else None."""
    method = method_of(solver)
    begin = BEGINNINGS.get(type(method))
    return None if begin is None else partial(begin, method)
