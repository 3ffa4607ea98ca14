"""The Gregorian calendar in NumPy: days since 1970-01-01, which is day 0."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rosenblatt.support.types import BoolArray, Float64Array, IntArray

__all__ = [
    "MICROSECONDS_A_DAY",
    "are_midnights",
    "days_of_dates",
    "days_of_timestamps",
    "days_of_weeks",
    "full_years",
    "weekdays_of",
    "with_time",
]

MICROSECONDS_A_DAY = 86_400_000_000


def days_of_dates(year: IntArray, month: IntArray, day: IntArray) -> tuple[IntArray, BoolArray]:
    """(the day, which dates exist); years from 1 to 9999."""
    exists = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(exists, (year - 1970) * 12 + month - 1, 0)
    first = first_days(months)
    exists &= day <= first_days(months + 1) - first
    return np.where(exists, first + day - 1, 0), exists


def first_days(months: IntArray) -> IntArray:
    """The first day of each month; month 0 is January 1970."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def days_of_weeks(year: IntArray, week: IntArray, weekday: IntArray) -> tuple[IntArray, BoolArray]:
    """(the day, which exist) of weeks by ISO 8601: the first has the year's fourth of January."""
    exists = (year >= 1) & (year <= 9998) & (week >= 1) & (weekday >= 1) & (weekday <= 7)
    safe = np.where(exists, year, 1970)
    monday, following = first_mondays(safe), first_mondays(safe + 1)
    exists &= 7 * week <= following - monday
    return np.where(exists, monday + 7 * (week - 1) + weekday - 1, 0), exists


def first_mondays(year: IntArray) -> IntArray:
    fourth = first_days((year - 1970) * 12) + 3
    return fourth - weekdays_of(fourth)


def weekdays_of(days: IntArray) -> IntArray:
    """0 for a Monday up to 6 for a Sunday."""
    return (days + 3) % 7  # 1970 began with a Thursday


def full_years(year: IntArray, pivot: int) -> IntArray:
    """Two-digit years with their century: below the pivot of 2000, from it on of 1900."""
    return year + np.where(year < pivot, 2000, 1900)


def with_time(days: IntArray, microseconds: IntArray) -> Float64Array:
    """Days and the time since midnight, which may be negative, as a number of days.

    Every reading of a moment ends here, whatever it was written or stored as, so that equal
    moments are equal to the last digit.
    """
    return (days * MICROSECONDS_A_DAY + microseconds) / float(MICROSECONDS_A_DAY)


def days_of_timestamps(stamps: pa.Array) -> Float64Array:
    """Days of a column stored as dates or timestamps, NaN where missing; zones are honoured."""
    if pa.types.is_date(stamps.type):
        stamps = stamps.cast(pa.timestamp("s"))
    per_second = PER_SECOND[stamps.type.unit]
    ticks = stamps.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    days, rest = np.divmod(ticks, 86_400 * per_second)
    rest = rest // 1_000 if per_second > 1_000_000 else rest * (1_000_000 // per_second)
    far = np.abs(days) > FARTHEST  # their microseconds are past 64 bits
    moments = np.where(far, days, with_time(np.where(far, 0, days), rest))
    return np.where(np.asarray(stamps.is_null()), np.nan, moments)


def are_midnights(stamps: pa.TimestampArray) -> bool:
    """Whether no present timestamp has a time of day, and each is near enough for a date."""
    ticks = stamps.cast(pa.int64()).drop_null().to_numpy()
    days, rest = np.divmod(ticks, 86_400 * PER_SECOND[stamps.type.unit])
    return not (rest.any() or (np.abs(days) > FARTHEST).any())


FARTHEST = 100_000_000
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
