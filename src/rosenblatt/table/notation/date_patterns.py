"""The patterns of dates in shapes, where every digit is a 0 and every letter small."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import final

from rosenblatt.table.notation.clock import TIME, TIME_ALONE, TOGETHER, ZONE
from rosenblatt.table.notation.date_order import DateForm

__all__ = ["Patterns", "patterns"]

WORD = r"[^\W\d_]++(?:'[^\W\d_]++)?"
MONTH = rf"(?P<month_name>{WORD})\.?"
DAY = r"(?P<day>0{1,2})"
YEAR = r"(?P<year>0000)"
SHORT_YEAR = r"'?(?P<short_year>00)"
ORDINAL = r"(?:(?:st|nd|rd|th|er|re|ª|o|a)(?![^\W\d_])|[°.])?"
OF = r"(?: ?(?:de|del|of) +| ?d')?"
AFTER_YEAR = r"(?: ?(?:г|р|r|roku)\.?)?"
BETWEEN = r" ?[-/.,]? *"

# Numbers alone; `first` and `third` can each be the day, the month or a short year.
COMPACT = rf"{YEAR}(?P<month>00)(?P<day>00)"
DAYS = (
    rf"{YEAR} *(?P<by>[-/.:]) *(?P<month>0{{1,2}}) *(?P=by) *{DAY}\.?",
    rf"{YEAR} (?P<month>0{{1,2}}) {DAY}",
    COMPACT,
    r"(?P<first>0{1,2}) *(?P<by>[-/.]) *(?P<middle>0{1,2}) *(?P=by) *(?P<third>0000|00)"
    r"\.?(?: г\.)?",
    r"(?P<first>00)\. (?P<middle>0{1,2})\. (?P<third>0)\.",
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
    rf"{YEAR}[- /.:]?[qt](?P<quarter>0)",
    rf"[qt](?P<quarter>0)[- /.]?(?:{YEAR}|[-']+(?P<short_year>00))",
    rf"(?P<quarter>0)[- ]?[qt][- /.]?(?:{YEAR}|{SHORT_YEAR})",
    rf"{YEAR}年?第?(?P<quarter>0)季度",
)
WEEKS = (
    rf"{YEAR}[- ]?w(?P<week>00)(?:-?(?P<weekday_number>0))?",
    rf"(?:w|kw|cw|week) ?(?P<week>0{{1,2}})(?:[-/]|,? ){YEAR}",
    rf"{YEAR},? week (?P<week>0{{1,2}})",
    rf"{YEAR}-(?P<month>00)-{DAY}/(?P<end_year>0000)-(?P<end_month>00)-(?P<end_day>00)",
)
WEEKDAY_BEFORE = (
    rf"(?:(?:le|den|el) )?(?:(?P<weekday_before>{WORD}(?:-feira)?)[.,]*(?: the| le| el| den)? *)?"
)
# Tried last, because the T of a time is a word too.
WEEKDAY_AFTER = rf"(?:,? ?\(?(?P<weekday_after>{WORD})\.?\)?)??"
# Between the digits of a date and of a time something stands.
JOIN = r"(?:t|[ ,]+(?:t|at|um|à|a las|klo|alle)? ?| ?[-_:] ?|(?<![0 ])(?=[0上下午凌早오]))"
HOUR_ALONE = r"t(?P<hour>00)"
ZONE_OF_DAY = r"(?:(?P<zone>z)|(?P<sign>[+-])(?P<zone_hour>00):(?P<zone_minute>00))"
# What follows a day; the pattern of the day itself ends where its digits do.
AFTER_DAY = (
    WEEKDAY_AFTER,
    ZONE_OF_DAY,
    *(f"{WEEKDAY_AFTER}{JOIN}{time}{ZONE}" for time in TIME),
    HOUR_ALONE + ZONE,
)
TIME_AMID = (  # Fri Mar  3 10:15:00 CET 2023, as Unix has it
    rf"{WEEKDAY_BEFORE}{MONTH} +{DAY} +{TIME[0]}(?: (?P<zone>[a-z]+))? {YEAR}"
    r"(?: (?P<sign>[+-])(?P<zone_hour>00)(?P<zone_minute>00))?"
)
TIME_BEFORE = rf"{TIME[0]}(?:[ ,]+)"


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
