"""Notes that say the same of many columns, as one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rosenblatt.support.listing import count

__all__ = ["in_short"]

MANY = 4  # columns from which one stands for all
NAMED = 3
QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""  # as Python writes texts
VARIES = re.compile(rf"{QUOTED}(?: beside (?:{QUOTED}))?|(?<!\w)\d[\d.,' ]*")
COLUMN = re.compile(rf"column ({QUOTED}) ")


def in_short(notes: Iterable[str]) -> list[str]:
    """The notes, those that differ in the names, cells and counts of columns alone put together."""
    groups: dict[str, list[str]] = {}
    for note in notes:
        key = VARIES.sub("", note).replace("decides", "decide") if COLUMN.match(note) else note
        groups.setdefault(key, []).append(note)
    return [note for group in groups.values() for note in put_together(group)]


def put_together(group: list[str]) -> list[str]:
    names = [found[1] for note in group[1:] if (found := COLUMN.match(note))]
    if len(names) < MANY - 1:
        return group
    named = ", ".join(names[:NAMED]) + (", …" if names[NAMED:] else "")
    others = f" ({count(len(names), 'further column')} likewise: {named})"
    return [group[0] + others]
