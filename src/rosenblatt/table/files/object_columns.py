"""Columns from rows of Python values, as JSON, databases and workbooks give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, final

import pyarrow as pa

from rosenblatt.table.arrays import days_as_midnights
from rosenblatt.table.cell_text import texts_of
from rosenblatt.table.cells import Cells

__all__ = ["ObjectColumns"]

ROWS: Final = 10_000  # converted at a time: Python's values take many times the memory of Arrow's
EXACT: Final = 2**53


@final
class ObjectColumns:
    """Collects rows, and converts them in blocks.

    A column of one kind of values becomes an Arrow column of it; whole numbers beside fractions
    become floats; several kinds become their texts. Nested values make a column of nothing else
    that can be read: it is named in `nested`.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._waiting: list[Mapping[str, Any]] = []
        self._chunks: dict[str, list[pa.Array]] = {name: [] for name in names}
        self._n_rows = 0
        self.nested: dict[str, None] = {}

    @property
    def n_rows(self) -> int:
        return self._n_rows + len(self._waiting)

    def add(self, row: Mapping[str, Any]) -> None:
        """A row; names that are new get missing cells in the rows before, and absent ones here."""
        self._waiting.append(row)
        if len(self._waiting) == ROWS:
            self._convert()

    def extend(self, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of as many values as there are names."""
        names = list(self._chunks)
        for row in rows:
            self.add(dict(zip(names, row, strict=True)))

    def _convert(self) -> None:
        rows, self._waiting = self._waiting, []
        for row in rows:
            for name in row:
                if name not in self._chunks:
                    self._chunks[name] = [pa.nulls(self._n_rows)] if self._n_rows else []
        for name, chunks in self._chunks.items():
            values = [row.get(name) for row in rows]
            if any(isinstance(value, list | dict | bytes) for value in values):
                self.nested[name] = None
                values = []
            chunks.append(array_of(values))
        self._n_rows += len(rows)

    def cells(self) -> tuple[Cells, ...]:
        """The columns that are not nested."""
        if self._waiting:
            self._convert()
        return tuple(
            Cells(name, joined(chunks))
            for name, chunks in self._chunks.items()
            if name not in self.nested
        )


def array_of(values: Sequence[Any]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values))
    if kinds <= {int, float}:
        whole = [value for value in values if isinstance(value, int)]
        kind = pa.int64() if kinds == {int} else pa.float64()
        limit = 2**63 if kinds == {int} else EXACT
        if all(-limit < value < limit for value in whole):
            return pa.array(values, kind)
    elif len(kinds) == 1 and kinds <= {bool, str, dt.datetime, dt.date, dt.time, dt.timedelta}:
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, UnicodeEncodeError, OverflowError):
            pass
    elif kinds == {dt.datetime, dt.date}:
        return pa.array(days_as_midnights(values), pa.timestamp("us"))
    return pa.array([None if value is None else written(value) for value in values], pa.string())


def written(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text.encode("utf-8", errors="replace").decode()  # JSON has halves of characters


def joined(chunks: Sequence[pa.Array]) -> pa.ChunkedArray:
    """The chunks as one type: that of all, floats for numbers, else text."""
    kinds = [chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)]
    kind = kinds[0] if kinds else pa.string()
    if any(other != kind for other in kinds):
        numbers = all(other in (pa.int64(), pa.float64()) for other in kinds)
        kind = pa.float64() if numbers else pa.string()
    try:
        return pa.chunked_array([as_kind(chunk, kind) for chunk in chunks], kind)
    except pa.ArrowInvalid:  # whole numbers that a float does not hold
        return pa.chunked_array([as_kind(chunk, pa.string()) for chunk in chunks], pa.string())


def as_kind(chunk: pa.Array, kind: Any) -> pa.Array:
    if chunk.type == kind:
        return chunk
    if kind == pa.string() and not pa.types.is_null(chunk.type):
        return texts_of(pa.chunked_array([chunk])).combine_chunks()
    return chunk.cast(kind)
