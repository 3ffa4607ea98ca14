"""Hyper-parameters, checked where an object is made."""

from __future__ import annotations

import math

__all__ = ["positive"]


def positive(method: object, *names: str, or_zero: bool = False) -> None:
    """ValueError unless each of the attributes is a number above 0 (or 0 where that is allowed)."""
    for name in names:
        value = getattr(method, name)
        if not (math.isfinite(value) and (value > 0 or (or_zero and value == 0))):
            expected = "0 or more" if or_zero else "above 0"
            raise ValueError(f"{type(method).__name__}: {name} must be {expected}, got {value}.")
