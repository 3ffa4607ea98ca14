"""What a shape says: where its year, month, day and time stand, and what its words mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from rosenblatt.table.notation.clock import UTC_NAMES, ZONE_NAMES
from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.date_patterns import patterns
from rosenblatt.table.notation.months import MONTHS
from rosenblatt.table.notation.weekdays import WEEKDAYS

__all__ = ["OWN_ZONE", "DateLayout", "date_layout"]

OWN_ZONE = "own"  # each time has its zone beside it
ANY_WEEKDAY = frozenset(range(7))

FIELDS = (
    *("year", "month", "day", "first", "middle", "third", "short_year", "quarter", "week"),
    *("weekday_number", "hour", "minute", "second", "fraction"),
    *("zone_hour", "zone_minute", "end_year", "end_month", "end_day"),
)


@final
@dataclass(frozen=True)
class DateLayout:
    """How the texts of one shape are read."""

    form: DateForm
    spans: Mapping[str, tuple[int, int]]  # the first byte and the number of digits of each part
    month: int = 0  # by its name
    weekdays: frozenset[int] = ANY_WEEKDAY
    half: str = ""  # such as "am"
    zone: str = ""  # OWN_ZONE, an abbreviation, or "" for none
    place: str = ""  # a zone such as europe/berlin
    sign: int = 1  # of the zone
    by: str = ""  # what separates the numbers of a date
    is_number: bool = False  # 20230306, which can be a number too

    @property
    def is_open(self) -> bool:
        """Whether its order decides which number is the day."""
        return "first" in self.spans

    @property
    def has_short_year(self) -> bool:
        return "short_year" in self.spans or (self.is_open and self.spans["third"][1] != 4)

    @property
    def has_weekday(self) -> bool:
        return self.weekdays != ANY_WEEKDAY


@functools.lru_cache(maxsize=1 << 14)
def date_layout(shape: str) -> DateLayout | None:
    """The layout of a shape; None if it is no date."""
    if "0" not in shape:
        return None
    return next((layout for layout in layouts(shape) if layout is not None), None)


def layouts(shape: str) -> Iterator[DateLayout | None]:
    """What each pattern that fits makes of a shape."""
    known = patterns()
    for form, pattern in known.alone:
        if found := pattern.fullmatch(shape):
            yield layout_of(form, shape, found)
    for pattern in known.days:
        if found := pattern.match(shape):
            for rest in known.rests:
                if following := rest.fullmatch(shape, found.end()):
                    yield layout_of(DateForm.DAY, shape, found, following)
    if before := known.time_before.match(shape):
        for pattern in known.days:
            if found := pattern.fullmatch(shape, before.end()):
                yield layout_of(DateForm.DAY, shape, before, found)


def layout_of(form: DateForm, shape: str, *matches: re.Match[str]) -> DateLayout | None:
    groups = {name: text for found in matches for name, text in found.groupdict().items() if text}
    spans = {
        name: (len(shape[: found.start(name)].encode()), len(found[name]))
        for found in matches
        for name in found.groupdict()
        if name in FIELDS and found[name]
    }
    month, weekdays = 0, ANY_WEEKDAY
    if "month_name" in groups:
        month = MONTHS.get(groups["month_name"], 0)
        if not month:
            return None
    for name in ("weekday_before", "weekday_after"):
        if name in groups:
            weekdays &= WEEKDAYS.get(groups[name], frozenset())
    zone = zone_of(groups)
    if not weekdays or zone is None:
        return None
    half = groups.get("half_before") or groups.get("half_after") or ""
    if half[:1] in ("a", "p"):  # "a.m.", "p. m."
        half = f"{half[0]}m"
    return DateLayout(
        form,
        spans,
        month,
        weekdays,
        half,
        *zone,
        -1 if groups.get("sign") == "-" else 1,
        groups.get("by", ""),
        not shape.strip("0"),
    )


def zone_of(groups: Mapping[str, str]) -> tuple[str, str] | None:
    """(zone, place) of a time; None if its letters are no zone."""
    name, place = groups.get("zone", ""), groups.get("place", "")
    if "/" in name:
        name, place = "", name
    if name and name not in UTC_NAMES | ZONE_NAMES:
        return None
    if name in UTC_NAMES or "sign" in groups:
        return OWN_ZONE, ""
    if place:
        return OWN_ZONE, place
    return name, ""
