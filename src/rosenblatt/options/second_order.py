"""The second-order solvers beside 'lbfgs', by their names or as objects."""

from __future__ import annotations

from typing import Any

from rosenblatt.options.wording import plain
from rosenblatt.second_order import KFAC, GaussNewton, LevenbergMarquardt

__all__ = ["METHODS", "SECOND_ORDER", "is_second_order", "method_of", "watches_epochs"]

METHODS = (LevenbergMarquardt, GaussNewton, KFAC)

SECOND_ORDER: dict[str, LevenbergMarquardt | GaussNewton | KFAC] = {
    "lm": LevenbergMarquardt(),
    "levenberg_marquardt": LevenbergMarquardt(),
    "gauss_newton": GaussNewton(),
    "kfac": KFAC(),
}

SPELLED = {plain(name): method for name, method in SECOND_ORDER.items()}


def method_of(solver: Any) -> Any:
    """The object that a name stands for, or what was given in its place."""
    return SPELLED.get(plain(solver)) if isinstance(solver, str) else solver


def is_second_order(solver: Any) -> bool:
    return isinstance(method_of(solver), METHODS)


def watches_epochs(solver: Any) -> bool:
    """Whether it is a second-order solver with epochs, over which a validation can be watched."""
    return isinstance(method_of(solver), KFAC)
