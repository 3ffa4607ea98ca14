"""What each parameter of a search may be, in the constraints of scikit-learn."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, Final

from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils._param_validation import Interval, StrOptions

__all__ = ["CONSTRAINTS"]

OF_SEARCHES: Final = BaseSearchCV._parameter_constraints
CONSTRAINTS: Final[dict[str, Any]] = {
    **{name: OF_SEARCHES[name] for name in ("estimator", "scoring", "n_jobs", "refit", "cv")},
    "backend": [StrOptions({"threads", "ray"})],
    "address": [str, None],
    "verbose": [*OF_SEARCHES["verbose"], StrOptions({"bar"})],
    "candidates": "no_validation",
    "param_grid": [dict, list, tuple, None],
    "strategy": [StrOptions({"all", "halving", "optuna"})],
    "selection": [StrOptions({"best", "one_standard_error"})],
    "max_time": [Interval(Real, 0, None, closed="neither"), None],
    "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
    "random_state": ["random_state"],
}
