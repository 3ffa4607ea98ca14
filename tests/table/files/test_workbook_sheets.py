"""What workbooks hide: far cells, errors, formulas without a value, merged cells.

The markup is written by hand, because programs write it in their own ways; sizes are harmless.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import sheet_extent, workbook_sheets
from rosenblatt.table.files.workbook_sheets import SheetMarkup


def excel(path: Path, rows: str, after: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        sheet = f"<worksheet><sheetData>{rows}</sheetData>{after}</worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def open_document(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", f"<table:table>{rows}</table:table>")
    return path


FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = [
    '<row r="1048576"><c r="Z1048576"><v>1</v></c></row>',
    "<x:row r='1048576'><x:c s='1' r='Z1048576'><v>1</v></x:c></x:row>",
    '<row><c r="ZZZZZZ3"/></row>',
]


@pytest.mark.parametrize("row", FAR)
def test_cells_far_apart_are_refused_before_they_are_laid_out(tmp_path: Path, row: str) -> None:
    with pytest.raises(InputError, match=r"has 2 cells in an area of [\d,]{10,} cells"):
        SheetMarkup.of(excel(tmp_path / "t.xlsx", FIRST + row))


def test_many_cells_side_by_side_are_not(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sheet_extent, "MANY_CELLS", 1000)
    rows = "".join(f'<row><c r="A{k}"/><c r="Z{k}"/></row>' for k in range(1, 1001))
    assert SheetMarkup.of(excel(tmp_path / "t.xlsx", rows)) == SheetMarkup()
    cells = '<table:table-cell office:value-type="float"/>' * 5
    rows = f"<table:table-row>{cells}</table:table-row>" * 1000
    assert SheetMarkup.of(open_document(tmp_path / "t.ods", rows)) == SheetMarkup()


CELL = '<table:table-cell office:value-type="float" table:number-columns-repeated="{}"/>'
EMPTY = '<table:table-cell table:number-columns-repeated="16384"/>'
ROW = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'


def test_repeated_cells_are_refused(tmp_path: Path) -> None:
    many = ROW.format(1_000_000, CELL.format(20))
    with pytest.raises(InputError, match="has 1 cell in an area of 20,000,000 cells"):
        SheetMarkup.of(open_document(tmp_path / "t.ods", many + ROW.format(1, EMPTY)))
    ordinary = ROW.format(1, CELL.format(3)) + ROW.format(1_048_575, EMPTY)
    assert SheetMarkup.of(open_document(tmp_path / "t.ods", ordinary)) == SheetMarkup()


UNCOMPUTED = ["<f>A1*2</f><v></v>", "<f>A1*2</f><v />", "<f>A1*2</f>", '<f t="shared" si="0"/><v/>']
COMPUTED = [
    '<c r="B1"><f>A1*2</f><v>2</v></c>',
    '<c r="B1" t="str"><f>LEFT(A1,0)</f><v></v></c>',
    '<c r="B1" s="1"/><c r="C1"><f>A1</f><v>1</v></c>',
]


@pytest.mark.parametrize("block", [1 << 20, 7])
def test_what_the_reader_takes_as_empty_is_noted(tmp_path: Path, monkeypatch, block: int) -> None:
    monkeypatch.setattr(workbook_sheets, "BLOCK", block)
    cells = "".join(f'<c r="B{k}" s="1">{cell}</c>' for k, cell in enumerate(UNCOMPUTED, 1))
    rows = f"<row>{cells}</row><row>{''.join(COMPUTED)}</row>"
    rows += '<row><c r="A3" t="e"><v>#N/A</v></c></row>'
    merged = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    found = SheetMarkup.of(excel(tmp_path / "t.xlsx", rows, merged))
    assert (found.errors, found.uncomputed, found.merged) == (1, 4, 2)
    errors, formulas, ranges = found.notes
    assert errors == "1 cell of the workbook with an error, such as #DIV/0!: missing"
    assert formulas.startswith("4 formulas of the workbook without a value: missing")
    assert ranges.startswith("2 ranges of merged cells in the workbook")
    assert SheetMarkup.of(excel(tmp_path / "t.xlsx", FIRST)).notes == ()


def test_a_damaged_file_has_no_markup(tmp_path: Path) -> None:
    path = excel(tmp_path / "t.xlsx", FIRST * 1000)
    whole = path.read_bytes()
    for no_archive in (b"", b"a,b\n", whole[:100]):
        path.write_bytes(no_archive)
        assert SheetMarkup.of(path) == SheetMarkup()
    path.write_bytes(whole[:60] + b"\xff" * 40 + whole[100:])
    with pytest.raises(InputError, match="cannot be read as a workbook, it is damaged"):
        SheetMarkup.of(path)
