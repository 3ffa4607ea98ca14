"""Intervals of numbers that a parameter may be, as scikit-learn's validation reads them."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from numbers import Real
from typing import Any, final

from sklearn.utils._param_validation import Interval, Options

__all__ = ["NOT_NEGATIVE", "POSITIVE", "AnyOf"]


@final
class FloatInterval(Interval):
    """Numbers that a float holds: a whole number may lie beyond them, and be finite."""

    def is_satisfied_by(self, val: Any) -> bool:
        return bool(super().is_satisfied_by(val)) and bool(abs(val) <= sys.float_info.max)


@final
class AnyOf(Options):
    """Objects by name or themselves; what has no hash is none of them."""

    def __init__(self, options: set[Any]) -> None:
        super().__init__(object, options)

    def is_satisfied_by(self, val: Any) -> bool:
        return isinstance(val, Hashable) and bool(super().is_satisfied_by(val))


POSITIVE = FloatInterval(Real, 0, None, closed="neither")
NOT_NEGATIVE = FloatInterval(Real, 0, None, closed="left")
