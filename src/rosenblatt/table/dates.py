"""The kind of column that holds dates or times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from rosenblatt.table.column import Column
from rosenblatt.table.missing import fill_scaled, missing_detail
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.values import to_days
from rosenblatt.table.wording import not_a
from rosenblatt.types import FloatArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cycle", "Date"]


class Cycle(Enum):
    """What a date recurs in; the value is its length in days and serves as its plain name."""

    YEAR = "year"
    WEEK = "week"
    DAY = "day"

    @property
    def days(self) -> float:
        return CYCLE_DAYS[self]


CYCLE_DAYS = {Cycle.YEAR: 365.2425, Cycle.WEEK: 7.0, Cycle.DAY: 1.0}


@final
@dataclass(frozen=True)
class Date(Column):
    """A date or time: days on the line of time, scaled, and its place in recurring cycles.

    A place p in a cycle of d days becomes sin(2πp/d) and cos(2πp/d), so that December borders on
    January. A missing date is imputed by the median and marked as a missing number is.
    """

    kind: ClassVar[str] = "date"

    name: str
    scaling: Scaling
    cycles: tuple[Cycle, ...]
    indicator: bool

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
        middle = np.datetime64(int(np.floor(self.scaling.center)), "D")
        return f"dates, median {middle}{cyclic}{missing_detail(self.indicator)}"

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        days, strange = to_days(series)
        if strange.any():
            raise not_a(series, strange, "a date (year-month-day)")
        missing = np.isnan(days)
        for k, cycle in enumerate(self.cycles):
            # A missing date keeps 0 in both waves: the centre of the circle.
            angle = 2 * np.pi * days[~missing] / cycle.days
            out[~missing, 1 + 2 * k] = np.sin(angle)
            out[~missing, 2 + 2 * k] = np.cos(angle)
        return fill_scaled(series, days, self.scaling, self.indicator, out)
