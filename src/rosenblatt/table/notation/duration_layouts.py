"""What the shape of a duration says: where its numbers stand, and in which units."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import final

from rosenblatt.support.types import BoolArray
from rosenblatt.table.notation.digit_shapes import DigitShapes
from rosenblatt.table.notation.duration_units import NANOSECONDS, NO_LENGTH, UNITS

__all__ = ["DurationForm", "DurationLayout", "Term", "duration_layout", "plausible_durations"]


class DurationForm(Enum):
    """How a duration is written."""

    CLOCK = "12:34:56"
    TWO_PARTS = "12:34"
    MINUTES = "12:34.5"
    DAYS = "1 days 02:00:00"
    ISO = "P1DT2H"
    WORDS = "2h 30m"
    ONE_UNIT = "90 s"  # a number with a unit


@final
@dataclass(frozen=True)
class Term:
    """A number with its unit, in nanoseconds."""

    unit: int
    start: int  # its first byte
    width: int
    decimals: int = 0  # the digits after its decimal sign, which follow it
    below: int = 0  # what it must be less than; 0 for nothing
    sign: int = 1


@final
@dataclass(frozen=True)
class DurationLayout:
    """How the texts of one shape are read."""

    form: DurationForm
    terms: tuple[Term, ...]


HOUR, MINUTE = 3_600 * NANOSECONDS, 60 * NANOSECONDS
DAY = 24 * HOUR
FRACTION = r"(?:[.,](?P<fraction>0{1,9}))?"
CLOCK = re.compile(rf"(?P<sign>[+-]?)(?P<hour>0{{1,6}}):(?P<minute>00):(?P<second>00){FRACTION}")
TWO_PARTS = re.compile(rf"(?P<sign>[+-]?)(?P<major>0{{1,6}}):(?P<minor>00){FRACTION}")
DOT_NET = re.compile(
    rf"(?P<sign>[+-]?)(?P<day>0{{1,6}})\.(?P<hour>00):(?P<minute>00):(?P<second>00){FRACTION}"
)
DAYS = re.compile(
    r"(?P<day_sign>[+-]?)(?P<day>0{1,6}) ?(?:d|days?)(?P<comma>,?) ?"
    rf"(?P<sign>[+-]?)(?P<hour>0{{1,2}}):(?P<minute>00)(?::(?P<second>00){FRACTION})?"
)
TERM = r"(?P<number>0{1,9})(?:[.,](?P<fraction>0{1,9}))?"
ISO = re.compile(r"(?P<sign>[+-]?)p(?P<date>[0.,ymwd]*)(?:t(?P<time>[0.,hms]+))?")
ISO_TERM = re.compile(TERM + "(?P<unit>[ymwdhs])")
ISO_UNITS = {
    "date": {"y": NO_LENGTH, "m": NO_LENGTH, "w": 7 * DAY, "d": DAY},
    "time": {"h": HOUR, "m": MINUTE, "s": NANOSECONDS},
}
WORDS_TERM = re.compile(
    TERM + r"(?: ?(?P<unit>[^\W\d_]++|['\"′″])\.?)?(?:$|,? ?(?:(?:and|und|et|y|e) )?(?=0))"
)


def plausible_durations(shapes: DigitShapes) -> BoolArray:
    """Which shapes have digits, and no words but those of durations."""
    return shapes.matching(vocabulary())


@functools.cache
def vocabulary() -> str:
    words = "|".join(map(re.escape, sorted({*UNITS, *PARTICLES})))
    return rf"^[+-]?(?:p|0)(?:{words}|[^\pL])*$"


PARTICLES = ("and", "und", "et", "y", "e", "t")


@functools.lru_cache(maxsize=1 << 14)
def duration_layout(shape: str) -> DurationLayout | None:
    """The layout of a shape; None if it is no duration."""
    if found := CLOCK.fullmatch(shape):
        return DurationLayout(DurationForm.CLOCK, clock_terms(found))
    if found := TWO_PARTS.fullmatch(shape):
        return two_parts_layout(found)
    if found := DOT_NET.fullmatch(shape):
        day = term(found, "day", DAY, -1 if found["sign"] == "-" else 1)
        return DurationLayout(DurationForm.DAYS, (day, *clock_terms(found, hours_below=24)))
    if found := DAYS.fullmatch(shape):
        # "-1 days 23:00:00" is -1 hour to Python and -47 to pandas: a comma or a sign is needed.
        if found["day_sign"] == "-" and not found["comma"] and not found["sign"]:
            return None
        day = term(found, "day", DAY, -1 if found["day_sign"] == "-" else 1)
        return DurationLayout(DurationForm.DAYS, (day, *clock_terms(found, hours_below=24)))
    if found := ISO.fullmatch(shape):
        return iso_layout(shape, found)
    return words_layout(shape)


def clock_terms(found: re.Match[str], hours_below: int = 0) -> tuple[Term, ...]:
    parts = found.groupdict()
    sign = -1 if parts["sign"] == "-" else 1
    terms = [
        term(found, "hour", HOUR, sign, hours_below),
        term(found, "minute", MINUTE, sign, 60),
    ]
    if parts.get("second"):
        terms.append(term(found, "second", NANOSECONDS, sign, 60))
    if parts["fraction"]:
        terms[-1] = replace(terms[-1], decimals=len(parts["fraction"]))
    return tuple(terms)


def two_parts_layout(found: re.Match[str]) -> DurationLayout:
    """Of 12:34 as hours and minutes, or of 12:34.5, whose fraction is one of seconds."""
    sign, decimals = -1 if found["sign"] == "-" else 1, len(found["fraction"] or "")
    form, unit = DurationForm.TWO_PARTS, HOUR
    if decimals:
        form, unit = DurationForm.MINUTES, MINUTE
    minor = replace(term(found, "minor", unit // 60, sign, 60), decimals=decimals)
    return DurationLayout(form, (term(found, "major", unit, sign), minor))


def iso_layout(shape: str, found: re.Match[str]) -> DurationLayout | None:
    terms: list[Term] = []
    for part, units in ISO_UNITS.items():
        if found[part]:
            sign = -1 if found["sign"] == "-" else 1
            more = terms_of(ISO_TERM, shape, found.start(part), found.end(part), units, sign)
            if more is None:
                return None
            terms += more
    return DurationLayout(DurationForm.ISO, tuple(terms)) if terms else None


def words_layout(shape: str) -> DurationLayout | None:
    begin = len(shape) - len(shape.lstrip("+-"))
    sign = -1 if shape[:begin] == "-" else 1
    if begin > 1:
        return None
    terms = terms_of(WORDS_TERM, shape, begin, len(shape), UNITS, sign)
    if not terms:
        return None
    form = DurationForm.WORDS if len(terms) > 1 else DurationForm.ONE_UNIT
    return DurationLayout(form, terms)


def terms_of(
    pattern: re.Pattern[str], shape: str, start: int, end: int, units: Mapping[str, int], sign: int
) -> tuple[Term, ...] | None:
    """The terms from the largest unit down; None if something else stands there."""
    terms: list[Term] = []
    while start < end:
        found = pattern.match(shape, start, end)
        if not found:
            return None
        if found["unit"]:
            unit = units.get(found["unit"])
        else:  # 1h30
            unit = MINUTE if terms and terms[-1].unit == HOUR and found.end() == end else None
        if unit is None or (terms and NO_LENGTH < terms[-1].unit <= unit):
            return None
        decimals = len(found["fraction"] or "")
        terms.append(replace(term(found, "number", unit, sign), decimals=decimals))
        start = found.end()
    return tuple(terms)


def term(found: re.Match[str], name: str, unit: int, sign: int, below: int = 0) -> Term:
    start = len(found.string[: found.start(name)].encode())
    return Term(unit, start, len(found[name]), 0, below, sign)
