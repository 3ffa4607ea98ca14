"""The second-order solvers beside 'lbfgs': their names, and how an estimator is fitted by them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rosenblatt.estimators.curvature_kfac import fit_kfac
from rosenblatt.estimators.curvature_least_squares import fit_least_squares
from rosenblatt.estimators.wording import plain
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt
from rosenblatt.types import FloatArray

__all__ = ["SECOND_ORDER", "SECOND_ORDER_FITS", "second_order_fit", "watches_epochs"]

SECOND_ORDER: dict[str, LevenbergMarquardt | GaussNewton | KFAC] = {
    "lm": LevenbergMarquardt(),
    "levenberg_marquardt": LevenbergMarquardt(),
    "gauss_newton": GaussNewton(),
    "kfac": KFAC(),
}

SPELLED = {plain(name): method for name, method in SECOND_ORDER.items()}

SECOND_ORDER_FITS: dict[type, Callable[..., FloatArray]] = {
    LevenbergMarquardt: fit_least_squares,
    GaussNewton: fit_least_squares,
    KFAC: fit_kfac,
}


def method_of(solver: Any) -> Any:
    """The object that a name stands for, or what was given in its place."""
    return SPELLED.get(plain(solver)) if isinstance(solver, str) else solver


def second_order_fit(solver: Any) -> Callable[..., FloatArray] | None:
    """What fits an estimator whose `solver` is one of these, a name or an object; else None.

    It takes the estimator, the network, θ, the rows (to train and to validate on) and a generator.
    """
    method = method_of(solver)
    fit = SECOND_ORDER_FITS.get(type(method))
    return None if fit is None else partial(fit, method)


def watches_epochs(solver: Any) -> bool:
    """Whether it is a second-order solver with epochs, over which a validation can be watched."""
    return isinstance(method_of(solver), KFAC)
