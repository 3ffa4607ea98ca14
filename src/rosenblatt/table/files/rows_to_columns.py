"""The rows of a text file as columns, read in blocks by several threads."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, final

import numpy.typing as npt
import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.table.files.block_cleaning import CleanBlock, Cleaning
from rosenblatt.table.files.block_parsing import ParsedBlock, parse_block
from rosenblatt.table.files.column_builder import ColumnBuilder
from rosenblatt.table.files.csv_rows import Dialect, count_lines
from rosenblatt.table.files.file_reading import require_rows
from rosenblatt.table.files.header import looks_numeric
from rosenblatt.table.files.layout import Layout
from rosenblatt.table.files.odd_rows import OddRows
from rosenblatt.table.files.plain_numbers import floats_prove_point, is_floating
from rosenblatt.table.files.row_blocks import RowBlock, row_blocks
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.missing_words import AMONG_NUMBERS
from rosenblatt.table.table import Table

__all__ = ["RowReader", "Rows"]

MARGIN: Final = 1.1  # of the estimated number of rows
THREADS: Final = min(4, os.cpu_count() or 1)


@final
@dataclass(frozen=True, eq=False)
class Rows:
    """Columns, the row names before them if there are any, and what was left out between them."""

    table: Table
    row_names: ColumnBuilder | None
    left_out: tuple[int, ...]
    notes: tuple[str, ...]


@final
@dataclass(frozen=True, eq=False)
class BlockPlan:
    """Of each column the type, whether its point is unproven yet, and where its numbers belong."""

    types: list[Any]
    unproven: list[bool]
    room: list[npt.NDArray[Any] | None]


@final
@dataclass(frozen=True, eq=False)
class ReadBlock:
    """A parsed block, and for each column whether its floats prove the decimal point."""

    clean: CleanBlock
    parsed: ParsedBlock
    proofs: list[bool]


@final
@dataclass(frozen=True)
class RowReader:
    """Reads the rows below a header.

    Parameters
    ----------
    chunks : callable
        The text as UTF-8, from its start at every call.
    size : int
        Of the file in bytes, by which the number of rows is estimated.
    name : str
        Of the file, for messages.
    dialect : Dialect
    layout : Layout
    names : sequence of str
        Of the columns.
    fewest_rows : int
        Fewer are refused, as soon as they are counted.
    """

    chunks: Callable[[], Iterable[bytes]]
    size: int
    name: str
    dialect: Dialect
    layout: Layout
    names: Sequence[str]
    fewest_rows: int = 0

    def read(self, fmt: TableFormat, as_text: Collection[str]) -> Rows:
        """All rows.

        Raises
        ------
        InputError
            Naming the first line that has another number of fields, or does not end; or for too
            few rows.
        SwallowedRows
            If a stray quotation mark makes one cell of several rows.
        UnicodeError
            Where the bytes are not of the encoding that `chunks` decodes.
        """
        as_text = frozenset(as_text)  # each column is looked for among them
        before = [ColumnBuilder((), None, False)] if self.layout.row_names else []
        behind = [ColumnBuilder((), None, False)] if self.layout.is_trailing else []
        builders = [builder_for(name, fmt, as_text) for name in self.names]
        fields = [*before, *builders, *behind]
        odd = OddRows(self.name, self.chunks, self.dialect, self.layout)
        n_rows = self._take_all(fields, odd)
        notes = odd.close(n_rows)
        if not n_rows:
            raise InputError(f"{self.name} has a header but no rows: add rows below the header")
        require_rows(self.name, n_rows, self.fewest_rows)
        for builder in fields:
            builder.close()
        again = [i for i, builder in enumerate(fields) if builder.must_be_read_again]
        for i, fresh in zip(again, self._read_again(again), strict=True):
            fields[i] = fresh
        columns = fields[len(before) : len(before) + len(builders)]
        cells = tuple(b.cells(name) for b, name in zip(columns, self.names, strict=True))
        return Rows(Table(cells, n_rows), fields[0] if before else None, odd.left_out, notes)

    def _take_all(self, builders: Sequence[ColumnBuilder], odd: OddRows) -> int:
        """Gives every block's cells to the builders; the number of rows.

        The first block is examined as text, which settles the types of most columns.
        """
        n_rows = 0
        # Blocks that are read, and the row where each one ends at the latest.
        waiting: deque[tuple[Future[ReadBlock], int]] = deque()

        def take() -> None:
            nonlocal n_rows
            read = waiting.popleft()[0].result()
            odd.take(read.clean, read.parsed.n_rows, read.parsed.n_odd)
            if read.clean.block.is_last and n_rows + read.parsed.n_rows < self.fewest_rows:
                n_rows += read.parsed.n_rows
                return  # there may be a hundred thousand columns to build
            if not n_rows:
                expected = read.parsed.n_rows * self.size // max(len(read.clean.block.data), 1)
                for builder in builders:
                    builder.expect(int(MARGIN * expected))
            for builder, values, proves in zip(
                builders, read.parsed.columns, read.proofs, strict=True
            ):
                builder.take(values, proves)
            n_rows += read.parsed.n_rows

        with ThreadPoolExecutor(THREADS) as pool:
            for block in row_blocks(self.chunks(), self.dialect, self.layout.first_line - 1):
                start = waiting[-1][1] if waiting else n_rows
                n = count_lines(block.data)
                plan = BlockPlan(
                    [builder.parsed_type for builder in builders],
                    [builder.needs_proof for builder in builders],
                    # Behind the blocks that are still read. Where these leave out no line, the
                    # numbers need not be moved afterwards.
                    [builder.room(start, n) for builder in builders],
                )
                waiting.append((pool.submit(self._read_block, block, plan), start + n))
                while waiting and (not n_rows or len(waiting) > THREADS):
                    take()
            while waiting:
                take()
        return n_rows

    def _read_block(self, block: RowBlock, plan: BlockPlan) -> ReadBlock:
        types = plan.types
        cleaning = Cleaning(self.dialect, self.layout)
        clean = cleaning.cleaned(block)
        if any(map(looks_numeric, self.layout.names)):
            again = cleaning.without_headers(clean.block)
            clean = CleanBlock(again.block, (*clean.left_out, *again.left_out))
        parsed = None
        if any(kind != pa.string() for kind in types):
            parsed = parse_block(clean.block.data, self.dialect, types, room=plan.room)
        if parsed is None:
            # A header once more among numbers does not convert: it is looked for only then.
            again = cleaning.without_headers(clean.block)
            clean = CleanBlock(again.block, (*clean.left_out, *again.left_out))
            if again.left_out:
                parsed = parse_block(clean.block.data, self.dialect, types)
        if parsed is None:
            texts = [pa.string()] * len(types)
            parsed = parse_block(clean.block.data, self.dialect, texts)
            assert parsed is not None
        proofs = [
            wanted and is_floating(values) and floats_prove_point(values)
            for wanted, values in zip(plan.unproven, parsed.columns, strict=True)
        ]
        return ReadBlock(clean, parsed, proofs)

    def _read_again(self, places: list[int]) -> list[ColumnBuilder]:
        """The columns at these places as text."""
        fresh = [ColumnBuilder((), None, True) for _ in places]
        if not places:
            return fresh
        n_fields = len(self.names) + self.layout.row_names + self.layout.is_trailing
        types: list[Any] = [pa.string()] * n_fields
        cleaning = Cleaning(self.dialect, self.layout)
        for block in row_blocks(self.chunks(), self.dialect, self.layout.first_line - 1):
            clean = cleaning.without_headers(cleaning.cleaned(block).block)
            parsed = parse_block(clean.block.data, self.dialect, types, places)
            assert parsed is not None
            for builder, values in zip(fresh, parsed.columns, strict=True):
                builder.take(values)
        return fresh


def builder_for(column: str, fmt: TableFormat, as_text: Collection[str]) -> ColumnBuilder:
    words = (AMONG_NUMBERS | {w.lower() for w in fmt.missing}) - {w.lower() for w in fmt.keep}
    kind = fmt.columns.get(column)
    text = column in as_text or kind in (ColumnKind.CATEGORY, ColumnKind.TEXT)
    point = None
    if fmt.decimal == "." or (fmt.thousands is not None and fmt.thousands != "."):
        point = True
    if fmt.decimal == "," or fmt.thousands == ".":
        point = False
    return ColumnBuilder(words, point, text)
