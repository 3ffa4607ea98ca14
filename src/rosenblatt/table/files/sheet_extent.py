"""How far the cells of a workbook lie apart, by the markup of OpenDocument and binary Excel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, final

from rosenblatt.errors import InputError
from rosenblatt.table.messages import count

__all__ = ["Extent", "of_open_document", "of_records"]

# Cells of which all but a few are empty: a file of kilobytes would become a table of gigabytes.
MANY_CELLS, MOST_EMPTY = 10_000_000, 200
# A covered cell lies below a merged one.
ELEMENT: Final = re.compile(
    rb"<(?:\w+:)?(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)"
)
REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]+)["']""")
BLOCK: Final = 1 << 16


class Stream(Protocol):
    """Bytes that are read once."""

    def read(self, n: int, /) -> bytes: ...


@final
@dataclass
class Extent:
    """Cells of all sheets: those there are, and those that the reader lays out."""

    n_cells: int = 0
    n_laid_out: int = 0

    def add(self, n_cells: int, n_laid_out: int) -> None:
        """Those of a sheet."""
        self.n_cells += n_cells
        self.n_laid_out += n_laid_out

    def check(self, name: str) -> None:
        """InputError if the reader would lay out far more cells than there are."""
        n, laid_out = self.n_cells, self.n_laid_out
        if laid_out > MANY_CELLS and laid_out > MOST_EMPTY * n:
            raise InputError(
                f"{name} has {count(n, 'cell')} in an area of {count(laid_out, 'cell')}: delete"
                " what is far from the table, or save it as CSV"
            )


def of_open_document(blocks: Iterable[bytes], extent: Extent) -> None:
    """Add the sheets of OpenDocument, which has numbers of repetitions in place of addresses."""
    n = rows = last_row = column = last_column = 0
    for block in blocks:
        for kind, attributes in ELEMENT.findall(block):
            times = repetitions(attributes)
            if kind == b"table":
                extent.add(n, last_row * last_column)
                n = rows = last_row = column = last_column = 0
            elif kind == b"table-row":
                rows += times
                column = 0
            else:
                column += times
                if b"value-type=" in attributes:
                    n += 1
                    last_row, last_column = rows, max(last_column, column)
    extent.add(n, last_row * last_column)


def repetitions(attributes: bytes) -> int:
    found = REPEATED.search(attributes)
    return int(found[1][:12]) if found else 1


# Records of Excel's binary sheets: a row's header, and cells with a value (MS-XLSB 2.5.97).
ROW_RECORD, CELL_RECORDS = 0, range(2, 12)
MOST_SIZE_BYTES = 4


def of_records(stream: Stream, extent: Extent) -> None:
    """Add one sheet of Excel's binary form: records of a type, a size and as many bytes."""
    n = row = last_row = last_column = 0
    records = Records(stream)
    while (kind := records.kind()) is not None:
        size = records.size()
        first = records.take(size)
        if kind == ROW_RECORD:
            row = int.from_bytes(first, "little") + 1
        elif kind in CELL_RECORDS:
            n += 1
            last_row = max(last_row, row)
            last_column = max(last_column, int.from_bytes(first, "little") + 1)
    extent.add(n, last_row * last_column)


@final
class Records:
    """Reads the pieces of records one after the other."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._data, self._at = b"", 0

    def kind(self) -> int | None:
        """A type, of seven bits or of fourteen; None at the end."""
        if not self._has(1):
            return None
        kind = self._byte()
        return kind & 0x7F | self._byte() << 7 if kind & 0x80 else kind

    def size(self) -> int:
        """Of seven bits a byte, while the eighth is set."""
        size = 0
        for place in range(MOST_SIZE_BYTES):
            byte = self._byte()
            size |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                break
        return size

    def take(self, size: int) -> bytes:
        """The first four bytes of as many, all of which are passed over."""
        first = b""
        while size and self._has(1):
            piece = self._data[self._at : self._at + size]
            first = (first + piece[:4])[:4]
            self._at += len(piece)
            size -= len(piece)
        return first

    def _byte(self) -> int:
        if not self._has(1):
            raise EOFError
        byte = self._data[self._at]
        self._at += 1
        return byte

    def _has(self, n: int) -> bool:
        if self._at + n > len(self._data):
            self._data = self._data[self._at :] + self._stream.read(BLOCK)
            self._at = 0
        return len(self._data) >= n
