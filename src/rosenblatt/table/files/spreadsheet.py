"""Sheets of workbooks: Excel and OpenDocument."""

from __future__ import annotations

import datetime as dt
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.table.files.csv_rows import Row
from rosenblatt.table.files.file_reading import FileReading, TableFile
from rosenblatt.table.files.layout import header_wanted, lines_named, without_titles
from rosenblatt.table.files.object_columns import ObjectColumns
from rosenblatt.table.files.parts import chosen_part
from rosenblatt.table.files.row_names import without_row_numbers
from rosenblatt.table.files.sheet_extent import Extent
from rosenblatt.table.files.workbook_sheets import SheetMarkup, unreadable
from rosenblatt.table.format import TableFormat
from rosenblatt.table.names import require_distinct
from rosenblatt.table.table import Table

__all__ = ["read_spreadsheet"]


def read_spreadsheet(
    path: Path, part: str, fmt: TableFormat, hint: FileReading | None
) -> TableFile:
    """The sheet `part` of a workbook, or its only one with cells.

    Raises
    ------
    InputError
        If the file is no workbook, the reader is not installed, or a sheet must be named.
    """
    if find_spec("python_calamine") is None:
        raise InputError(
            f"to read {path.name}, install the extra: pip install 'rosenblatt[excel]'; or save the "
            "sheet as CSV"
        )
    markup = SheetMarkup.of(path)
    sheets = sheets_of(path)
    filled = [name for name, rows in sheets.items() if any(map(any, rows))]
    if not filled and not part:
        raise InputError(f"{path.name} is empty: it needs a header line and rows")
    name = chosen_part(path, part, list(sheets), filled, hint, noun="sheet")
    found = table_of(sheets[name], name, path, fmt, hint)
    return TableFile(found.table, found.reading, (*found.notes, *markup.notes))


def sheets_of(path: Path) -> dict[str, list[list[Any]]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
        return {name: rows_of(book.get_sheet_by_name(name), path) for name in book.sheet_names}
    except (PermissionError, InputError):
        raise
    except BaseException as error:
        # Errors of several kinds, all for files that are no workbooks, and panics of Rust.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise unreadable(path) from error


def rows_of(sheet: Any, path: Path) -> list[list[Any]]:
    """All cells from the first row and column on; InputError if they are too far apart.

    That is asked of every kind of workbook, one of old Excel among them: a cell takes some ten
    bytes of its file.
    """
    laid_out = (sheet.total_height + 1) * (sheet.total_width + 1)  # the numbers of the last ones
    Extent(path.stat().st_size // 10, laid_out).check(path.name)
    return list(sheet.to_python(skip_empty_area=False))


def table_of(
    values: list[list[Any]], sheet: str, path: Path, fmt: TableFormat, hint: FileReading | None
) -> TableFile:
    n_columns = used_width(values)
    lines = list(enumerate((row[:n_columns] for row in values), 1))[fmt.skip :]
    lines = [(line, row) for line, row in lines if any(cell != "" for cell in row)]
    if not lines:
        raise InputError(f"{path.name} is empty: it needs a header line and rows")
    rows = [Row(shortened([text_of(cell) for cell in row]), line, line) for line, row in lines]
    kept, titles = without_titles(rows, fmt, path.name)
    notes = []
    if titles:
        notes.append(f"{lines_named([row.line for row in titles])} left out above the header")
    padded = [Row([text_of(c) for c in row], line, line) for line, row in lines[len(titles) :]]
    first = padded[0]
    has_header = header_wanted(first, padded[1:], fmt, hint, path.name)
    texts = [cell.strip() for cell in first.fields]
    names = (
        [text or f"unnamed column {i}" for i, text in enumerate(texts, 1)]
        if has_header
        else [f"column {i}" for i in range(1, n_columns + 1)]
    )
    names = list(fmt.names) or names
    if len(names) != n_columns:
        raise InputError(
            f"{len(names)} names are given, and {path.name} has {n_columns} columns: name each"
        )
    require_distinct(names)
    columns = ObjectColumns(names)
    columns.extend([value_of(cell) for cell in row] for _, row in lines[len(titles) + has_header :])
    if not columns.n_rows:
        raise InputError(f"{path.name} has a header but no rows: add rows below the header")
    table = Table(columns.cells(), columns.n_rows)
    table, note = without_row_numbers(table, has_header and not texts[0])
    reading = FileReading(
        "spreadsheet",
        header_line=kept[0].line if has_header else 0,
        names=table.names,
        skipped=tuple(row.line for row in titles),
        part=sheet,
    )
    return TableFile(table, reading, (*notes, *filter(None, [note])))


def used_width(values: list[list[Any]]) -> int:
    return max((i + 1 for row in values for i, cell in enumerate(row) if cell != ""), default=0)


def shortened(texts: list[str]) -> list[str]:
    """Without empty cells at the end, as a line of text would have them."""
    n = len(texts)
    while n > 1 and not texts[n - 1]:
        n -= 1
    return texts[:n]


def text_of(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def value_of(cell: Any) -> Any:
    """A whole number as that (workbooks have floats alone); an empty cell as missing."""
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time | dt.timedelta | str | bool | int | float):
        return cell
    return str(cell)
