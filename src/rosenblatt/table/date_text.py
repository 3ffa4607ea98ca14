"""Parses dates in text, in several orders of day, month and year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rosenblatt.table.notation.date_order import DateOrder

__all__ = ["DateOrder", "moment_of"]

ISO = re.compile(r"\d{4}[-/]\d\d[-/]\d\d([T ]\d\d:\d\d.*)?", re.DOTALL)
TIME = r"(?:,?\s+(?P<time>\d.*))?"
DAY_LEADS = re.compile(r"(?P<day>\d\d?)(?P<by>[./-])(?P<month>\d\d?)(?P=by)(?P<year>\d{4})" + TIME)
# With dots the day comes first.
MONTH_LEADS = re.compile(r"(?P<month>\d\d?)(?P<by>[/-])(?P<day>\d\d?)(?P=by)(?P<year>\d{4})" + TIME)
NAME = r"(?P<month>[A-Za-z]{3,9})\.?"
NAME_LEADS = re.compile(NAME + r"\s+(?P<day>\d\d?),?\s+(?P<year>\d{4})" + TIME)
NAME_AMID = re.compile(r"(?P<day>\d\d?)\.?[\s-]" + NAME + r",?[\s-](?P<year>\d{4})" + TIME)
TIME_OF_DAY = re.compile(
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(:(?P<second>\d\d(\.\d{1,6})?))?(\s*(?P<half>[ap])m)?",
    re.IGNORECASE,
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MONTH_OF = {
    written: number
    for number, name in enumerate(MONTHS, 1)
    for written in (name, name[:3], *(("sept",) if name == "september" else ()))
}


PATTERNS = {
    DateOrder.YEAR_FIRST: (),
    DateOrder.DAY_FIRST: (DAY_LEADS,),
    DateOrder.MONTH_FIRST: (MONTH_LEADS,),
    DateOrder.MONTH_NAMED: (NAME_LEADS, NAME_AMID),
}


def moment_of(text: str, order: DateOrder) -> datetime | None:
    """The date and time of a text, midnight if it has no time; None if it is no such date."""
    if ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            return None
    for pattern in PATTERNS[order]:
        found = pattern.fullmatch(text)
        if found:
            month = MONTH_OF.get(found["month"].lower()) or found["month"]
            time = time_of_day(found["time"])
            try:
                day = datetime(int(found["year"]), int(month), int(found["day"]))
            except ValueError:  # no such month or day
                return None
            return None if time is None else day + time
    return None


def time_of_day(text: str | None) -> timedelta | None:
    """The time since midnight; None if the text is no time of day."""
    if text is None:
        return timedelta()
    found = TIME_OF_DAY.fullmatch(text)
    if not found:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"]), float(found["second"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    if hour > 23 or minute > 59 or second >= 60:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)
