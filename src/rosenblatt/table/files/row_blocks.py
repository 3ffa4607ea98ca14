"""UTF-8 text cut into blocks of whole rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import IntArray
from rosenblatt.table.files.csv_rows import Dialect, count_lines

__all__ = ["RowBlock", "is_blank", "line_at", "row_blocks", "row_pattern"]

NO_LINE_END: Final = re.compile(rb"[^\r\n]")
LEAST_ROWS: Final = 50
WIDE: Final = 1 << 24  # bytes that are enough for a block, however few rows they are
LINE_END: Final = re.compile(rb"\r\n|\n|\r")


@final
@dataclass(frozen=True)
class RowBlock:
    """Whole rows as UTF-8.

    Attributes
    ----------
    data : bytes
    offset : int
        Where it begins in the text, in bytes.
    is_last : bool
    has_cells_of_lines : bool
        Whether some cells hold line ends.
    is_open : bool
        Whether a quotation mark in it is never closed.
    """

    data: bytes
    offset: int
    is_last: bool = False
    has_cells_of_lines: bool = False
    is_open: bool = False


def row_blocks(chunks: Iterable[bytes], dialect: Dialect, skip: int) -> Iterator[RowBlock]:
    """The text behind its first `skip` lines, in blocks; the last one ends in its last cell."""
    rest, offset = b"", 0
    gathered: list[bytes] = []
    size = n_lines = 0
    held: RowBlock | None = None  # until it is known whether more than line ends follow
    blank: list[RowBlock] = []  # the line ends behind it
    for chunk in chunks:
        # As much is gathered as is left over, so that a cell of many megabytes is searched a few
        # times only; and some rows at least, so that a wide table has few pieces.
        gathered.append(chunk)
        size += len(chunk)
        n_lines += 16 * chunk.count(b"\n", 0, 1 << 16) if size < WIDE else LEAST_ROWS
        if size < len(rest) or n_lines < LEAST_ROWS:
            continue
        n_lines = 0
        data, behind = joined((rest, *gathered), dialect)
        gathered, size = [], 0
        if skip:
            position, skip = behind_lines(data, skip)
            data, offset = data[position:], offset + position
        end, of_lines = (0, False) if skip else end_of_rows(data, dialect)
        if end:
            found = RowBlock(data[:end], offset, False, of_lines)
            if held and is_blank(found.data):
                blank.append(found)
            else:
                yield from filter(None, (held, *blank))
                held, blank = found, []
        rest, offset = data[end:] + behind, offset + end
    rest = b"".join((rest, *gathered))
    if skip:
        position, skip = behind_lines(rest + b"\n", skip)
        rest, offset = rest[position:], offset + position
    rest = rest.rstrip(b"\r\n")
    if held and not rest:
        data = held.data.rstrip(b"\r\n")
        yield replace(held, data=data + b"\n" if data else b"", is_last=True)
        return
    yield from filter(None, (held, *blank))
    rest += b"\n" if rest else b""
    whole, of_lines = end_of_rows(rest, dialect)
    yield RowBlock(rest, offset, True, of_lines, whole < len(rest))


def joined(pieces: Sequence[bytes], dialect: Dialect) -> tuple[bytes, bytes]:
    """(the pieces up to the last line feed, what is behind it); all where fields are quoted.

    What is cut off before they are joined need not be copied twice.
    """
    quote = dialect.quote.encode()
    if quote and any(quote in piece for piece in pieces):
        return b"".join(pieces), b""
    end = pieces[-1].rfind(b"\n") + 1
    if not end:
        return b"".join(pieces), b""
    return b"".join((*pieces[:-1], memoryview(pieces[-1])[:end])), pieces[-1][end:]


def is_blank(data: bytes) -> bool:
    """Whether there are line ends alone."""
    return NO_LINE_END.search(data) is None


def behind_lines(data: bytes, n: int) -> tuple[int, int]:
    """Where the text behind its first n lines begins, and how many of them are still to come."""
    position = 0
    for end in LINE_END.finditer(data):
        # A carriage return at the very end may be half of a line end.
        if not n or (end.end() == len(data) and end.group() == b"\r"):
            break
        position, n = end.end(), n - 1
    return position, n


def line_at(chunks: Iterable[bytes], offset: int) -> int:
    """The number of the line that is `offset` bytes into the text, from 1.

    Lines are counted where a message needs one, which is seldom, rather than in every block.
    """
    line, carried = 1, b""
    for chunk in chunks:
        text = (carried + chunk)[: len(carried) + offset]
        offset -= len(chunk)
        if offset <= 0:
            return line + count_lines(text)
        carried = b"\r" if text.endswith(b"\r") else b""
        line += count_lines(text[: len(text) - len(carried)])
    return line


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
            end = int(outside[-1]) + 1 if len(outside) else 0
            return end, bool(within[: len(within) - trailing(within)].any())
    return end_by_rows(data, dialect)


def trailing(within: npt.NDArray[np.bool_]) -> int:
    """How many line ends lie in a cell that goes on in the next block."""
    outside = np.flatnonzero(~within)
    return len(within) - (int(outside[-1]) + 1 if len(outside) else 0)


def alternate(text: npt.NDArray[np.uint8], marks: IntArray, delimiter: int, quote: int) -> bool:
    """Whether every other mark opens a field and the ones between close it."""
    beside = np.zeros(256, dtype=np.bool_)
    beside[[delimiter, quote, 10, 13]] = True
    opening, closing = marks[::2], marks[1::2]
    before = beside[text[opening - 1]] | (opening == 0)
    after = beside[text[np.minimum(closing + 1, len(text) - 1)]]
    return bool(before.all() and after.all())


def end_by_rows(data: bytes, dialect: Dialect) -> tuple[int, bool]:
    """The same, row by row, where quotation marks stand within fields as well."""
    end = 0
    of_lines = False
    for found in row_pattern(dialect).finditer(data):
        if found.end() == len(data) and not found.group("end"):
            break
        end = found.end()
        of_lines = of_lines or count_lines(found.group()) > 1
    return end, of_lines


def row_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    """Matches one row; its group "end" is the line end, empty at the end of the text."""
    delimiter = re.escape(dialect.delimiter.encode())
    plain = rb"[^" + delimiter + rb"\r\n]*+"
    if len(dialect.delimiter.encode()) > 1:
        plain = rb"(?:(?!" + delimiter + rb")[^\r\n])*+"
    field = plain
    if dialect.quote:
        quote = re.escape(dialect.quote.encode())
        inner = rb"(?:[^" + quote + rb"]++|" + quote * 2 + rb")*+"
        before = b"" if dialect.delimiter == " " else b" *+"
        field = rb"(?:" + before + quote + inner + quote + rb"?" + plain + rb"|" + plain + rb")"
    return re.compile(field + rb"(?:" + delimiter + field + rb")*+(?P<end>\r\n|\n|\r|\Z)")
