"""The Parquet files of a fit: their row groups, and what shows that one has changed."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, final

import pyarrow as pa
import pyarrow.parquet as pq

from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.paths import is_pattern
from rosenblatt.table.files.arrow_file import UNNAMED, damage_named
from rosenblatt.table.names import require_distinct

__all__ = ["Files", "Manifest", "RowGroup", "ShardFile", "manifest_of"]

Files: TypeAlias = str | Path | Iterable[str | Path]

TRAILER = 8  # bytes: the length of the footer, and PAR1
BUFFER = 1 << 20  # bytes of a column that are read at once


@final
@dataclass(frozen=True)
class ShardFile:
    """One file.

    Attributes
    ----------
    path : str
    size : int
        Bytes.
    footer : str
        Hash of its last part, where Parquet has the places, sizes and ends of all columns.
    rows : tuple of int
        Of each row group.
    """

    path: str
    size: int
    footer: str
    rows: tuple[int, ...]

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """The file as a `ParquetFile`; InputError if it is gone or is not what it was."""
        path = Path(self.path)
        try:
            same = path.stat().st_size == self.size and footer_of(path) == self.footer
        except OSError as error:
            raise InputError(
                f"{path} was there when the training began, and cannot be read now"
                f" ({error.strerror}): bring it back and begin anew"
            ) from error
        if not same:
            raise InputError(f"{path} has changed since the training began: begin anew")
        with damage_named(path, "Parquet"), opened(path) as file:
            yield file


@final
@dataclass(frozen=True)
class RowGroup:
    """A row group: its file, its number there, and its rows as numbered over all files."""

    file: ShardFile
    number: int
    first: int
    n_rows: int


@final
@dataclass(frozen=True)
class Manifest:
    """All files, in the order of their paths.

    Attributes
    ----------
    files : tuple of ShardFile
    names : tuple of str
        Of the columns.
    """

    files: tuple[ShardFile, ...]
    names: tuple[str, ...]

    @cached_property
    def groups(self) -> tuple[RowGroup, ...]:
        found, first = [], 0
        for file in self.files:
            for number, n in enumerate(file.rows):
                found.append(RowGroup(file, number, first, n))
                first += n
        return tuple(found)

    @cached_property
    def n_rows(self) -> int:
        return sum(sum(file.rows) for file in self.files)

    @property
    def n_bytes(self) -> int:
        return sum(file.size for file in self.files)

    def without(self, name: str) -> Manifest:
        """But for a column, which is no feature."""
        return replace(self, names=tuple(other for other in self.names if other != name))


def manifest_of(files: Files) -> Manifest:
    """The files of a folder, of a pattern such as ``data/*.parquet``, or those that are named.

    Raises
    ------
    InputError
        If there is no file, no row, or a file with other columns than the first.
    """
    paths = paths_of(files)
    found, schema = [], None
    for path in paths:
        file, own = read_footer(path)
        if schema is None:
            schema = own
        check_same(schema, own, paths[0], path)
        found.append(file)
    assert schema is not None
    names = tuple(name for name in schema.names if not UNNAMED.fullmatch(name))
    manifest = Manifest(tuple(found), names)
    if not manifest.n_rows:
        path = paths[0]
        raise InputError(f"{path} has no rows: it needs a table with rows")
    return manifest


def paths_of(files: Files) -> list[Path]:
    if not isinstance(files, str | Path):
        paths = [Path(path) for path in files]
    elif Path(files).is_dir():
        paths = list(Path(files).rglob("*.parquet"))
    elif is_pattern(str(files)):
        paths = [Path(path) for path in glob.glob(str(files), recursive=True)]
    else:
        paths = [Path(files)]
    if not paths:
        place = files if isinstance(files, str | Path) else "[]"
        raise InputError(f"there is no Parquet file in {place}: check the path")
    for path in paths:
        if not path.is_file():
            raise InputError(f"there is no file {path}: check the path")
    return sorted(path.absolute() for path in paths)


def opened(path: Path) -> Any:
    # Column chunks are read in buffers, because a row group may be as large as the memory.
    return pq.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False)


def read_footer(path: Path) -> tuple[ShardFile, Any]:
    with damage_named(path, "Parquet"), opened(path) as file:
        meta, schema = file.metadata, file.schema_arrow
        rows = tuple(meta.row_group(k).num_rows for k in range(meta.num_row_groups))
    require_distinct(schema.names)
    return ShardFile(str(path), path.stat().st_size, footer_of(path), rows), schema


def footer_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(-TRAILER, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")
        file.seek(-min(length + TRAILER, path.stat().st_size), os.SEEK_END)
        return hashlib.blake2b(file.read(), digest_size=16).hexdigest()


def check_same(expected: Any, own: Any, path2: Path, path: Path) -> None:
    """InputError for other columns, or columns of another type, than the first file has."""
    for name in expected.names:
        if name not in own.names:
            raise InputError(
                f"{path} has no column {name!r}, which {path2} has: give files of the same columns"
            )
    for field in own:
        name = field.name
        if name not in expected.names:
            raise InputError(
                f"{path} has a column {name!r}, which {path2} has not: give files of the"
                " same columns"
            )
        kind = expected.field(name).type
        if plain(kind) != plain(field.type):
            raise InputError(
                f"column {name!r} is {field.type} in {path} and {kind} in {path2}: give files"
                " of the same columns"
            )


def plain(kind: Any) -> str:
    """The type, of which two of texts or of categories count as one."""
    if pa.types.is_dictionary(kind):
        return f"dictionary<{plain(kind.value_type)}>"
    return "string" if pa.types.is_large_string(kind) else str(kind)
