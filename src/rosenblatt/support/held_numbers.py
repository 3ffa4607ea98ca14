"""Whole numbers of Python that no float holds, and of which no array has as many numbers."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

__all__ = ["HeldNumbers", "check_held"]

MOST_BITS = 1023  # of what a float64 holds


class HeldNumbers:
    """Of an estimator of scikit-learn: its validation is spared numbers that it cannot print."""

    def _validate_params(self) -> None:
        check_held(type(self).__name__, self.get_params(deep=False))  # type: ignore[attr-defined]
        super()._validate_params()  # type: ignore[misc]


def check_held(owner: str, parameters: Mapping[str, Any]) -> None:
    """ValueError if a parameter is, or lists, a whole number beyond the floats."""
    for name, value in parameters.items():
        values = value if isinstance(value, (list, tuple)) else (value,)
        if any(isinstance(v, Integral) and int(v).bit_length() > MOST_BITS for v in values):
            raise ValueError(
                f"The {name!r} parameter of {owner} is a number of more than 300 digits: give a"
                " smaller one."
            )
