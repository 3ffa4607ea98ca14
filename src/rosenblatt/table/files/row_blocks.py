"""UTF-8 text cut into blocks of whole rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import IntArray
from rosenblatt.table.files.csv_rows import Dialect, count_lines

__all__ = ["RowBlock", "row_blocks"]


@final
@dataclass(frozen=True)
class RowBlock:
    """Whole rows as UTF-8.

    Attributes
    ----------
    data : bytes
    line : int
        The number of the first line in the file.
    is_last : bool
    cells_of_lines : bool
        Whether some cells hold line ends.
    is_open : bool
        Whether a quotation mark in it is never closed.
    """

    data: bytes
    line: int
    is_last: bool
    cells_of_lines: bool
    is_open: bool = False


def row_blocks(chunks: Iterable[bytes], dialect: Dialect, skip: int) -> Iterator[RowBlock]:
    """The text behind its first `skip` lines; the last block may be empty."""
    rest, line, first = b"", 1, skip + 1
    gathered: list[bytes] = []
    wanted = 0
    for chunk in chunks:
        # Chunks are gathered until they are as long as what is left over: a cell of many
        # megabytes is looked through a few times only.
        gathered.append(chunk)
        wanted += len(chunk)
        if wanted < len(rest):
            continue
        data, gathered, wanted = b"".join((rest, *gathered)), [], 0
        if line < first:
            data, line = behind_lines(data, line, first)
            if line < first:
                rest = data
                continue
        end, of_lines = end_of_rows(data, dialect)
        if end:
            yield RowBlock(data[:end], line, False, of_lines)
            line += count_lines(data[:end])
        rest = data[end:]
    rest = b"".join((rest, *gathered))
    if line < first:
        rest, line = behind_lines(rest, line, first)
    rest = rest.rstrip(b"\r\n")
    if rest:
        rest += b"\n"
    whole, of_lines = end_of_rows(rest, dialect)
    yield RowBlock(rest, line, True, of_lines, whole < len(rest))


def behind_lines(data: bytes, line: int, first: int) -> tuple[bytes, int]:
    """What follows the lines before `first`, and the number of its line.

    Complete lines only are counted, and a carriage return at the very end may go on.
    """
    position = 0
    for end in LINE_END.finditer(data):
        if line == first or (end.end() == len(data) and end.group() == b"\r"):
            break
        position, line = end.end(), line + 1
    return data[position:], line


LINE_END = re.compile(rb"\r\n|\n|\r")


def end_of_rows(data: bytes, dialect: Dialect) -> tuple[int, bool]:
    """Where the last whole row ends, 0 if none does; and whether cells hold line ends."""
    newline = b"\n" if b"\n" in data else b"\r"
    end = data.rfind(newline) + 1
    if newline == b"\r" and end == len(data) and end:
        end = data.rfind(newline, 0, end - 1) + 1  # a line feed may follow it
    quote = dialect.quote.encode()
    if not quote or not end or quote not in data:
        return end, False
    return end_outside_quotes(data, newline, dialect)


def end_outside_quotes(data: bytes, newline: bytes, dialect: Dialect) -> tuple[int, bool]:
    quote, delimiter = dialect.quote.encode(), dialect.delimiter.encode()
    if len(quote) == len(delimiter) == 1:
        text = np.frombuffer(data, np.uint8)
        marks = np.flatnonzero(text == quote[0])
        if alternate(text, marks, delimiter[0], quote[0]):
            ends = np.flatnonzero(text == newline[0])
            within = np.searchsorted(marks, ends) % 2 == 1
            outside = ends[~within]
            return (int(outside[-1]) + 1 if len(outside) else 0), bool(within.any())
    return end_by_rows(data, dialect)


def alternate(text: np.ndarray, marks: IntArray, delimiter: int, quote: int) -> bool:
    """Whether every other mark opens a field and the ones between close it."""
    beside = np.zeros(256, dtype=np.bool_)
    beside[[delimiter, quote, 10, 13]] = True
    opening, closing = marks[::2], marks[1::2]
    before = beside[text[opening - 1]] | (opening == 0)
    after = beside[text[np.minimum(closing + 1, len(text) - 1)]]
    return bool(before.all() and after.all())


def end_by_rows(data: bytes, dialect: Dialect) -> tuple[int, bool]:
    """The same, row by row, where quotation marks stand within fields as well."""
    row = row_pattern(dialect)
    end = 0
    of_lines = False
    for found in row.finditer(data):
        if found.end() == len(data) and not found.group().endswith((b"\n", b"\r")):
            break
        end = found.end()
        of_lines = of_lines or count_lines(found.group()) > 1
    return end, of_lines


def row_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    delimiter, quote = (re.escape(s.encode()) for s in (dialect.delimiter, dialect.quote))
    plain = rb"[^" + delimiter + rb"\r\n]*+"
    if len(dialect.delimiter.encode()) > 1:
        plain = rb"(?:(?!" + delimiter + rb")[^\r\n])*+"
    quoted = quote + rb"(?:[^" + quote + rb"]++|" + quote * 2 + rb")*+" + quote + b"?" + plain
    field = rb"(?:" + quoted + rb"|" + plain + rb")"
    return re.compile(field + rb"(?:" + delimiter + field + rb")*+(?:\r\n|\n|\r|\Z)")
