"""Intervals of numbers that a parameter may be, as scikit-learn's validation reads them."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from numbers import Real
from typing import Any, final

import numpy as np
from sklearn.utils._param_validation import Interval, Options

__all__ = ["NOT_NEGATIVE", "POSITIVE", "AnyOf"]


@final
class FloatInterval(Interval):
    """Numbers that a float holds: a whole number may lie beyond them, and be finite."""

    def is_satisfied_by(self, val: Any) -> bool:
        if not super().is_satisfied_by(val):
            return False
        if isinstance(val, np.floating):  # whose limit may be lower than that of a float
            return bool(np.isfinite(float(val)))
        return bool(abs(val) <= sys.float_info.max)


@final
class AnyOf(Options):
    """Objects by name or themselves; what has no hash is none of them."""

    def __init__(self, options: set[Any]) -> None:
        super().__init__(object, options)

    def is_satisfied_by(self, val: Any) -> bool:
        return isinstance(val, Hashable) and bool(super().is_satisfied_by(val))


POSITIVE = FloatInterval(Real, 0, None, closed="neither")
NOT_NEGATIVE = FloatInterval(Real, 0, None, closed="left")
