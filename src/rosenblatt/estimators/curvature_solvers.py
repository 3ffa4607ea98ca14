"""How an estimator is fitted by the second-order solvers beside 'lbfgs'."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rosenblatt.estimators.curvature_kfac import fit_kfac
from rosenblatt.estimators.curvature_least_squares import fit_least_squares
from rosenblatt.estimators.second_order_choice import method_of
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from rosenblatt.types import FloatArray

__all__ = ["second_order_fit"]

FITS: dict[type, Callable[..., FloatArray]] = {
    LevenbergMarquardt: fit_least_squares,
    GaussNewton: fit_least_squares,
    KFAC: fit_kfac,
}


def second_order_fit(solver: Any) -> Callable[..., FloatArray] | None:
    """What fits an estimator whose `solver` is one of these, a name or an object; else None.

    It takes the estimator, the network, θ, the rows (to train and to validate on), a generator, and
    the fit's control and followers.
    """
    method = method_of(solver)
    fit = FITS.get(type(method))
    return None if fit is None else partial(fit, method)
