"""Tables from lines of text, and the values that are read in their columns."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt.table import (
    Table,
    TableFile,
    TableFormat,
    learn_encoding,
    read_table,
    table_of,
)
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.one_column import candidate_of
from rosenblatt.table.parsing import days_of, numbers_of, truth_of
from rosenblatt.table.recognition import recognise


def put(path: Path, lines: Iterable[str], encoding: str = "utf-8") -> Path:
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def formats(data: Any, target: str | None = None, **said: Any) -> dict[str, ColumnFormat]:
    """The formats of all columns, by their names."""
    table, fmt = table_of(data), TableFormat(**said)
    of_target = None if target is None else candidate_of(table.by_name[target], fmt, is_target=True)
    return {f.name: f for f in recognise(table, fmt, of_target)}


def kinds(data: Any, target: str | None = None, **said: Any) -> dict[str, str]:
    return {name: f.kind.value for name, f in formats(data, target, **said).items()}


def values(data: Any, name: str, target: str | None = None, **said: Any) -> Any:
    """What is read in a column: numbers, days since 1970, truth values, or texts; NaN and None.

    A column that is left out, or that nothing decides, is an error.
    """
    table = table_of(data)
    fmt = formats(table, target, **said)[name]
    cells = table.by_name[name]
    assert not fmt.question, fmt.question
    assert fmt.kind is not ColumnKind.DROP, fmt.reason
    if fmt.kind in (ColumnKind.NUMBER, ColumnKind.DATE):
        parse = numbers_of if fmt.kind is ColumnKind.NUMBER else days_of
        read, strange = parse(cells, fmt.notation, fmt.missing)
        assert not strange.any()
        return read
    if fmt.kind is ColumnKind.TRUTH:
        codes = truth_of(cells, fmt.missing)
        return np.where(codes < 0, np.nan, codes)
    texts = [None if c < 0 else cells.distinct.strings[c] for c in cells.distinct.codes]
    return [None if text in fmt.missing else text for text in texts]


def train(file: TableFile | Any, target: str, **said: Any) -> Any:
    """The encoding of a table that was read."""
    table: Table = file.table if isinstance(file, TableFile) else table_of(file)
    reading = file.reading if isinstance(file, TableFile) else None
    return learn_encoding(table, target=target, fmt=TableFormat(**said), reading=reading)


def read(path: Path, target: str | None = None, **said: Any) -> TableFile:
    """A training file, the cells of its target as written."""
    return read_table(path, TableFormat(**said), as_text=() if target is None else (target,))


def read_new(path: Path, encoding: Any) -> TableFile:
    """A file of new rows for a model."""
    return read_table(path, as_text=encoding.text_columns, hint=encoding.hint)
