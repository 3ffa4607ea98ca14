"""Rows of delimited text, one by one, with the numbers of their lines.

The exact reading: slow, for the beginning of a file and for what a fast parser refuses. It has the
rules of that parser: a quotation mark counts at the start of a field only, and is written twice
within one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, final

import numpy as np

__all__ = ["LINE_END", "Dialect", "Row", "count_lines", "rows_of"]

MAX_FIELDS: Final = 1_000_000  # of a row: more of them are counted as one
LINE_FEED: Final = ord("\n")
LINE_END: Final = re.compile(r"\r\n|\n|\r")


@final
@dataclass(frozen=True)
class Dialect:
    """What stands between fields and around them; `quote` "" for nothing."""

    delimiter: str
    quote: str = '"'


@final
class Row(NamedTuple):
    """Fields of a row; the first and last line that it stands on; whether a quote is left open."""

    fields: list[str]
    line: int
    last_line: int
    is_open: bool = False

    @property
    def is_blank(self) -> bool:
        return len(self.fields) == 1 and not self.fields[0].strip()


def count_lines(text: str | bytes) -> int:
    """How many lines end in the text, by any of the three usual ends."""
    if isinstance(text, bytes):
        # Several times faster than bytes.count, which begins anew behind each line.
        n = int(np.count_nonzero(np.frombuffer(text, np.uint8) == LINE_FEED))
        return n + text.count(b"\r") - text.count(b"\r\n") if b"\r" in text else n
    n = text.count("\n")
    return n + text.count("\r") - text.count("\r\n") if "\r" in text else n


def rows_of(text: str, dialect: Dialect, line: int = 1) -> Iterator[Row]:
    """Every row, blank ones too; `line` is the number of the first line."""
    stop = re.compile(f"[{re.escape(dialect.delimiter)}\r\n]")
    position = 0
    while position < len(text):
        end = LINE_END.search(text, position)
        stretch = text[position : end.start() if end else len(text)]
        if not dialect.quote or dialect.quote not in stretch:
            yield Row(plain_fields(stretch, dialect.delimiter), line, line)
            position, line = end.end() if end else len(text), line + 1
            continue
        fields, after, is_open = quoted_fields(text, position, dialect, stop)
        last = line + count_lines(text[position:after])
        ended = after > position and text[after - 1] in "\r\n"
        yield Row(fields, line, last - ended, is_open)
        position, line = after, last + (not ended)


def plain_fields(text: str, delimiter: str) -> list[str]:
    """The fields of a line without quotation marks; any number of blanks separates as one."""
    if delimiter == " ":
        return text.split(" ") if "  " not in text else re.split(" +", text.strip(" "))
    return text.split(delimiter, MAX_FIELDS)


def quoted_fields(
    text: str, position: int, dialect: Dialect, stop: re.Pattern[str]
) -> tuple[list[str], int, bool]:
    """A row with quotation marks: its fields, where the next begins, and if a mark is open."""
    fields: list[str] = []
    quote, n = dialect.quote, len(text)
    while True:
        start = position
        while dialect.delimiter != " " and text[start : start + 1] == " ":
            start += 1
        parts: list[str] = []
        if text.startswith(quote, start):
            position = start + 1
            while True:
                closing = text.find(quote, position)
                if closing < 0:
                    return [*fields, "".join(parts) + text[position:]], n, True
                if text.startswith(quote, closing + 1):
                    parts.append(text[position : closing + 1])
                    position = closing + 2
                    continue
                parts.append(text[position:closing])
                position = closing + 1
                break
        end = stop.search(text, position)
        at = end.start() if end else n
        fields.append("".join(parts) + text[position:at])
        if end is None:
            return fields, n, False
        if text[at] != dialect.delimiter:
            return fields, at + (2 if text.startswith("\r\n", at) else 1), False
        position = at + 1
        while dialect.delimiter == " " and text.startswith(" ", position):
            position += 1
