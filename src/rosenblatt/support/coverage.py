"""The coverage that is asked for."""

from __future__ import annotations

from numbers import Real
from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief

__all__ = ["checked_coverage"]


def checked_coverage(coverage: Any, name: str = "coverage") -> float:
    """The share of rows whose target an interval or a set is to hold.

    Raises
    ------
    InputError
        If it is not one number between 0 and 1.
    """
    is_number = isinstance(coverage, Real) and not isinstance(coverage, bool)
    if not (is_number and 0 < coverage < 1 and 0 < float(coverage) < 1):
        raise InputError(
            f"{name} must be one number between 0 and 1, such as 0.9, and is {brief(coverage)}"
        )
    return float(coverage)
