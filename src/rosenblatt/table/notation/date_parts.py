"""The parts of dates as numbers, for all texts of a column at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table.notation.calendar_days import (
    MICROSECONDS_A_DAY,
    days_of_dates,
    days_of_weeks,
    full_years,
    weekdays_of,
    with_time,
)
from rosenblatt.table.notation.clock_times import clock_times, zone_offsets
from rosenblatt.table.notation.date_layouts import DateLayout, date_layout
from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_words import plausible_dates
from rosenblatt.table.notation.digit_shapes import DigitShapes
from rosenblatt.table.notation.zones import utc_offsets

__all__ = ["PLACES", "DateParts", "date_parts"]

# Which of the first, middle and third number is the year, the month and the day.
PLACES = {
    DateOrder.YEAR_FIRST: (0, 1, 2),
    DateOrder.DAY_FIRST: (2, 1, 0),
    DateOrder.MONTH_FIRST: (2, 0, 1),
}
OPEN_NAMES = ("first", "middle", "third")
# The year, the next smaller part and the smallest one, by the names that layouts give them.
PART_NAMES = (
    ("year", "short_year", "first"),
    ("month", "quarter", "week", "middle"),
    ("day", "weekday_number", "third"),
)


@final
@dataclass(frozen=True, eq=False)
class DateParts:
    """The layout of each text and its numbers; which number is the day may still be open."""

    groups: tuple[tuple[DateLayout, IntArray], ...]  # the texts of each layout; others are no dates
    numbers: IntArray  # shape (3, n): year, month, day; in an open layout as they stand
    microseconds: IntArray  # since midnight, in UTC where the zone is beside
    exists: BoolArray  # the time of day can be

    def where(self, holds: Callable[[DateLayout], bool]) -> BoolArray:
        """The texts whose layout has a property."""
        found = np.zeros(len(self.exists), np.bool_)
        for layout, rows in self.groups:
            if holds(layout):
                found[rows] = True
        return found

    @property
    def is_zero(self) -> BoolArray:
        """0000-00-00, 1900-00-00, 00.00.0000: what databases keep where there is no date."""
        first, middle, last = self.numbers == 0
        return middle & (first | last)

    def moments(self, order: DateOrder, pivot: int) -> tuple[Float64Array, BoolArray]:
        """(days since 1970 in UTC, which texts are moments) if open dates have this order."""
        days, microseconds = np.zeros(len(self.exists), np.int64), self.microseconds.copy()
        exists = np.zeros(len(self.exists), np.bool_)
        for layout, rows in self.groups:
            days[rows], exists[rows] = days_of(layout, self.numbers[:, rows], order, pivot)
            if layout.place:
                local = days[rows] * MICROSECONDS_A_DAY + microseconds[rows]
                offsets, certain = utc_offsets(local, layout.place)
                microseconds[rows] -= offsets
                exists[rows] &= certain
        exists &= self.exists
        return np.where(exists, with_time(days, microseconds), np.nan), exists


def days_of(
    layout: DateLayout, numbers: IntArray, order: DateOrder, pivot: int
) -> tuple[IntArray, BoolArray]:
    """(the day, which texts are one) of texts of one layout."""
    year, month, day = numbers
    if layout.form is DateForm.TIME:
        return np.zeros_like(year), np.ones(len(year), np.bool_)
    if layout.is_open:
        places = PLACES.get(order)
        if places is None or layout.spans[OPEN_NAMES[places[0]]][1] == 1:
            return np.zeros_like(year), np.zeros(len(year), np.bool_)
        year, month, day = (numbers[place] for place in places)
    if layout.has_short_year:
        year = full_years(year, pivot)
    if "week" in layout.spans:
        return days_of_weeks(year, month, day)
    if layout.form is DateForm.QUARTER:
        month = 3 * month - 2
    days, exists = days_of_dates(year, month, day)
    if layout.has_weekday:
        exists &= np.isin(weekdays_of(days), list(layout.weekdays))
    return days, exists


def date_parts(shapes: DigitShapes) -> DateParts:
    """The parts of texts, which are trimmed and not missing."""
    n = len(shapes.codes)
    numbers = np.ones((3, n), np.int64)
    microseconds = np.zeros(n, np.int64)
    exists = np.zeros(n, np.bool_)
    groups = []
    plausible = plausible_dates(shapes)
    for code, rows in shapes.groups():
        layout = date_layout(shapes.shapes[code]) if plausible[code] else None
        if layout is None:
            continue
        groups.append((layout, rows))
        for k, names in enumerate(PART_NAMES):
            for name in names:
                if name in layout.spans:
                    numbers[k, rows] = shapes.number(rows, *layout.spans[name])
        if layout.month:
            numbers[1, rows] = layout.month
        microseconds[rows], exists[rows] = clock_times(shapes, rows, layout.spans, layout.half)
        offsets, certain = zone_offsets(shapes, rows, layout.spans, layout.sign)
        microseconds[rows] -= offsets
        exists[rows] &= certain
        if "end_day" in layout.spans:
            exists[rows] &= ends_a_week(layout, numbers[:, rows], shapes, rows)
    return DateParts(tuple(groups), numbers, microseconds, exists)


def ends_a_week(
    layout: DateLayout, begin: IntArray, shapes: DigitShapes, rows: IntArray
) -> BoolArray:
    """Which texts such as 2023-01-02/2023-01-08 are weeks from their first day to their last."""
    end = [shapes.number(rows, *layout.spans[f"end_{part}"]) for part in ("year", "month", "day")]
    last, exists = days_of_dates(*end)
    return exists & (last - days_of_dates(*begin)[0] == 6)
