"""Tables of SQLite databases."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote as escaped

from rosenblatt.errors import InputError
from rosenblatt.table.files.file_reading import FileReading, TableFile
from rosenblatt.table.files.object_columns import ObjectColumns
from rosenblatt.table.files.parts import chosen_part
from rosenblatt.table.messages import quote
from rosenblatt.table.names import require_distinct
from rosenblatt.table.table import Table

__all__ = ["read_sqlite"]

BLOCK = 10_000


def read_sqlite(path: Path, part: str, hint: FileReading | None) -> TableFile:
    """The table `part` of a database, or its only one; values by their own types."""
    try:
        with opened(path) as database:
            names = tables(database)
            if not names and not part:
                raise InputError(f"{path.name} has no tables: give another file")
            name = chosen_part(path, part, names, names, hint, noun="table")
            return read(database, name, path)
    except sqlite3.Error as error:
        raise InputError(
            f"{path.name} cannot be read as a SQLite database ({error}): it is damaged, locked or "
            "something else"
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read-only; the schema of the file is not trusted to call functions."""
    uri = f"file:{escaped(os.path.realpath(path))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        database.text_factory = as_text
        database.execute("PRAGMA trusted_schema = OFF")
        yield database


def as_text(value: bytes) -> str:
    return value.decode(errors="replace")


def tables(database: sqlite3.Connection) -> list[str]:
    found = database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def read(database: sqlite3.Connection, name: str, path: Path) -> TableFile:
    identifier = '"' + name.replace('"', '""') + '"'
    try:
        cursor = database.execute(f"SELECT * FROM {identifier}")
    except UnicodeDecodeError as error:  # of a name, which `as_text` does not read
        raise InputError(
            f"{path.name}: the table {name!r} has a column whose name is no UTF-8: rename it"
        ) from error
    names = [str(column[0]) for column in cursor.description]
    require_distinct(names)
    columns = ObjectColumns(names)
    while rows := cursor.fetchmany(BLOCK):
        columns.extend(rows)
    if not columns.n_rows:
        raise InputError(f"{path.name}: the table {name!r} has no rows: it needs some")
    cells: tuple[Any, ...] = columns.cells()
    notes = []
    if columns.nested:
        notes.append(f"left out, because they hold bytes: {quote(list(columns.nested))}")
    table = Table(cells, columns.n_rows)
    return TableFile(table, FileReading("sqlite", names=table.names, part=name), tuple(notes))
