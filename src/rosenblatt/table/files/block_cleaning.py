"""Leaves out of a block what is no row of the table: headers once more, comments, footers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, final

from rosenblatt.table.files.csv_rows import Dialect, count_lines, rows_of
from rosenblatt.table.files.footer import begins_totals, is_padded_footer
from rosenblatt.table.files.header import looks_numeric
from rosenblatt.table.files.layout import Layout
from rosenblatt.table.files.row_blocks import RowBlock, row_pattern

__all__ = ["CleanBlock", "Cleaning"]

CONTROL_Z: Final = b"\x1a"
COUNT_OF_ROWS: Final = re.compile(
    rb"\(?\d+ rows?( affected| in set.*|\(s\).*)?\)?\.?", re.IGNORECASE
)


@final
@dataclass(frozen=True)
class CleanBlock:
    """A block, and the lines left out of it: how many lines of it come before each, and why.

    Lines that are left out are blank in the data of tables of several columns, so that the numbers
    of the lines stay.
    """

    block: RowBlock
    left_out: tuple[tuple[int, str], ...] = ()


@final
class Found:
    """Collects lines that are left out; `data` is the text before."""

    def __init__(self, data: bytes) -> None:
        self.lines: list[tuple[int, str]] = []
        self._data = data
        self._at = self._n_lines = 0

    def add(self, at: int, reason: str) -> None:
        """The line that begins `at` bytes into the text."""
        if at < self._at:
            self._at = self._n_lines = 0
        self._n_lines += count_lines(self._data[self._at : at])
        self._at = at
        self.lines.append((self._n_lines, reason))


@final
@dataclass(frozen=True)
class Cleaning:
    """What to leave out of blocks.

    Parameters
    ----------
    dialect : Dialect
    layout : Layout
    """

    dialect: Dialect
    layout: Layout

    def cleaned(self, block: RowBlock) -> CleanBlock:
        """Without comments, and footers that have as many fields as a row."""
        data = self._without_blanks(block.data)
        found = Found(data)
        if data is not block.data:
            block = replace(block, data=data)
        if self.layout.comment and self.layout.comments_anywhere:
            data = self._without_comments(block, found)
        if block.is_last:
            data = self._without_footer(data, found)
        if data is not block.data:
            block = replace(block, data=data)
        return CleanBlock(block, tuple(found.lines))

    def without_headers(self, block: RowBlock) -> CleanBlock:
        """Without lines that repeat the header."""
        raw = self.layout.raw_header.encode()
        if not raw or self.layout.n_fields < 2 or raw not in block.data:
            return CleanBlock(block)
        pattern = re.compile(rb"(?:(?<=[\r\n])|\A)" + re.escape(raw) + rb"(?=\r|\n|\Z)")
        found = Found(block.data)
        for again in pattern.finditer(block.data):
            found.add(again.start(), "the header once more")
        if not found.lines:
            return CleanBlock(block)
        data = pattern.sub(b"", block.data)
        return CleanBlock(replace(block, data=data), tuple(found.lines))

    def _without_blanks(self, data: bytes) -> bytes:
        """Without blanks before quotation marks, and with one blank where blanks separate.

        The parser takes both literally.
        """
        quote, delimiter = self.dialect.quote.encode(), self.dialect.delimiter.encode()
        if delimiter == b" " and b"  " in data:
            data = re.sub(rb"(?m)^ +| +(?=[\r\n]|\Z)", b"", data)
            return re.sub(rb"  +", b" ", data)
        if not quote or quote not in data or b" " + quote not in data:
            return data
        q = re.escape(quote)
        return re.sub(
            rb"(?P<before>\A|[\r\n]|" + re.escape(delimiter) + rb") *"
            rb"(?P<cell>" + q + rb"(?:[^" + q + rb"]++|" + q * 2 + rb")*+" + q + rb")",
            rb"\g<before>\g<cell>",
            data,
        )

    def _without_comments(self, block: RowBlock, found: Found) -> bytes:
        sign = self.layout.comment.encode()
        if sign not in block.data:
            return block.data
        kept = []
        for row in row_pattern(self.dialect).finditer(block.data):
            if row.group().startswith(sign):
                found.add(row.start(), "a comment")
                kept.append(row.group("end") if self.layout.n_fields > 1 else b"")
            else:
                kept.append(row.group())
        return b"".join(kept)

    def _without_footer(self, data: bytes, found: Found) -> bytes:
        stripped = data.rstrip(b"\r\n")
        if stripped.endswith(CONTROL_Z):
            data = stripped.rstrip(CONTROL_Z + b"\r\n")
            found.add(len(data) + 1, "a final Ctrl-Z")
            data += b"\n" if data else b""
        end = len(data)
        while end:
            start = max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end)) + 1
            line = data[start:end]
            if line.strip() or self.layout.n_fields == 1:
                reason = self._footer(line)
                if not reason and line:
                    break
                if reason:
                    found.add(start, reason)
                    data = data[:start]
            end = start - 1 if start else 0
        return data

    def _footer(self, line: bytes) -> str:
        text = line.decode(errors="replace")
        rows = [row for row in rows_of(text, self.dialect) if not row.is_blank]
        if len(rows) != 1 or rows[0].is_open or len(rows[0].fields) != self.layout.n_fields:
            return ""
        fields = [field.strip() for field in rows[0].fields]
        if len(fields) == 1:
            is_count = COUNT_OF_ROWS.fullmatch(line.strip()) and not fields[0].isdigit()
            return f"a footer, {fields[0]!r}" if is_count else ""
        if is_padded_footer(fields, first_is_numeric=self._is_numeric(0)):
            return f"a footer, {fields[0]!r}"
        first = next(filter(None, fields), "")
        sums = [field for field in fields if field and field != first]
        if not self.layout.has_totals or not all(map(looks_numeric, sums)):
            return ""
        if begins_totals(first) and (not all(fields) or self._is_numeric(fields.index(first))):
            return f"a line of totals, {first!r}"
        return ""

    def _is_numeric(self, place: int) -> bool:
        return place < len(self.layout.numeric) and self.layout.numeric[place]
