"""Encoding of dates and times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from rosenblatt.support.types import FloatArray
from rosenblatt.table.column import Column
from rosenblatt.table.date_text import DateOrder, moment_of
from rosenblatt.table.messages import not_a
from rosenblatt.table.missing import fill_scaled, missing_detail
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.values import MISSING_MARKERS, factorise, to_days

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cycle", "Date", "date_orders"]


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
    January. A missing date is imputed by the median and marked as a missing number is. `order` is
    how text is read; what is stored as a date has none, and counts as written year first.
    """

    kind: ClassVar[str] = "date"

    name: str
    scaling: Scaling
    cycles: tuple[Cycle, ...]
    indicator: bool
    order: DateOrder = DateOrder.YEAR_FIRST

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
        order = "" if self.order is DateOrder.YEAR_FIRST else f" ({self.order.value})"
        middle = day_of(self.scaling.center)
        return f"dates{order}, median {middle}{cyclic}{missing_detail(self.indicator)}"

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        days, strange = to_days(series, self.order)
        if strange.any():
            raise not_a(series, strange, f"a date ({self.order.value})")
        missing = np.isnan(days)
        for k, cycle in enumerate(self.cycles):
            # A missing date keeps 0 in both waves: the centre of the circle.
            angle = 2 * np.pi * days[~missing] / cycle.days
            out[~missing, 1 + 2 * k] = np.sin(angle)
            out[~missing, 2 + 2 * k] = np.cos(angle)
        return fill_scaled(series, days, self.scaling, self.indicator, out)


def day_of(days: float) -> str:
    """The date; where no calendar reaches, which only a file can say, the days since 1970."""
    if abs(days) > FARTHEST:
        return f"{days:g} days from 1970"
    return str(np.datetime64(int(np.floor(days)), "D"))


def date_orders(series: pd.Series) -> tuple[DateOrder, ...]:
    """The orders in which every present cell is a date: none if some is not, two if unclear."""
    days, strange = to_days(series)
    if not strange.any():
        return () if np.isnan(days).all() else (DateOrder.YEAR_FIRST,)
    present = [text for text in factorise(series)[1] if text.lower() not in MISSING_MARKERS]
    return tuple(
        order for order in DateOrder if all(moment_of(text, order) is not None for text in present)
    )
