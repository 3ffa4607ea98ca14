"""The rows of a row group, a block at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple, final

import pyarrow as pa

from rosenblatt.cluster.shards.manifest import RowGroup, ShardFile
from rosenblatt.errors import InputError
from rosenblatt.table import Table
from rosenblatt.table.files.arrow_file import table_file

__all__ = ["Block", "blocks"]

BLOCK_CELLS = 1 << 20  # enough that what a block costs beside its cells is little
MOST_ROWS, FEWEST_ROWS = 1 << 16, 1 << 10


@final
class Block(NamedTuple):
    """Some rows of a row group, and the number of the first one there."""

    first: int
    table: Table


def blocks(group: RowGroup, columns: Collection[str]) -> Iterator[Block]:
    """All rows, with some of the columns; InputError if the file has changed."""
    at, n = 0, min(MOST_ROWS, max(FEWEST_ROWS, BLOCK_CELLS // max(1, len(columns))))
    with group.file.opened() as file:
        read: Any = file.iter_batches(
            n, row_groups=[group.number], columns=list(columns), use_threads=False
        )
        for batch in read:
            if batch.num_rows:
                table = typed(pa.Table.from_batches([batch]), group.file)
                yield Block(at, table_file(table, Path(group.file.path), "parquet").table)
            at += batch.num_rows


def typed(table: pa.Table, file: ShardFile) -> pa.Table:
    """The rows, with the columns of the types that hold them in all files."""
    for name, kind in file.widened:
        if name in table.column_names:
            place = table.column_names.index(name)
            try:
                column = table.column(place).cast(kind)
            except pa.ArrowInvalid as error:
                path = file.path
                raise InputError(
                    f"{path} has values of {name!r} that {kind}, as the column is in other files,"
                    " does not hold: save it as one type"
                ) from error
            table = table.set_column(place, name, column)
    return table
