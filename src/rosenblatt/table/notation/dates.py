"""How the dates of a column are written, as plain data, and the days that its texts name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
import pyarrow as pa

from rosenblatt.support.types import BoolArray, Float64Array
from rosenblatt.table.notation.date_layouts import OWN_ZONE
from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_parts import DateParts, date_parts
from rosenblatt.table.notation.digit_shapes import digit_shapes

__all__ = ["PIVOT", "PLAIN_DATES", "DateNotation"]

PIVOT = 69  # as in POSIX, whatever today's date


@final
@dataclass(frozen=True)
class DateNotation:
    """How the dates of one column are written.

    Parameters
    ----------
    order : DateOrder
        What 03/04/2023 is. Dates that can mean one thing only are read beside any order.
    form : DateForm
        What every cell names: days with or without a time, or months, quarters, weeks, times.
    zone : str
        Which zone the times have: "" for none beside them, "own" where each has its own ("Z",
        "+01:00", "[Europe/Berlin]"), or an abbreviation that stands at every time, such as "cet":
        these are read as they stand, because what they are ahead of UTC is not certain.
    short_years : bool
        Whether years are written with two digits, in some cells at least.
    pivot : int
        Two-digit years below it are of the 2000s, and from it on of the 1900s.
    """

    leaves_out_defaults: ClassVar[bool] = True

    order: DateOrder = DateOrder.YEAR_FIRST
    form: DateForm = DateForm.DAY
    zone: str = ""
    short_years: bool = False
    pivot: int = PIVOT

    def __post_init__(self) -> None:
        if not 0 <= self.pivot <= 100:
            raise ValueError("the pivot of two-digit years is a number of two digits")

    def parse(self, texts: pa.Array) -> tuple[Float64Array, BoolArray]:
        """(days since 1970-01-01 in UTC, NaN where a text is none; which texts are none).

        A time without a zone is taken as one in UTC.
        """
        return self.read(date_parts(digit_shapes(texts)))

    def read(self, parts: DateParts) -> tuple[Float64Array, BoolArray]:
        """`parse` for texts whose parts are known."""
        days, exists = parts.moments(self.order, self.pivot)
        exists &= parts.where(lambda layout: (layout.form, layout.zone) == (self.form, self.zone))
        return np.where(exists, days, np.nan), ~exists

    def describe(self) -> str:
        """What is to be said of it; "" for year, month and day."""
        said = []
        if self.form is DateForm.DAY and self.order is not DateOrder.YEAR_FIRST:
            named = self.order is DateOrder.MONTH_NAMED
            said.append("the month by its name" if named else self.order.value)
        elif self.form is not DateForm.DAY:
            said.append(f"{self.form.value} alone")
        if self.short_years:
            said.append(f"two-digit years from {1900 + self.pivot} to {1999 + self.pivot}")
        if self.zone == OWN_ZONE:
            said.append("times with their zone")
        elif self.zone:
            said.append(f"times in {self.zone.upper()}, as they stand")
        return ", ".join(said)


PLAIN_DATES = DateNotation()
