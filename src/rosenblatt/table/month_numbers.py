"""Months that are written as numbers with a point: 12.2024."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import BoolArray, FloatArray
from rosenblatt.table.blocks import blocks_of

__all__ = ["are_months"]

YEARS = (1900, 2100)


def are_months(x: FloatArray) -> bool:
    """Whether all numbers may be a month and a year, 12.2024: their point is no decimal one."""
    # The first rows show most columns of others.
    return all(bool(may_be_months(x[rows]).all()) for rows in blocks_of(len(x)))


def may_be_months(x: FloatArray) -> BoolArray:
    within = (x >= 1) & (x < 13)
    month = np.floor(np.where(within, x, 1))
    fraction = np.where(within, x, 1) - month
    year = np.rint(fraction * 10_000)
    near: BoolArray = (YEARS[0] <= year) & (year <= YEARS[1])
    return within & near & (np.abs(fraction - year / 10_000) < 1e-9)
