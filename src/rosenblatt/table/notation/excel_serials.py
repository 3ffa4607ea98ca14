"""Dates as spreadsheets store them: days from a first day, where a column is declared so."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import BoolArray, Float64Array
from rosenblatt.table.notation.calendar_days import MICROSECONDS_A_DAY, with_time

__all__ = ["from_excel_serials"]

FIRST_1900 = -25_568  # 1899-12-31, day 0 up to 28 February 1900
FIRST_1904 = -24_107  # 1904-01-01, day 0
NO_DAY = 60  # 29 February 1900, which Excel has and the calendar has not
LAST = 2_958_466  # the first day after 9999 in the system of 1900


def from_excel_serials(
    serials: Float64Array, *, from_1904: bool = False
) -> tuple[Float64Array, BoolArray]:
    """(days since 1970-01-01, NaN where a serial is none; which are none).

    Parameters
    ----------
    serials : Float64Array
        Whole days and their fractions; NaN is not strange.
    from_1904 : bool
        Whether the workbook counts from 1904, as those of old Macs do, rather than from 1900.
    """
    whole = np.floor(serials)
    if from_1904:
        exists = (serials >= 0) & (serials < LAST + FIRST_1900 - FIRST_1904 - 1)
        first = np.full(len(serials), FIRST_1904)
    else:
        exists = (serials >= 1) & (serials < LAST) & (whole != NO_DAY)
        first = np.where(whole > NO_DAY, FIRST_1900 - 1, FIRST_1900)
    safe = np.where(exists, serials, 0)
    days = np.floor(safe).astype(np.int64)
    # Excel keeps milliseconds at best; a float of 45000.1 is off by some microseconds.
    time = np.rint((safe - days) * (MICROSECONDS_A_DAY / 1000)).astype(np.int64) * 1000
    moments = with_time(days + first, time)
    return np.where(exists, moments, np.nan), ~exists & ~np.isnan(serials)
