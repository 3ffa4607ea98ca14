"""scikit-learn's checks of arrays, without NumPy's warnings from within them.

They sum all cells to learn at once whether one is NaN, and cast before they look for infinities.
Finite cells near the largest float, of both signs, make such a sum NaN, and cells beyond float32
overflow in the cast; either comes as a bare RuntimeWarning, ahead of the check's own word if the
cells are at fault.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
from sklearn.utils import validation

__all__ = ["check_array", "check_sample_weight", "column_or_1d", "validate_data"]

P = ParamSpec("P")
R = TypeVar("R")


def quiet(check: Callable[P, R]) -> Callable[P, R]:
    @wraps(check)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(over="ignore", invalid="ignore"):
            return check(*args, **kwargs)

    return checked


check_array = quiet(validation.check_array)
check_sample_weight = quiet(validation._check_sample_weight)
column_or_1d = quiet(validation.column_or_1d)
validate_data = quiet(validation.validate_data)
