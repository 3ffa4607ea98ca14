"""Workbooks of Excel's binary form (MS-XLSB), written by hand: numbers at any place."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["Cell", "binary_sheet", "binary_workbook"]

LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Cell(NamedTuple):
    """A number at a row and a column, both from 0."""

    row: int
    column: int
    value: float


def record(kind: int, data: bytes = b"") -> bytes:
    """A type of one byte or two, a size of seven bits a byte, and the data (2.1.4)."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    while size >= 0x80:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + data


def binary_sheet(cells: Iterable[Cell]) -> bytes:
    """BrtBeginSheet, BrtWsDim and BrtBeginSheetData; for each row BrtRowHdr and BrtCellReal."""
    cells = list(cells)
    n_rows, n_columns = (max(place) + 1 for place in list(zip(*cells, strict=True))[:2])
    text = record(0x81) + record(0x94, struct.pack("<4I", 0, n_rows - 1, 0, n_columns - 1))
    # A record of more bytes than one byte of a size tells.
    text += record(0x1234, bytes(300)) + record(0x91)
    last = -1
    for row, column, value in cells:
        if row != last:
            text += record(0, struct.pack("<I", row) + bytes(13))
            last = row
        text += record(5, struct.pack("<IId", column, 0, value))
    return text + record(0x92) + record(0x82)


def binary_workbook(path: Path, cells: Iterable[Cell]) -> Path:
    """A workbook of one sheet, as small as one can be."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", links("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/_rels/workbook.bin.rels", links("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/workbook.bin", workbook())
        archive.writestr("xl/worksheets/sheet1.bin", binary_sheet(cells))
    return path


def links(kind: str, target: str) -> str:
    one = f'<Relationship Id="r1" Type="{LINKS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PARTS}">{one}</Relationships>'


def workbook() -> bytes:
    """BrtBundleSh names the sheet and its link; BrtCalcProp ends what the reader looks at."""
    sheet = struct.pack("<2I", 0, 1) + text_of("r1") + text_of("data")
    sheets = record(0x8F) + record(0x9C, sheet) + record(0x90)
    return record(0x83) + record(0x99, bytes(12)) + sheets + record(0x9D, bytes(26)) + record(0x84)


def text_of(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
