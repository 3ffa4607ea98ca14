"""How the durations of a column are written, as plain data, and how long its texts are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, final

import numpy as np
import pyarrow as pa

from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table.notation.digit_shapes import DigitShapes, digit_shapes
from rosenblatt.table.notation.duration_layouts import (
    DurationForm,
    DurationLayout,
    Term,
    duration_layout,
    plausible_durations,
)
from rosenblatt.table.notation.duration_units import NANOSECONDS, NO_LENGTH

__all__ = [
    "DurationGroups",
    "DurationNotation",
    "TwoParts",
    "duration_groups",
    "seconds_of_durations",
]


DurationGroups = tuple[tuple[DurationLayout, IntArray], ...]  # the texts of each layout


def duration_groups(shapes: DigitShapes) -> DurationGroups:
    """The layouts of texts; what is no duration is in none."""
    plausible = plausible_durations(shapes)
    layouts = (
        (duration_layout(shapes.shapes[code]) if plausible[code] else None, rows)
        for code, rows in shapes.groups()
    )
    return tuple((layout, rows) for layout, rows in layouts if layout is not None)


class TwoParts(Enum):
    """What 12:34 is as a duration; the value is its description."""

    HOURS = "hours:minutes"
    MINUTES = "minutes:seconds"


@final
@dataclass(frozen=True)
class DurationNotation:
    """How the durations of one column are written.

    Parameters
    ----------
    two_parts : TwoParts
        What 12:34 is. All else can be one thing only.
    """

    leaves_out_defaults: ClassVar[bool] = True

    two_parts: TwoParts = TwoParts.HOURS

    def parse(self, texts: pa.Array) -> tuple[Float64Array, BoolArray]:
        """(seconds, NaN where a text is no duration; which texts are none)."""
        shapes = digit_shapes(texts)
        return self.read(shapes, duration_groups(shapes))

    def read(self, shapes: DigitShapes, groups: DurationGroups) -> tuple[Float64Array, BoolArray]:
        """`parse` for texts whose layouts are known."""
        seconds = np.zeros(len(shapes.codes), np.int64)
        nanoseconds = np.zeros_like(seconds)
        exists = np.zeros(len(shapes.codes), np.bool_)
        for layout, rows in groups:
            in_minutes = (
                layout.form is DurationForm.TWO_PARTS and self.two_parts is TwoParts.MINUTES
            )
            exists[rows] = True
            for term in layout.terms:
                number = shapes.number(rows, term.start, term.width)
                if term.below:
                    exists[rows] &= number < term.below
                if term.unit == NO_LENGTH:
                    exists[rows] &= number == 0
                unit = term.unit // 60 if in_minutes else term.unit
                seconds[rows] += term.sign * number * (unit // NANOSECONDS)
                rest = number * (unit % NANOSECONDS) + fraction_of(term, unit, shapes, rows)
                nanoseconds[rows] += term.sign * rest
        return np.where(exists, with_fraction(seconds, nanoseconds), np.nan), ~exists

    def describe(self) -> str:
        """What is to be said of it; "" for hours."""
        return "" if self.two_parts is TwoParts.HOURS else self.two_parts.value


def fraction_of(term: Term, unit: int, shapes: DigitShapes, rows: IntArray) -> IntArray:
    """The decimals of a term in nanoseconds."""
    if not term.decimals:
        return np.zeros(len(rows), np.int64)
    digits = shapes.number(rows, term.start + term.width + 1, term.decimals)
    if unit <= NANOSECONDS:  # exact: below 64 bits
        return digits * unit // 10**term.decimals
    return np.rint(digits / 10**term.decimals * unit).astype(np.int64)


def seconds_of_durations(durations: pa.Array) -> Float64Array:
    """Seconds of a column stored as durations, NaN where missing."""
    per_second = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": NANOSECONDS}[durations.type.unit]
    ticks = durations.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    seconds, rest = np.divmod(ticks, per_second)
    values = with_fraction(seconds, rest * (NANOSECONDS // per_second))
    return np.where(np.asarray(durations.is_null()), np.nan, values)


def with_fraction(seconds: IntArray, nanoseconds: IntArray) -> Float64Array:
    """Seconds as one number, the same to the last digit whatever they were written as."""
    near = np.abs(seconds) < LONGEST
    exact = (np.where(near, seconds, 0) * NANOSECONDS + nanoseconds) / NANOSECONDS
    return np.where(near, exact, seconds + nanoseconds / NANOSECONDS)


LONGEST = 4_000_000_000  # seconds, whose nanoseconds are within 63 bits
