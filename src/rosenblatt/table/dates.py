"""Encoding of dates and times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, final

import numpy as np

from rosenblatt.support.types import FloatArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.column import Column
from rosenblatt.table.imputation import fill_scaled, missing_detail
from rosenblatt.table.messages import quote
from rosenblatt.table.notation.date_order import DateOrder
from rosenblatt.table.notation.dates import PLAIN_DATES, DateNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.other_notation import days_in
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.serialization import to_plain

__all__ = ["FARTHEST", "Cycle", "Date", "cycles_of", "day_of", "places_of"]


class Cycle(Enum):
    """A cycle of the calendar; the value is its length in days and its name in files."""

    YEAR = "year"
    WEEK = "week"
    DAY = "day"

    @property
    def days(self) -> float:
        return CYCLE_DAYS[self]


FARTHEST = 1e9  # days, some millions of years
CYCLE_DAYS = {Cycle.YEAR: 365.2425, Cycle.WEEK: 7.0, Cycle.DAY: 1.0}


@final
@dataclass(frozen=True)
class Date(Column):
    """A date or time: days on the line of time, scaled, and its place in recurring cycles.

    A place p in a cycle of d days becomes sin(2πp/d) and cos(2πp/d), so that December borders on
    January. A missing date is imputed by the median and marked as a missing number is. `notation`
    is how text is read, `words` are texts taken as missing.
    """

    kind: ClassVar[str] = "date"

    name: str
    scaling: Scaling
    cycles: tuple[Cycle, ...]
    indicator: bool
    words: tuple[str, ...] = ()
    notation: DateNotation | NumberDates = PLAIN_DATES

    @property
    def scaling_of_values(self) -> Scaling:
        """The scaling of days since 1970-01-01."""
        return self.scaling

    @property
    def n_features(self) -> int:
        return 1 + 2 * len(self.cycles) + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        waves = tuple(
            f"{self.name} in the {cycle.value}, {wave}"
            for cycle in self.cycles
            for wave in ("sine", "cosine")
        )
        return (self.name, *waves, *((f"{self.name} is missing",) if self.indicator else ()))

    @property
    def detail(self) -> str:
        recurring = " and ".join(cycle.value for cycle in self.cycles)
        cyclic = f", recurring by {recurring}" if recurring else ""
        written = self.notation.describe()
        order = f" ({written})" if written else ""
        words = f", taken as missing: {quote(self.words)}" if self.words else ""
        middle = day_of(self.scaling.center)
        return f"dates{order}, median {middle}{missing_detail(self.indicator)}{cyclic}{words}"

    @staticmethod
    def of_current_form(data: dict[str, Any]) -> dict[str, Any]:
        """Version 0.1.0 wrote an `order` instead of a notation."""
        orders = [order.value for order in DateOrder]
        if "order" not in data or "notation" in data or data["order"] not in orders:
            return data
        rest = {name: value for name, value in data.items() if name != "order"}
        return {**rest, "notation": to_plain(DateNotation(order=DateOrder(data["order"])))}

    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        days, notes = days_in(cells, self.notation, self.words)
        missing = np.isnan(days)
        for k, cycle in enumerate(self.cycles):
            # A missing date keeps 0 in both waves: the centre of the circle.
            angle = 2 * np.pi * days[~missing] / cycle.days
            out[~missing, 1 + 2 * k] = np.sin(angle)
            out[~missing, 2 + 2 * k] = np.cos(angle)
        return (*notes, *fill_scaled(cells, days, self.scaling, self.indicator, out))


def day_of(days: float) -> str:
    """The date; where no calendar reaches, which only a file can say, the days since 1970."""
    if abs(days) > FARTHEST:
        return f"{days:g} days from 1970"
    return str(np.datetime64(int(np.floor(days)), "D"))


def cycles_of(days: FloatArray) -> tuple[Cycle, ...]:
    """The cycles in which these days vary."""
    return tuple(cycle for cycle, at in places_of(days).items() if at.min() < at.max())


def places_of(days: FloatArray) -> dict[Cycle, FloatArray]:
    """Where the days stand in each cycle: the month, the day of the week, the time of day."""
    whole = np.floor(days)
    months = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return {Cycle.YEAR: months, Cycle.WEEK: whole % 7, Cycle.DAY: days - whole}
