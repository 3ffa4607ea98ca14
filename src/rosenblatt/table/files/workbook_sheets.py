"""What the markup of a workbook's sheets tells before its cells are read, and the reader does not.

The reader lays out every cell from the first row and column to the last: a cell that lies far away
would take more memory than there is. Cells with an error, formulas without a value and merged cells
it gives as empty ones.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.early_dates import EarlyDates
from rosenblatt.table.files.sheet_extent import Extent, of_open_document, of_records
from rosenblatt.table.messages import count

__all__ = ["SheetMarkup", "unreadable"]

BLOCK = 1 << 20
LONGEST: Final = 1 << 24  # of a row that is looked at as a whole, and of a text without a tag
# What a file may be packed from: workbooks are seldom twenty times as large as their files.
MANY_BYTES, MOST_TIMES = 1 << 30, 100
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
# Namespaces and quotation marks may be others than the usual ones.
ADDRESS: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]+)([0-9]+)["']""")
ROW: Final = re.compile(rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r=["']([0-9]+)["']""")
WITHOUT_ADDRESS: Final = re.compile(rb"<(?:\w+:)?c(?=[\s/>])(?![^>]*\sr=)")
UNCOMPUTED: Final = re.compile(
    rb'<c(?![^>]*t="str")[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


@final
@dataclass
class SheetMarkup:
    """Counts over all sheets of a workbook.

    Attributes
    ----------
    errors, uncomputed, merged : int
        Cells with an error, formulas without a value, ranges of merged cells.
    extent : Extent
        What the reader will lay out.
    early : EarlyDates
        What the reader would take for times of day.
    """

    errors: int = 0
    uncomputed: int = 0
    merged: int = 0
    extent: Extent = field(default_factory=Extent, compare=False)
    early: EarlyDates = field(default_factory=EarlyDates, compare=False)

    @classmethod
    def of(cls, path: Path) -> SheetMarkup:
        """Of a file of Excel or OpenDocument; without counts for one of another kind.

        Raises
        ------
        InputError
            If the cells of a sheet are so far apart that it cannot be laid out, the file's parts
            are damaged or too large, or it has dates that the reader cannot read.
        """
        found = cls()
        try:
            archive = zipfile.ZipFile(path)
        except DAMAGED:
            return found  # no archive: the reader says what is wrong with it
        try:
            with archive:
                for part in archive.infolist():
                    with archive.open(part) as stream:
                        found._add_part(part, Bounded(stream, path))
                    found.extent.check(path.name)
            found.early.check(path.name)
        except DAMAGED as error:
            # A part of another length than it says could take any memory in the reader.
            raise unreadable(path) from error
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        found = []
        if self.errors:
            found.append(
                f"{count(self.errors, 'cell')} of the workbook with an error, such as #DIV/0!:"
                " missing"
            )
        if self.uncomputed:
            found.append(
                f"{count(self.uncomputed, 'formula')} of the workbook without a value: missing;"
                " open and save it in a spreadsheet program, which computes them"
            )
        if self.merged:
            found.append(
                f"{count(self.merged, 'range')} of merged cells in the workbook: the first cell of"
                " each has its value, and the others are missing"
            )
        return tuple(found)

    def _add_part(self, part: zipfile.ZipInfo, stream: Bounded) -> None:
        name = part.filename
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            self._add(stream)
        elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
            of_records(stream, self.extent)
        elif name == "content.xml":
            of_open_document(blocks(stream), self.extent)
        elif name == "xl/styles.xml" and part.file_size <= LONGEST:
            self.early.add_styles(b"".join(iter(lambda: stream.read(BLOCK), b"")))
        else:
            while stream.read(BLOCK):
                pass

    def _add(self, sheet: Bounded) -> None:
        n = rows = columns = 0
        for block in blocks(sheet):
            self.errors += block.count(b't="e"')
            self.merged += block.count(b"<mergeCell ")
            self.early.add_cells(block)
            if b"<f" in block:
                self.uncomputed += len(UNCOMPUTED.findall(block))
            cells = ADDRESS.findall(block)
            unnamed = len(WITHOUT_ADDRESS.findall(block))
            n += len(cells) + unnamed
            numbers = {row for _, row in cells}
            if unnamed:
                numbers |= {*ROW.findall(block)}
            rows = max(rows, *(int(row[:12]) for row in numbers), 0)
            columns = max(columns, *map(place_of, {letters for letters, _ in cells}), 0)
        self.extent.add(n, rows * columns)


@final
class Bounded:
    """The bytes of a part of an archive, as many as its file may be packed from.

    Raises
    ------
    InputError
        While they are read: where they are more.
    """

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path = stream, path
        self._left = max(MANY_BYTES, MOST_TIMES * path.stat().st_size)

    def read(self, n: int) -> bytes:
        data = self._stream.read(n)
        self._left -= len(data)
        if self._left < 0:
            raise InputError(
                f"{self._path.name} is packed from more than {MOST_TIMES} times its size: save it"
                " again, or the sheet as CSV"
            )
        return data

    def unreadable(self) -> InputError:
        return unreadable(self._path)


def unreadable(path: Path) -> InputError:
    return InputError(
        f"{path.name} cannot be read as a workbook, it is damaged, protected or something "
        "else: save it again, or the sheet as CSV"
    )


def blocks(stream: Bounded) -> Iterator[bytes]:
    """The stream in blocks of whole rows, or of whole tags where a row is very long."""
    rest = b""
    while block := stream.read(BLOCK):
        rest += block
        end = rest.rfind(b"row>") + 4
        if end < 4 and len(rest) > LONGEST:
            end = rest.rfind(b"<")
            if end < 1:
                raise stream.unreadable()
        if end > 3:
            yield rest[:end]
            rest = rest[end:]
    yield rest


def place_of(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    place = 0
    for letter in letters[:12].upper():
        place = 26 * place + letter - 64
    return place
