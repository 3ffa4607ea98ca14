"""What the numbers of a date mean by their place, and what a cell names: a day, a month, a time."""

from __future__ import annotations

from enum import Enum

__all__ = ["DateForm", "DateOrder"]


class DateOrder(Enum):
    """The order of day, month and year in a column; the value is its description.

    Dates with four digits of the year first and dates with a month by name can mean one thing
    only: they are read in every order.
    """

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"
    MONTH_NAMED = "the month by its English name"


class DateForm(Enum):
    """What the cells of a column name; the value is its description.

    A month, a quarter or a week counts as its first day, and a time of day alone as a part of the
    first of January 1970.
    """

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    WEEK = "week"
    TIME = "time of day"
