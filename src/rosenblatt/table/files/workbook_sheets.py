"""What the markup of a workbook's sheets tells before its cells are read, and the reader does not.

The reader lays out every cell between the first and the last one: two that lie far apart would take
more memory than there is. Cells with an error, formulas without a value and merged cells it gives
as empty ones.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, final

from rosenblatt.errors import InputError
from rosenblatt.table.messages import count

__all__ = ["SheetMarkup"]

# Cells of which all but a few are empty: a file of kilobytes would become a table of gigabytes.
MANY_CELLS, MOST_EMPTY = 10_000_000, 200
BLOCK = 1 << 20
LONGEST: Final = 1 << 24  # of a row that is looked at as a whole
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
UNCOMPUTED: Final = re.compile(
    rb'<c(?![^>]*t="str")[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
ROW_OR_CELL: Final = re.compile(rb"<(?:\w+:)?(table-row|table-cell)\b([^>]*)")
REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated=["']([0-9]+)["']""")


@final
@dataclass
class SheetMarkup:
    """Counts over all sheets of a workbook.

    Attributes
    ----------
    errors, uncomputed, merged : int
        Cells with an error, formulas without a value, ranges of merged cells.
    """

    errors: int = 0
    uncomputed: int = 0
    merged: int = 0

    @classmethod
    def of(cls, path: Path) -> SheetMarkup:
        """Of a file of Excel or OpenDocument; without counts for another one, or a damaged one.

        Raises
        ------
        InputError
            If the cells of a sheet are so far apart that it cannot be laid out.
        """
        found = cls()
        try:
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                        with archive.open(name) as sheet:
                            found._add(sheet, path.name)
                    elif name == "content.xml":
                        with archive.open(name) as sheets:
                            require_near_repeated(sheets, path.name)
        except DAMAGED:
            return found  # the reader says what is wrong with it
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

    def _add(self, sheet: IO[bytes], name: str) -> None:
        n, rows, columns = 0, (1 << 62, 0), (1 << 62, 0)
        for block in blocks(sheet):
            self.errors += block.count(b't="e"')
            self.merged += block.count(b"<mergeCell ")
            if b"<f" in block:
                self.uncomputed += len(UNCOMPUTED.findall(block))
            cells = ADDRESS.findall(block)
            if not cells:
                continue
            n += len(cells)
            numbers = {int(row[:12]) for _, row in cells}
            places = {place_of(letters) for letters in {letters for letters, _ in cells}}
            rows = min(rows[0], *numbers), max(rows[1], *numbers)
            columns = min(columns[0], *places), max(columns[1], *places)
        if n:
            require_near(n, (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1), name)


def require_near_repeated(sheets: IO[bytes], name: str) -> None:
    """`require_near` for OpenDocument, which has numbers of repetitions in place of addresses."""
    n = laid_out = in_row = 0
    repeated = 1
    for block in blocks(sheets):
        for kind, attributes in ROW_OR_CELL.findall(block):
            times = repetitions(attributes)
            if kind == b"table-row":
                laid_out += in_row * repeated
                in_row, repeated = 0, times
            elif b"value-type=" in attributes:
                n += 1
                in_row += times
    require_near(n, laid_out + in_row * repeated, name)


def require_near(n_cells: int, n_laid_out: int, name: str) -> None:
    if n_laid_out > MANY_CELLS and n_laid_out > MOST_EMPTY * n_cells:
        raise InputError(
            f"{name} has {count(n_cells, 'cell')} on a sheet, in an area of"
            f" {count(n_laid_out, 'cell')}: delete what is far from the table, or save it as CSV"
        )


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in blocks of whole rows, or of whole tags where a row is very long."""
    rest = b""
    while block := stream.read(BLOCK):
        rest += block
        end = rest.rfind(b"row>") + 4
        if end < 4 and len(rest) > LONGEST:
            end = rest.rfind(b"<")
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


def repetitions(attributes: bytes) -> int:
    found = REPEATED.search(attributes)
    return int(found[1][:12]) if found else 1
