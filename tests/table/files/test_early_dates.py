"""Workbooks with dates before 1900, which are numbers below 0 there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files.workbook_sheets import SheetMarkup

STYLES = """<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf fontId="1" numFmtId="164"/><xf numFmtId="14"/></cellXfs>
</styleSheet>"""


def workbook(path: Path, cells: str, code: str = "yyyy-mm-dd") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        sheet = f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr("xl/styles.xml", STYLES.format(code=code))
    return path


EARLY = [
    '<c r="A2" s="2"><v>-18261.5</v></c>',
    '<c r="A2" s="1" t="n"><v>-1</v></c>',
    "<x:c s='1' r='A2'><x:f>B2-1</x:f><x:v>-0.25</x:v></x:c>",
]


@pytest.mark.parametrize("cell", EARLY)
def test_dates_that_would_be_times_of_day_are_refused(tmp_path: Path, cell: str) -> None:
    path = workbook(tmp_path / "old.xlsx", cell + cell.replace("A2", "A3"))
    with pytest.raises(InputError) as refused:
        SheetMarkup.of(path)
    assert str(refused.value) == (
        "old.xlsx has 2 dates before the first day of its calendar, such as in cell A2: save the"
        " sheet as CSV, or correct them"
    )


OTHERS = [
    ('<c r="A2"><v>-3</v></c><c r="B2" s="0"><v>-3</v></c>', "yyyy"),
    ('<c r="A2" s="1" t="str"><v>-3</v></c>', "yyyy"),
    ('<c r="A2" s="1"><v>-0</v></c><c r="B2" s="2"><v>18000</v></c>', "yyyy"),
    ('<c r="A2" s="1"><v>-3</v></c>', "[h]:mm:ss"),
    ('<c r="A2" s="1"><v>-3</v></c>', '#,##0.00 "days"'),
    ('<c r="A2" s="1"><v>-3</v></c>', r"0.0\d;[Red]-0.0\d"),
    ('<c r="A2" s="1"><v>-3</v></c>', "0 &quot;my&quot;"),
    ('<c r="A2" s="9"><v>-3</v></c>', "yyyy"),
]


@pytest.mark.parametrize(("cells", "code"), OTHERS)
def test_other_numbers_below_0_are_not(tmp_path: Path, cells: str, code: str) -> None:
    code = code.replace('"', "&quot;")
    assert SheetMarkup.of(workbook(tmp_path / "t.xlsx", cells, code)) == SheetMarkup()
