"""Dates that stand as numbers: 20230306, or the days that a spreadsheet counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import BoolArray, Float64Array
from rosenblatt.table.notation.compact_dates import NEAR, are_compact_dates, compact_dates
from rosenblatt.table.notation.dates import PLAIN_DATES
from rosenblatt.table.notation.excel_serials import from_excel_serials

__all__ = ["NumberDateForm", "NumberDates", "may_be_near_date", "number_dates_of"]

DIGITS = r"^\d+(\.\d*)?$"
NO_DATES = (0, 99999999)  # that programs write for a missing or an open date


class NumberDateForm(Enum):
    """How a number is a date; the value is its description."""

    COMPACT = "written like 20230306"
    EXCEL = "days counted from 1900, as in Excel"


@final
@dataclass(frozen=True)
class NumberDates:
    """The notation of a column of numbers that are dates; texts may also be dates as such."""

    form: NumberDateForm

    def of_numbers(self, values: Float64Array) -> tuple[Float64Array, BoolArray]:
        """(days since 1970-01-01, NaN where a number is none; which are none, NaN left aside)."""
        if self.form is NumberDateForm.EXCEL:
            return from_excel_serials(values)
        given = ~(np.isnan(values) | np.isin(values, NO_DATES))
        whole = given & (values == np.floor(values)) & (np.abs(values) < 1e9)
        days, strange = compact_dates(np.where(whole, values, 0).astype(np.int64))
        return np.where(whole, days, np.nan), given & (strange | ~whole)

    def parse(self, texts: pa.Array) -> tuple[Float64Array, BoolArray]:
        """The same for texts."""
        digits = pc.match_substring_regex(texts, DIGITS)
        given = pc.if_else(digits, texts, None).cast(pa.float64())
        numbers = given.to_numpy(zero_copy_only=False)
        days, strange = self.of_numbers(numbers)
        others = np.isnan(days) & ~strange & np.isnan(numbers)
        if others.any():
            written, odd = PLAIN_DATES.parse(texts.filter(pa.array(others)))
            days[others], strange[others] = written, odd
        return days, strange

    def describe(self) -> str:
        return self.form.value


def may_be_near_date(values: Float64Array) -> BoolArray:
    """Which numbers `number_dates_of` may take for dates, unless they are declared to be some."""
    near = (values >= NEAR[0] * 10_000) & (values < (NEAR[1] + 1) * 10_000)
    return near | np.isin(values, NO_DATES)


def number_dates_of(values: Float64Array, *, declared: bool = False) -> NumberDates | None:
    """How whole numbers are dates, or None; days as in Excel are believed where declared alone."""
    if not len(values):
        return None
    whole = bool((values == np.floor(values)).all() and (np.abs(values) < 1e9).all())
    if whole:
        dates = values[~np.isin(values, NO_DATES)].astype(np.int64)
        few = 2 * len(dates) < len(values)
        all_dates = len(dates) and not compact_dates(dates)[1].any()
        if all_dates and (declared or (are_compact_dates(dates) and not few)):
            return NumberDates(NumberDateForm.COMPACT)
    if declared and not from_excel_serials(values)[1].any():
        return NumberDates(NumberDateForm.EXCEL)
    return None
