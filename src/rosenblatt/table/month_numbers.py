"""Months that are written as numbers with a point: 12.2024."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["are_months"]

YEARS = (1900, 2100)


def are_months(x: FloatArray) -> bool:
    """Whether all numbers may be a month and a year, 12.2024: their point is no decimal one."""
    if not np.isfinite(x).all():
        return False
    month = np.floor(x)
    year = np.rint((x - month) * 10_000)
    near = (YEARS[0] <= year) & (year <= YEARS[1]) & (np.abs(x - month - year / 10_000) < 1e-9)
    return bool((near & (month >= 1) & (month <= 12)).all())
