"""What a shape says: where its year, month, day and time stand, and what its words mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from rosenblatt.table.notation.clock import (
    AFTERNOON,
    MORNING,
    TIME,
    TIME_ALONE,
    TOGETHER,
    UTC_NAMES,
    ZONE,
    ZONE_NAMES,
)
from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.months import MONTHS
from rosenblatt.table.notation.weekdays import WEEKDAYS

__all__ = ["OWN_ZONE", "DateLayout", "date_layout"]

OWN_ZONE = "own"  # each time has its zone beside it
ANY_WEEKDAY = frozenset(range(7))

WORD = r"[^\W\d_]++"
MONTH = rf"(?P<month_name>{WORD})\.?"
DAY = r"(?P<day>0{1,2})"
YEAR = r"(?P<year>0000)"
SHORT_YEAR = r"'?(?P<short_year>00)"
ORDINAL = r"(?:st|nd|rd|th|er|re|[°ªoa]|\.)?"
OF = r"(?: ?(?:de|del|of) +)?"
AFTER_YEAR = r"(?: ?(?:г|р|r|roku)\.?)?"
BETWEEN = r" ?[-/.,]? *"

# Numbers alone; `first` and `third` can each be the day, the month or a short year.
COMPACT = rf"{YEAR}(?P<month>00)(?P<day>00)"
DAYS = (
    rf"{YEAR} *(?P<by>[-/.:]) *(?P<month>0{{1,2}}) *(?P=by) *{DAY}\.?",
    rf"{YEAR} (?P<month>0{{1,2}}) {DAY}",
    COMPACT,
    r"(?P<first>0{1,2}) *(?P<by>[-/.]) *(?P<middle>0{1,2}) *(?P=by) *(?P<third>0000|00)",
    r"(?P<first>0{1,2}) (?P<middle>0{1,2}) (?P<third>0000)",
    rf"{DAY}{ORDINAL}{BETWEEN}{OF}{MONTH}{BETWEEN}{OF}(?:{YEAR}|{SHORT_YEAR}){AFTER_YEAR}",
    rf"{MONTH}{BETWEEN}{DAY}{ORDINAL}(?:,? ?[-/]? *)(?:{YEAR}|'(?P<short_year>00))",
    rf"{YEAR}\.?{BETWEEN}{MONTH}{BETWEEN}{DAY}\.?",
    rf"{YEAR} ?[年년] ?(?P<month>0{{1,2}}) ?[月월] ?{DAY} ?[日号號일]?",
    rf"{YEAR}年(?P<month_name>[一二三四五六七八九十]+月){DAY}[日号號]",
)
MONTHS_ALONE = (
    rf"{YEAR}[-/](?P<month>0{{1,2}})",
    rf"(?P<month>0{{1,2}})[-/]{YEAR}",
    rf"{YEAR}[- ]?m(?P<month>0{{1,2}})",
    rf"{MONTH}{BETWEEN}{OF}(?:{YEAR}|[-']+(?P<short_year>00)){AFTER_YEAR}",
    rf"{YEAR}{BETWEEN}{MONTH}",
    rf"{YEAR} ?[年년] ?(?P<month>0{{1,2}}) ?[月월]",
)
QUARTERS = (
    rf"{YEAR}[- /.]?[qt](?P<quarter>0)",
    rf"[qt](?P<quarter>0)[- /.]?(?:{YEAR}|[-']+(?P<short_year>00))",
    rf"(?P<quarter>0)[- ]?[qt][- /.]?(?:{YEAR}|{SHORT_YEAR})",
    rf"{YEAR}年?第?(?P<quarter>0)季度",
)
WEEKS = (
    rf"{YEAR}[- ]?w(?P<week>00)(?:-?(?P<weekday_number>0))?",
    rf"(?:w|kw|cw) ?(?P<week>0{{1,2}})[- /]{YEAR}",
)
WEEKDAY_BEFORE = rf"(?:le )?(?:(?P<weekday_before>{WORD}(?:-feira)?)[.,]*(?: the| le)? *)?"
# Tried last, because the T of a time is a word too.
WEEKDAY_AFTER = rf"(?:,? ?\(?(?P<weekday_after>{WORD})\.?\)?)??"
# Between the digits of a date and of a time something stands.
JOIN = r"(?:t|[ ,]+(?:t|at|um|à|a las|klo|alle)? ?| ?[-_:] ?|(?<![0 ])(?=[0上下午凌早오]))"
ZONE_OF_DAY = r"(?:(?P<zone>z)|(?P<sign>[+-])(?P<zone_hour>00):(?P<zone_minute>00))"
# What follows a day; the pattern of the day itself ends where its digits do.
AFTER_DAY = (
    WEEKDAY_AFTER,
    ZONE_OF_DAY,
    *(f"{WEEKDAY_AFTER}{JOIN}{time}{ZONE}" for time in TIME),
)
TIME_AMID = (  # Fri Mar  3 10:15:00 CET 2023, as Unix has it
    rf"{WEEKDAY_BEFORE}{MONTH} +{DAY} +{TIME[0]}(?: (?P<zone>[a-z]+))? {YEAR}"
    r"(?: (?P<sign>[+-])(?P<zone_hour>00)(?P<zone_minute>00))?"
)
TIME_BEFORE = rf"{TIME[0]}(?:[ ,]+)"
FIELDS = (
    *("year", "month", "day", "first", "middle", "third", "short_year", "quarter", "week"),
    *("weekday_number", "hour", "minute", "second", "fraction"),
    *("zone_hour", "zone_minute"),
)


@final
@dataclass(frozen=True)
class DateLayout:
    """How the texts of one shape are read."""

    form: DateForm
    spans: Mapping[str, tuple[int, int]]  # the first byte and the number of digits of each part
    month: int = 0  # by its name
    weekdays: frozenset[int] = ANY_WEEKDAY
    half: str = ""  # "am", "pm"
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
        return "short_year" in self.spans or (self.is_open and self.spans["third"][1] == 2)


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


@final
@dataclass(frozen=True)
class Patterns:
    alone: tuple[tuple[DateForm, re.Pattern[str]], ...]
    days: tuple[re.Pattern[str], ...]
    rests: tuple[re.Pattern[str], ...]
    time_before: re.Pattern[str]


@functools.cache
def patterns() -> Patterns:
    """Compiled at the first date, not at the import."""
    alone = (
        *((DateForm.TIME, body) for body in TIME_ALONE),
        *((DateForm.MONTH, body) for body in MONTHS_ALONE),
        *((DateForm.QUARTER, body) for body in QUARTERS),
        *((DateForm.WEEK, body) for body in WEEKS),
        (DateForm.DAY, TIME_AMID),
        (DateForm.DAY, f"{COMPACT}{TOGETHER}{ZONE}"),
    )
    return Patterns(
        tuple((form, re.compile(body)) for form, body in alone),
        tuple(re.compile(f"{WEEKDAY_BEFORE}{body}(?:(?<!0)|(?!0))") for body in DAYS),
        tuple(map(re.compile, AFTER_DAY)),
        re.compile(TIME_BEFORE),
    )


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
    half = (groups.get("half_before") or groups.get("half_after") or "").translate(NO_POINTS)
    return DateLayout(
        form,
        spans,
        month,
        weekdays,
        "am" if half in MORNING else "pm" if half in AFTERNOON else "",
        *zone,
        -1 if groups.get("sign") == "-" else 1,
        groups.get("by", ""),
        not shape.strip("0"),
    )


NO_POINTS = str.maketrans("", "", ". ")


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
