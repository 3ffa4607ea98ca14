"""Dates written as whole numbers: 20230306."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table.notation.calendar_days import days_of_dates, with_time

__all__ = ["LEAST_COMPACT", "NEAR", "are_compact_dates", "are_near", "compact_dates"]

LEAST_COMPACT = 3  # distinct numbers; fewer can be dates by chance
NEAR = (1900, 2100)


def are_compact_dates(values: IntArray) -> bool:
    """Whether whole numbers, of a column stored as such, are dates such as 20230306.

    All are dates of the years 1900 to 2100, and at least three are distinct.
    """
    if not len(values) or not are_near(values // 10_000):
        return False
    return not compact_dates(values)[1].any() and len(np.unique(values)) >= LEAST_COMPACT


def are_near(years: IntArray) -> bool:
    """Whether all are years that the dates of a table have."""
    return bool(((years >= NEAR[0]) & (years <= NEAR[1])).all())


def compact_dates(values: IntArray) -> tuple[Float64Array, BoolArray]:
    """(days since 1970-01-01, NaN where a number is no date; which are none)."""
    values = values.astype(np.int64)
    days, exists = days_of_dates(values // 10_000, values // 100 % 100, values % 100)
    return np.where(exists, with_time(days, np.zeros_like(days)), np.nan), ~exists
