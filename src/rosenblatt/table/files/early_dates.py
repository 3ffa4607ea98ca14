"""Dates before the first day of Excel's calendar, found in the markup of a workbook.

They are numbers below 0 in cells with the format of a date. Excel shows none of them; other
programs write them for days before 1900, and the reader takes their fraction for a time of day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.messages import count

__all__ = ["EarlyDates"]

NEGATIVE: Final = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?"
    rb"<(?:\w+:)?v>-(?=[0-9.]*[1-9])"
)
ATTRIBUTE: Final = re.compile(rb"""(?<![\w:])(\w+)=(?:"([^"]*)"|'([^']*)')""")
FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE: Final = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
# Numbers of formats that every workbook has.
DATES: Final = frozenset({*range(14, 23), 45, 47})
# What a format says beside its letters: texts, colours and conditions, characters by themselves.
BESIDE: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|&quot;.*?&quot;')
DURATION: Final = re.compile(r"\[[hms]+\]", re.IGNORECASE)


@final
@dataclass
class EarlyDates:
    """Numbers below 0 in all sheets, until the styles tell which of them are dates.

    Attributes
    ----------
    found : dict
        By style: how many there are, and the address of the first.
    styles : set of int
        Those with the format of a date.
    """

    found: dict[int, tuple[int, str]] = field(default_factory=dict)
    styles: set[int] = field(default_factory=set)

    def add_cells(self, block: bytes) -> None:
        for text in NEGATIVE.findall(block) if b">-" in block else ():
            attributes = attributes_of(text)
            if attributes.get("t", "n") == "n":
                style = number(attributes.get("s", "0"))
                n, address = self.found.get(style, (0, attributes.get("r", "")))
                self.found[style] = (n + 1, address)

    def add_styles(self, markup: bytes) -> None:
        dates = {
            number(attributes.get("numFmtId", ""))
            for attributes in map(attributes_of, FORMAT.findall(markup))
            if is_date(attributes.get("formatCode", ""))
        }
        section = STYLES.search(markup)
        for place, text in enumerate(STYLE.findall(section[0]) if section else ()):
            if number(attributes_of(text).get("numFmtId", "0")) in dates | DATES:
                self.styles.add(place)

    def check(self, name: str) -> None:
        """InputError if there are any."""
        early = [self.found[style] for style in sorted(self.found.keys() & self.styles)]
        if early:
            where = f", such as in cell {early[0][1]}" if early[0][1] else ""
            raise InputError(
                f"{name} has {count(sum(n for n, _ in early), 'date')} before the first day of its"
                f" calendar{where}: save the sheet as CSV, or correct them"
            )


def attributes_of(text: bytes) -> dict[str, str]:
    return {
        name.decode(): (double or single).decode(errors="replace")
        for name, double, single in ATTRIBUTE.findall(text)
    }


def number(text: str) -> int:
    """-1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def is_date(code: str) -> bool:
    """Whether a format shows a day or a time of day; a duration may be below 0."""
    positive = code.partition(";")[0]
    letters = BESIDE.sub("", positive).lower()
    return not DURATION.search(positive) and any(letter in letters for letter in "dmyhs")
