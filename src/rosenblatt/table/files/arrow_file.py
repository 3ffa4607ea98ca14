"""Parquet and Arrow files to tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rosenblatt.errors import InputError
from rosenblatt.table.arrow_metadata import said_in
from rosenblatt.table.arrow_types import converted, with_periods
from rosenblatt.table.cells import Cells
from rosenblatt.table.files.file_reading import FileReading, TableFile
from rosenblatt.table.names import require_distinct
from rosenblatt.table.table import Table

__all__ = ["UNNAMED", "damage_named", "read_columnar", "table_file"]


def read_columnar(path: Path, ending: str) -> TableFile:
    """A file of Parquet, Arrow (also called Feather) or ORC, by the ending of its name."""
    readers = {".parquet": read_parquet, ".orc": read_orc}
    return readers.get(ending, read_arrow)(path)


def read_orc(path: Path) -> TableFile:
    """An ORC file. Raises InputError if it is none or damaged."""
    from pyarrow import orc

    with damage_named(path, "ORC"), pa.OSFile(str(path)) as source:
        reader = orc.ORCFile(source)
        require_distinct(reader.schema.names)
        table = reader.read()
        table.validate(full=True)
    return table_file(table, path, "orc")


def read_parquet(path: Path) -> TableFile:
    """A Parquet file. Raises InputError if it is none or damaged."""
    with damage_named(path, "Parquet"), pq.ParquetFile(path) as file:
        require_distinct(file.schema_arrow.names)
        table = file.read()
    return table_file(table, path, "parquet")


def read_arrow(path: Path) -> TableFile:
    """An Arrow (Feather version 2) file or stream. Raises InputError if it is none or damaged."""
    with damage_named(path, "Arrow"), pa.OSFile(str(path)) as source:
        is_file = source.read(6) == b"ARROW1"
        source.seek(0)
        reader = pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)
        require_distinct(reader.schema.names)
        table = reader.read_all()
        table.validate(full=True)  # damaged offsets would be read beyond the file
    return table_file(table, path, "arrow")


def table_file(table: Any, path: Path, kind: str) -> TableFile:
    if not table.num_columns or not table.num_rows:
        raise InputError(f"{path.name} has no rows: it needs a table with rows")
    notes = []
    columns = []
    categorical = declared_by_pandas(table)
    for field, values in zip(*fields_and_columns(index_as_pandas(table)), strict=True):
        try:
            cells, note = converted(with_periods(field, values))
            if field.name in categorical and holds_single_values(cells.type):
                cells = converted(cells.dictionary_encode())[0]
        except InputError as error:
            raise InputError(f"{path.name}, column {field.name!r}: {error}") from error
        columns.append(Cells(field.name, cells))
        if note:
            notes.append(f"column {field.name!r}: {note}")
    read = Table(tuple(columns), table.num_rows)
    return TableFile(read, FileReading(kind, names=read.names), tuple(notes))


def holds_single_values(kind: Any) -> bool:
    """Whether columns of it may become categories: of lists and bytes no contents are kept."""
    return not (
        pa.types.is_dictionary(kind) or pa.types.is_nested(kind) or pa.types.is_binary(kind)
    )


def declared_by_pandas(table: Any) -> set[str]:
    """Columns that pandas held as categories; Parquet keeps that of texts alone."""
    said = said_in(table.schema.metadata, b"pandas")
    try:
        columns = [one for one in said.get("columns", []) if one["pandas_type"] == "categorical"]
        return {str(one["field_name"]) for one in columns}
    except (TypeError, KeyError):
        return set()


def fields_and_columns(table: Any) -> tuple[list[Any], list[Any]]:
    return list(table.schema), table.columns


def index_as_pandas(table: Any) -> Any:
    """The columns as pandas has them: an index without a name is none, one with a name comes first.

    pandas stores an index among the columns, or as a range in the metadata of the schema.
    """
    said = said_in(table.schema.metadata, b"pandas")
    try:
        stored = list(said.get("index_columns", []))
        ranges = {str(one["name"]): range_of(one) for one in stored if is_named_range(one)}
    except (ValueError, TypeError, KeyError):
        return table  # damaged: the columns are as they are
    names = table.column_names
    index = [name for name in stored if isinstance(name, str) and name in names]
    named = [name for name in index if not UNNAMED.fullmatch(name)]
    read = table.select([*named, *(name for name in names if name not in index)])
    for name, values in ranges.items():
        if len(values) == len(read) and name not in read.column_names:
            read = read.add_column(0, name, pa.array(values, pa.int64()))
    return read


def is_named_range(index: Any) -> bool:
    return isinstance(index, dict) and index.get("name") is not None


def range_of(index: dict[str, Any]) -> range:
    return range(index["start"], index["stop"], index["step"])


UNNAMED = re.compile(r"__index_level_\d+__")


@contextmanager
def damage_named(path: Path, kind: str) -> Iterator[None]:
    """InputError for what the reading of a damaged file raises.

    That is anything where a library has registered a type, as pandas has periods, and cannot read
    its metadata.
    """
    try:
        yield
    except (InputError, MemoryError):  # pyarrow's own MemoryError is of both kinds
        raise
    except (pa.ArrowException, OSError, *OF_METADATA) as error:
        raise damaged(path, kind) from error


OF_METADATA = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def damaged(path: Path, kind: str) -> InputError:
    if not path.stat().st_size:
        return InputError(f"{path.name} is empty: it needs a table with rows")
    return InputError(
        f"{path.name} cannot be read as {kind}, it is damaged or something else: fetch or save it "
        "again, or correct the ending of its name"
    )
