"""Few notes for a table of any width: those that say the same of many columns are one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from rosenblatt.support.listing import count, shortened

__all__ = ["MOST", "in_short"]

MOST = 30  # lines, whatever the columns hold
MANY = 4  # columns from which one stands for all
NAMED = 3
QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""  # as Python writes texts
COLUMN = re.compile(rf"column ({QUOTED})(?=[ :])")
NUMBER = r"(?<!\w)\d(?:[\d.,' ]*\d)?\b"
VARIES = re.compile(
    rf"(?:{QUOTED})(?:(?:, | beside )(?:{QUOTED}))*(?:, \.\.\.)?| and {NUMBER} more|{NUMBER}"
)
ENDING = re.compile(r"(?:ies|s|y)$")  # of plurals and of verbs


def in_short(notes: Iterable[str]) -> list[str]:
    """The notes, those that differ in the names, cells and counts of columns alone put together.

    More than `MOST` are cut, with a line that says how many there are.
    """
    groups: dict[str, list[str]] = {}
    for note in notes:
        groups.setdefault(sense_of(note), []).append(note)
    short = [note for group in groups.values() for note in put_together(group)]
    if len(short) <= MOST:
        return short
    return [*short[: MOST - 1], f"and {len(short) - MOST + 1:,} more notes: --json has them all"]


def sense_of(note: str) -> str:
    """What notes on columns have in common where they say the same."""
    column = COLUMN.match(note)
    if column is None:
        return note
    bare = ast.literal_eval(column[1])  # as options have it, such as --column NAME=number
    words = VARIES.sub("", note.replace(f"{bare}=", "=")).replace(",", " ").split()
    stems = [ENDING.sub("", word) for word in words]
    return " ".join(stem for k, stem in enumerate(stems) if stem not in stems[k - 1 : k])


def put_together(group: list[str]) -> list[str]:
    names = [found[1] for note in group[1:] if (found := COLUMN.match(note))]
    if len(names) < MANY - 1:
        return group
    named = ", ".join(shortened(name) for name in names[:NAMED]) + (", …" if names[NAMED:] else "")
    others = f" ({count(len(names), 'further column')} likewise: {named})"
    return [group[0] + others]
