"""Names and numbers of rows that stand before the columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rosenblatt.table.cells import Cells
from rosenblatt.table.files.column_builder import ColumnBuilder
from rosenblatt.table.table import Table

__all__ = ["with_row_names", "without_empty_ends", "without_row_numbers"]

ROW_NAMES = "row names"


def with_row_names(table: Table, names: ColumnBuilder) -> tuple[Table, str]:
    """The table with a first column of row names, unless they are numbers; and a note."""
    cells = names.cells(ROW_NAMES)
    if are_row_numbers(cells):
        return table, "rows begin with their numbers, which the header has no name for: left out"
    name = ROW_NAMES
    while name in table.names:
        name += "'"
    named = Cells(name, cells.values, cells.numbers, cells.words)
    note = f"rows begin with a name that the header has no field for: it is the column {name!r}"
    return Table((named, *table.columns), table.n_rows), note


def without_row_numbers(table: Table, is_unnamed: bool) -> tuple[Table, str]:
    """The table without a first column that has no name and counts the rows, as of pandas."""
    if is_unnamed and len(table.columns) > 1 and are_row_numbers(table.columns[0]):
        return table.without(table.columns[0].name), (
            "the first column has no name and counts the rows: left out"
        )
    return table, ""


def without_empty_ends(table: Table, names: tuple[str, ...]) -> tuple[Table, str]:
    """The table without last columns that have neither a cell nor, in the file, a name."""
    n = len(table.columns)
    while n > 1 and not names[n - 1] and table.columns[n - 1].values.null_count == table.n_rows:
        n -= 1
    n_empty = len(table.columns) - n
    if not n_empty:
        return table, ""
    note = "the last column has" if n_empty == 1 else f"the last {n_empty} columns have"
    return Table(table.columns[:n], table.n_rows), f"{note} neither a name nor a cell: left out"


def are_row_numbers(cells: Cells) -> bool:
    """Whether these are 0, 1, 2, … or 1, 2, 3, …, of two rows or more."""
    if not pa.types.is_integer(cells.type) or cells.values.null_count or len(cells) < 2:
        return False
    x = cells.values.to_numpy().astype(np.int64)
    return bool(x[0] in (0, 1) and (np.diff(x) == 1).all())
