"""Stray quotation marks that make one cell of several rows."""

from __future__ import annotations

import re
from typing import Final, final

from rosenblatt.table.files.csv_rows import Dialect, count_lines, rows_of
from rosenblatt.table.files.header import is_missing, looks_numeric
from rosenblatt.table.files.layout import Layout
from rosenblatt.table.files.row_blocks import row_pattern

__all__ = ["USUAL", "SwallowedRows", "require_no_swallowed_rows"]

LINE_END: Final = re.compile(r"\r\n|\n|\r")
SPAN: Final = 1 << 16  # bytes at either end of a cell
USUAL: Final = 1000  # cells of several lines: then they are usual in this file
LEAST_OF_TWO: Final = 4  # lines of two fields: prose has a comma a line as well


@final
class SwallowedRows(Exception):
    """Rows within a cell; read without quotation marks the file may be regular."""


def require_no_swallowed_rows(
    data: bytes, first_line: int, dialect: Dialect, layout: Layout, name: str
) -> int:
    """SwallowedRows if a cell spans lines that are rows themselves; the number of cells of lines.

    Cells of several lines are usual in texts; but lines in them that have as many fields as the
    table, with numbers in the columns of numbers, are rows.
    """
    n_cells, line, position = 0, first_line, 0
    for row in row_pattern(dialect).finditer(data):
        body = row.group().rstrip(b"\r\n")
        if b"\n" not in body and b"\r" not in body:
            continue
        n_cells += 1
        line += count_lines(data[position : row.start()])
        position = row.start()
        if are_rows(body, dialect, layout):
            last = line + count_lines(body)
            raise SwallowedRows(
                f"{name}, lines {line} to {last} are one row because of a quotation mark, and each "
                f"has {layout.n_fields} fields of its own: give --quote none if quotation marks "
                "are text, or --quote '\"' if this is one cell"
            )
        if n_cells == USUAL:
            break
    return n_cells


def are_rows(body: bytes, dialect: Dialect, layout: Layout) -> bool:
    """Whether the lines are rows each; of many, those at both ends."""
    first = body[:SPAN].decode(errors="replace")
    last = body[max(SPAN, len(body) - SPAN) :].decode(errors="replace")
    lines = LINE_END.split(first)
    if len(body) > SPAN:
        lines = [*lines[:-1], *LINE_END.split(last)[1:]]
    plain = Dialect(dialect.delimiter, "")
    spans = [next(rows_of(line, plain), None) for line in lines]
    within = [row.fields for row in spans if row is not None and not row.is_blank]
    return all(is_row(fields, layout) for fields in within) and enough(len(within), layout)


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
