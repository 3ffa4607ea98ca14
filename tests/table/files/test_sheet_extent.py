"""Workbooks whose cells lie far apart, or that unpack to far more than they are; all harmless here.

Limits are lowered, so that a file which is refused would do no harm if it were not.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import read_table
from rosenblatt.table.files import sheet_extent, workbook_sheets
from rosenblatt.table.files.sheet_extent import Extent, of_open_document, of_records
from rosenblatt.table.files.workbook_sheets import SheetMarkup
from tests.support.binary_workbooks import Cell, binary_sheet, binary_workbook

FAR = 20_000_000


def extent(markup: str) -> tuple[int, int]:
    found = Extent()
    of_open_document([markup.encode()], found)
    return found.n_cells, found.n_laid_out


def row(cells: str, times: int = 1) -> str:
    return f'<t:table-row t:number-rows-repeated="{times}">{cells}</t:table-row>'


def gap(times: int) -> str:
    return f'<t:table-cell t:number-columns-repeated="{times}"/>'


VALUE = '<t:table-cell office:value-type="float"/>'
COVERED = '<t:covered-table-cell t:number-columns-repeated="4"/>'


@pytest.mark.parametrize(
    ("markup", "cells", "area"),
    [
        (row(VALUE), 1, 1),
        (row(gap(9) + VALUE), 1, 10),
        (row(gap(3) + VALUE + COVERED + VALUE), 2, 9),
        (row("", 99) + row(gap(9) + VALUE), 1, 1000),
        # As wide as the widest row, and as long as to the last one with a value.
        (row(gap(9) + VALUE) + row(VALUE, 50) + row(gap(16_384), 1_000_000), 2, 510),
        (row(VALUE) * 3 + "<t:table/>" + row(VALUE + VALUE), 5, 5),
        (f"<t:table t:name='x'>{row(gap(9) + VALUE)}</t:table>" * 2, 2, 20),
    ],
)
def test_open_document(markup: str, cells: int, area: int) -> None:
    assert extent(markup) == (cells, area)


SHEET = [Cell(0, 0, 1.5), Cell(0, 3, 2.5), Cell(6, 1, 3.5)]


def test_binary_sheets() -> None:
    found = Extent()
    of_records(io.BytesIO(binary_sheet(SHEET)), found)
    assert (found.n_cells, found.n_laid_out) == (3, 7 * 4)
    far = [*SHEET, Cell(1_048_575, 16_383, 1.0)]
    of_records(io.BytesIO(binary_sheet(far)), found)
    assert (found.n_cells, found.n_laid_out) == (7, 28 + 2**34)


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_binary_sheets_in_pieces(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_extent, "BLOCK", block)
    test_binary_sheets()


def test_the_reader_lays_out_as_many_cells(tmp_path: Path) -> None:
    """An outside check of what the records mean: the reader finds the same places."""
    calamine = pytest.importorskip("python_calamine")
    path = binary_workbook(tmp_path / "t.xlsb", SHEET)
    sheet = calamine.load_workbook(str(path)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    assert sum(map(len, rows)) == SheetMarkup.of(path).extent.n_laid_out
    assert {(c.row, c.column): rows[c.row][c.column] for c in SHEET} == {
        (c.row, c.column): c.value for c in SHEET
    }


def test_a_far_cell_of_a_binary_sheet_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sheet_extent, "MANY_CELLS", 1000)
    path = binary_workbook(tmp_path / "t.xlsb", [*SHEET, Cell(999, 3, 1.0)])
    with pytest.raises(InputError, match=r"t\.xlsb has 4 cells in an area of 4,000 cells: delete"):
        SheetMarkup.of(path)


def excel(path: Path, rows: str, *more: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{rows}</worksheet>")
        for name, data in more:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="Z1048576"/></row>',  # alone: the reader begins at A1 all the same
        '<row r="1"><c r="Z1"/></row><row r="1048576"><c/></row>',
        '<row r="1"><c r="Z1"/></row><row r="1048576" s="1"><c t="n"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_from_the_first_row(tmp_path: Path, rows: str) -> None:
    with pytest.raises(InputError, match=r"cells? in an area of 27,262,976 cells"):
        SheetMarkup.of(excel(tmp_path / "t.xlsx", rows))


def test_rows_without_cells_count_for_nothing(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="Z1"/></row><row r="1048576" ht="9"></row>'
    assert SheetMarkup.of(excel(tmp_path / "t.xlsx", rows)).extent.n_laid_out == 26


def test_sheets_count_together(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sheet_extent, "MANY_CELLS", 1000)
    sheet = b'<row r="600"><c r="A600"/></row>'
    one = excel(tmp_path / "t.xlsx", sheet.decode())
    SheetMarkup.of(one)
    two = excel(tmp_path / "t.xlsx", sheet.decode(), ("xl/worksheets/sheet2.xml", sheet))
    with pytest.raises(InputError, match="has 2 cells in an area of 1,200 cells"):
        SheetMarkup.of(two)


@pytest.mark.parametrize("name", ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "any"])
def test_a_part_that_unpacks_to_far_more(tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.setattr(workbook_sheets, "MANY_BYTES", 1 << 20)
    path = excel(tmp_path / "t.xlsx", "", (name, b"<row></row>" * 200_000))
    with pytest.raises(InputError, match="is packed from more than 100 times its size"):
        SheetMarkup.of(path)


def test_a_text_without_end_is_no_sheet(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(workbook_sheets, "LONGEST", 1 << 12)
    monkeypatch.setattr(workbook_sheets, "BLOCK", 1 << 10)
    path = excel(tmp_path / "t.xlsx", "", ("xl/worksheets/sheet2.xml", b"a" * (1 << 14)))
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        SheetMarkup.of(path)


def test_a_part_that_is_longer_than_it_says_is_damaged(tmp_path: Path) -> None:
    """Its reader would unpack all of it; the sizes stand in the list at the end of the file."""
    path = excel(tmp_path / "t.xlsx", "", ("xl/sharedStrings.xml", b"<t>x</t>" * 1000))
    data = path.read_bytes()
    forged = data.replace((8000).to_bytes(4, "little"), (8).to_bytes(4, "little"))
    assert forged != data
    path.write_bytes(forged)
    with pytest.raises(InputError, match="cannot be read as a workbook, it is damaged"):
        SheetMarkup.of(path)


@pytest.mark.parametrize("ending", ["xlsx", "xlsb", "ods", "xls"])
def test_what_the_reader_lays_out_is_asked_again(tmp_path: Path, monkeypatch, ending: str) -> None:
    """Of kinds without markup, such as .xls, that is all there is."""
    calamine = pytest.importorskip("python_calamine")

    class Sheet:
        total_height, total_width = FAR - 1, 0

        def to_python(self, *, skip_empty_area: bool) -> None:
            raise AssertionError

    class Book:
        sheet_names = ("one",)

        def get_sheet_by_name(self, name: str) -> Sheet:
            return Sheet()

    monkeypatch.setattr(calamine, "load_workbook", lambda path: Book())
    path = tmp_path / f"t.{ending}"
    path.write_bytes(b"x" * 100)
    with pytest.raises(InputError, match="in an area of 20,000,000 cells"):
        read_table(path)
