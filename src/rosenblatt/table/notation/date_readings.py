"""What one text can be as a date, and why it is none in a column: for messages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rosenblatt.table.notation.date_layouts import OWN_ZONE, DateLayout
from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_parts import PLACES, DateParts, date_parts
from rosenblatt.table.notation.dates import PIVOT, DateNotation
from rosenblatt.table.notation.digit_shapes import digit_shapes

__all__ = ["date_readings", "why_no_date"]


def date_readings(text: str, pivot: int = PIVOT) -> dict[DateOrder, str]:
    """The day and time that a text names, as ISO 8601 has it, by each order that allows it.

    Empty if the text is no date. One order alone, YEAR_FIRST, for what can mean one thing only.
    """
    parts = date_parts(digit_shapes(pa.array([text])))
    if not parts.groups:
        return {}
    layout = parts.groups[0][0]
    found = {}
    for order in PLACES if layout.is_open else (DateOrder.YEAR_FIRST,):
        days, exists = parts.moments(order, pivot)
        if exists[0]:
            found[order] = iso_8601(days[0], layout)
    return found


def iso_8601(days: float, layout: DateLayout) -> str:
    moment = np.datetime64(0, "us") + np.timedelta64(round(days * 86_400e6), "us")
    date, time = str(moment).split("T")
    if "hour" not in layout.spans:
        return date
    time = time.removesuffix(".000000").removesuffix(":00")
    if layout.form is DateForm.TIME:
        return time
    return f"{date} {time}" + (" UTC" if layout.zone == OWN_ZONE else "")


def why_no_date(text: str, notation: DateNotation) -> str:
    """Why a text that is strange in a notation is none of its dates, to follow "is"."""
    parts = date_parts(digit_shapes(pa.array([text])))
    if not parts.groups:
        return "no date"
    layout = parts.groups[0][0]
    if layout.form is not notation.form:
        return f"a {layout.form.value}, where the others are each a {notation.form.value}"
    if layout.zone != notation.zone:
        return why_other_zone(layout, notation)
    if parts.is_zero[0]:
        return "a date that was never filled in"
    if not parts.exists[0]:
        return "at no time of the day"
    return why_no_day(text, notation, parts)


def why_other_zone(layout: DateLayout, notation: DateNotation) -> str:
    if layout.zone not in ("", OWN_ZONE):
        zone = layout.zone.upper()
        return f"in {zone}, which is not certain: write what it is ahead of UTC, as in +01:00"
    if layout.zone == OWN_ZONE:
        return "a time with its zone, where the others have none"
    return "without a zone, where the others have one"


def why_no_day(text: str, notation: DateNotation, parts: DateParts) -> str:
    layout = parts.groups[0][0]
    others = date_readings(text, notation.pivot)
    if layout.is_open and others:
        ways = " or ".join(f"{value} if read as {order.value}" for order, value in others.items())
        return f"{ways}, where the others are {notation.order.value}"
    if layout.place:
        return "twice or never in its zone, where the clock is set forward or back"
    return "no day of the calendar" + (", with this weekday" if layout.has_weekday else "")
