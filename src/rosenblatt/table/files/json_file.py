"""JSON files to tables: one record a line, or a list of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.byte_stream import byte_blocks
from rosenblatt.table.files.file_reading import FileReading, TableFile
from rosenblatt.table.files.json_blocks import loads_in_blocks
from rosenblatt.table.files.object_columns import ObjectColumns
from rosenblatt.table.messages import quote
from rosenblatt.table.table import Table

__all__ = ["RepeatedName", "json_value", "read_json", "record_of", "table_of_records"]

# Cells of which all but a few are empty: a file of megabytes would become a table of gigabytes.
MANY_CELLS, MOST_EMPTY = 10_000_000, 200


def read_json(path: Path) -> TableFile:
    """The table in a file of records.

    Raises
    ------
    InputError
        Naming the first line that is no record.
    """
    return table_of_records(records(path), path.name)


def table_of_records(given: Iterable[dict[str, Any]], name: str) -> TableFile:
    """Records of the same names; the names in the order in which they occur.

    Parameters
    ----------
    given : iterable of dict
    name : str
        Of what they come from, for messages.

    Raises
    ------
    InputError
        If there is no record, or none with a plain cell, or nearly all cells would be empty.
    """
    columns = ObjectColumns()
    seen: dict[str, None] = {}
    n_values = 0
    for record in given:
        columns.add(record)
        seen.update(dict.fromkeys(record))
        n_values += len(record)
        n_cells = columns.n_rows * len(seen)
        if n_cells > MANY_CELLS and n_cells > MOST_EMPTY * n_values:
            raise InputError(
                f"{name} is no table: its first {columns.n_rows:,} records have"
                f" {len(seen):,} names between them, and each but a few of these; give every"
                " record the same names"
            )
    if not columns.n_rows:
        raise InputError(f"{name} is empty: it needs records")
    cells = columns.cells()
    if not cells and not columns.nested:
        raise InputError(f"{name} has records without names: give a table of names and cells")
    if not cells:
        raise InputError(f"{name} has nested values alone: give a table of plain cells")
    notes = []
    if columns.nested:
        names = quote(list(columns.nested))
        notes.append(f"left out, because their values are nested: {names}")
    table = Table(cells, columns.n_rows)
    return TableFile(table, FileReading("json", names=table.names), tuple(notes))


def records(path: Path) -> Iterator[dict[str, Any]]:
    first = next((block for block in byte_blocks(path) if block.strip()), b"")
    if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield from listed(path)
        return
    for number, line in enumerate(lines(path), 1):
        if line.strip():
            where = f"line {number}"
            yield record_of(parsed(line, path.name, where), path.name, where)


def listed(path: Path) -> Iterator[dict[str, Any]]:
    values = parsed(b"".join(byte_blocks(path)), path.name, "the list")
    for number, value in enumerate(values, 1):
        yield record_of(value, path.name, f"record {number}")


def lines(path: Path) -> Iterator[bytes]:
    rest: list[bytes] = []
    for block in byte_blocks(path):
        first, *more = block.split(b"\n")
        rest.append(first)
        if more:
            yield b"".join(rest)
            yield from more[:-1]
            rest = [more[-1]]
    yield b"".join(rest)


def parsed(text: bytes, name: str, where: str) -> Any:
    try:
        return json_value(text)
    except RepeatedName as error:
        raise InputError(
            f"{name}, {where}: a record has the name {error.name!r} more than once: give each name"
            " once"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}, {where}: JSON is UTF-8, and this is not: save it so") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{name}, {where} is no JSON: mend it, one record a line, {{...}}"
        ) from error


@final
class RepeatedName(Exception):
    """An object of JSON has a name more than once, and which value is meant nobody knows."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def json_value(text: bytes) -> Any:
    """The value of JSON in UTF-8.

    Raises
    ------
    RepeatedName
        If an object has a name more than once.
    ValueError, RecursionError
        If it is no JSON, has a number of thousands of digits or is nested too deeply.
    """
    return loads_in_blocks(text.decode("utf-8-sig"), each_once)


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise RepeatedName(next(name for name in names if names.count(name) > 1))
    return found


def record_of(value: Any, name: str, where: str) -> dict[str, Any]:
    """The value itself; InputError, which names the place, where it is no record."""
    if not isinstance(value, dict):
        raise InputError(f"{name}, {where} is no record: give one of names and values, {{...}}")
    return value
