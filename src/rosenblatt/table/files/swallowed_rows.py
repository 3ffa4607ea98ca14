"""Stray quotation marks that make one cell of several rows."""

from __future__ import annotations

import re
from typing import Final, final

from rosenblatt.table.files.csv_rows import Dialect, rows_of
from rosenblatt.table.files.header import is_missing, looks_numeric
from rosenblatt.table.files.layout import Layout

__all__ = ["SwallowedRows", "require_no_swallowed_rows"]

LINE_END: Final = re.compile(r"\r\n|\n|\r")
LEAST_OF_TWO: Final = 4  # lines of two fields: prose has a comma a line as well


@final
class SwallowedRows(Exception):
    """Rows within a cell; read without quotation marks the file may be regular."""


def require_no_swallowed_rows(
    data: bytes, first_line: int, dialect: Dialect, layout: Layout, name: str
) -> None:
    """SwallowedRows if a cell spans lines that are rows themselves.

    Cells of several lines are usual in texts; but lines in them that have as many fields as the
    table, with numbers in the columns of numbers, are rows.
    """
    plain = Dialect(dialect.delimiter, "")
    text = data.decode(errors="replace")
    lines: list[str] = []
    for row in rows_of(text, dialect, first_line):
        if row.last_line == row.line:
            continue
        lines = lines or LINE_END.split(text)
        span = [
            next(rows_of(line, plain), None)
            for line in lines[row.line - first_line : row.last_line - first_line + 1]
        ]
        within = [one.fields for one in span if one is not None and not one.is_blank]
        if all(is_row(fields, layout) for fields in within) and enough(len(within), layout):
            raise SwallowedRows(
                f"{name}, lines {row.line} to {row.last_line} are one row because of a quotation "
                f"mark, and each has {layout.n_fields} fields of its own: give --quote none if "
                "quotation marks are text, or --quote '\"' if this is one cell"
            )


def is_row(fields: list[str], layout: Layout) -> bool:
    if len(fields) != layout.n_fields:
        return False
    numeric = layout.numeric or (False,) * len(fields)
    return all(
        is_missing(field) or looks_numeric(field)
        for field, is_number in zip(fields, numeric, strict=False)
        if is_number
    )


def enough(n_lines: int, layout: Layout) -> bool:
    return n_lines > 1 and (layout.n_fields > 2 or any(layout.numeric) or n_lines >= LEAST_OF_TWO)
