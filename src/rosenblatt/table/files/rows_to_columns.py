"""The rows of a text file as columns, read in blocks by several threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, final

import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.table.files.block_parsing import ParsedBlock, parse_block
from rosenblatt.table.files.column_builder import ColumnBuilder
from rosenblatt.table.files.csv_rows import Dialect
from rosenblatt.table.files.layout import Layout
from rosenblatt.table.files.odd_rows import OddRows
from rosenblatt.table.files.plain_numbers import MISSING_WORDS
from rosenblatt.table.files.row_blocks import RowBlock, row_blocks
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.table import Table

__all__ = ["Columns", "read_columns"]

THREADS: Final = min(4, os.cpu_count() or 1)


@final
@dataclass(frozen=True, eq=False)
class Columns:
    """The table, the lines among and below its rows that are none, and notes about them."""

    table: Table
    left_out: tuple[int, ...]
    notes: tuple[str, ...]


def read_columns(
    chunks: Callable[[], Iterable[bytes]],
    name: str,
    dialect: Dialect,
    layout: Layout,
    names: Sequence[str],
    fmt: TableFormat,
    as_text: Collection[str],
) -> Columns:
    """All rows below the header.

    Raises
    ------
    InputError
        Naming the first line that has another number of fields, or does not end.
    UnicodeDecodeError
        Where the bytes are not of the encoding that `chunks` decodes.
    """
    builders = [builder_for(column, fmt, as_text) for column in names]
    ends = "around" if layout.row_names else "behind" if layout.is_trailing else ""
    fields: list[ColumnBuilder | None] = [*builders]
    if layout.row_names:
        fields.insert(0, ColumnBuilder((), None, False))
    if layout.is_trailing:
        fields.append(ColumnBuilder((), None, True))
    del ends
    odd = OddRows(name, dialect, layout, names)
    blocks = row_blocks(chunks(), dialect, layout.first_line - 1)
    n_rows = take_all(blocks, dialect, [f for f in fields if f is not None], odd)
    notes = odd.notes()
    if not n_rows:
        raise InputError(f"{name} has a header but no rows: add rows below the header")
    for builder in builders:
        builder.close()
    again = [i for i, b in enumerate(fields) if b is not None and b.must_be_read_again]
    if again:
        blocks = row_blocks(chunks(), dialect, layout.first_line - 1)
        fresh = read_again(blocks, dialect, again, len(fields), odd)
        for i, builder in zip(again, fresh, strict=True):
            fields[i] = builder
    taken = [f for f in fields if f is not None]
    kept = taken[1:] if layout.row_names else taken
    kept = kept[:-1] if layout.is_trailing else kept
    columns = tuple(b.cells(column) for b, column in zip(kept, names, strict=True))
    return Columns(Table(columns, n_rows), odd.left_out, notes)


def builder_for(column: str, fmt: TableFormat, as_text: Collection[str]) -> ColumnBuilder:
    words = (MISSING_WORDS | {w.lower() for w in fmt.missing}) - {w.lower() for w in fmt.keep}
    kind = fmt.columns.get(column)
    text = column in as_text or kind in (ColumnKind.CATEGORY, ColumnKind.TEXT)
    point = None
    if fmt.decimal == "." or (fmt.thousands is not None and fmt.thousands != "."):
        point = True
    if fmt.decimal == "," or fmt.thousands == ".":
        point = False
    return ColumnBuilder(words, point, text)


def take_all(
    blocks: Iterator[RowBlock],
    dialect: Dialect,
    builders: Sequence[ColumnBuilder],
    odd: OddRows,
) -> int:
    """Gives every block's cells to the builders; the number of rows.

    The first block is examined as text, which settles the types of most columns.
    """
    n_rows = 0

    def take(parsed: ParsedBlock, block: RowBlock) -> None:
        nonlocal n_rows
        odd.take(parsed, block)
        texts: ParsedBlock | None = None
        for i, builder in enumerate(builders):
            if not builder.take(parsed.columns[i]):
                texts = texts or parse_block(block.data, dialect, [pa.string()] * len(builders))
                builder.take(texts.columns[i])
        n_rows += parsed.n_rows

    waiting: deque[tuple[Future[ParsedBlock], RowBlock]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        for block in map(odd.cleaned, blocks):
            types = [builder.parsed_type for builder in builders]
            future = pool.submit(parse_block, block.data, dialect, types)
            waiting.append((future, block))
            if not n_rows or len(waiting) > THREADS:
                done, its_block = waiting.popleft()
                take(done.result(), its_block)
        while waiting:
            done, its_block = waiting.popleft()
            take(done.result(), its_block)
    return n_rows


def read_again(
    blocks: Iterator[RowBlock], dialect: Dialect, places: list[int], n_fields: int, odd: OddRows
) -> list[ColumnBuilder]:
    """The columns at these places as text."""
    fresh = [ColumnBuilder((), None, True) for _ in places]
    types: list[Any] = [pa.string()] * n_fields
    for block in map(odd.cleaned, blocks):
        parsed = parse_block(block.data, dialect, types, places)
        for builder, values in zip(fresh, parsed.columns, strict=True):
            builder.take(values)
    return fresh
