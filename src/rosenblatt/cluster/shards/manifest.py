"""The Parquet files of a fit: their row groups, and what shows that one has changed."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, final

import pyarrow as pa
import pyarrow.parquet as pq

from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.listing import brief
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
    widened : tuple of (str, Arrow type)
        Columns that are of a wider type in other files, and that type.
    """

    path: str
    size: int
    footer: str
    rows: tuple[int, ...]
    widened: tuple[tuple[str, Any], ...] = ()

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
class Typed(NamedTuple):
    """The type of a column, and a file that has it."""

    kind: Any
    path: Path


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
    found = []
    joined: dict[str, Typed] = {}
    for path in paths:
        file, own = read_footer(path)
        joined = with_types(joined or own, own, paths[0])
        found.append((file, own))
    names = tuple(name for name in joined if not UNNAMED.fullmatch(name))
    manifest = Manifest(tuple(widened(file, own, joined) for file, own in found), names)
    if not manifest.n_rows:
        path = paths[0]
        raise InputError(f"{path} has no rows: it needs a table with rows")
    return manifest


def paths_of(files: Files) -> list[Path]:
    if not isinstance(files, str | os.PathLike):
        paths = [one_path(path, files) for path in iterated(files)]
    elif os.path.isdir(files):
        paths = list(Path(files).rglob("*.parquet"))
    elif is_pattern(str(files)):
        paths = [Path(path) for path in glob.glob(str(files), recursive=True)]
    else:
        paths = [one_path(files, files)]
    if not paths:
        place = files if isinstance(files, str | os.PathLike) else "[]"
        raise InputError(f"there is no Parquet file in {place}: check the path")
    for path in paths:
        if not os.path.isfile(path):
            raise InputError(f"there is no file {brief(str(path))}: check the path")
    return sorted(path.absolute() for path in paths)


def iterated(files: Any) -> Iterable[Any]:
    if not isinstance(files, Iterable) or isinstance(files, bytes) or hasattr(files, "columns"):
        raise not_files(files)
    return files


def one_path(path: Any, files: Any) -> Path:
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise not_files(files)
    return Path(path)


def not_files(given: Any) -> InputError:
    return InputError(
        "with target= Parquet files are named, by a folder, a pattern such as data/*.parquet, or a"
        f" list of paths, and not {brief(given)}"
    )


def opened(path: Path) -> Any:
    # Column chunks are read in buffers, because a row group may be as large as the memory.
    return pq.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False)


def read_footer(path: Path) -> tuple[ShardFile, dict[str, Typed]]:
    with damage_named(path, "Parquet"), opened(path) as file:
        meta, schema = file.metadata, file.schema_arrow
        rows = tuple(meta.row_group(k).num_rows for k in range(meta.num_row_groups))
    require_distinct(schema.names)
    own = {field.name: Typed(field.type, path) for field in schema}
    return ShardFile(str(path), path.stat().st_size, footer_of(path), rows), own


def footer_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(-TRAILER, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")
        file.seek(-min(length + TRAILER, path.stat().st_size), os.SEEK_END)
        return hashlib.blake2b(file.read(), digest_size=16).hexdigest()


def with_types(joined: dict[str, Typed], own: dict[str, Typed], first: Path) -> dict[str, Typed]:
    """The types that hold the columns of one file more.

    InputError for other columns than the first file has, or columns of another kind.
    """
    path = next(iter(own.values())).path if own else first
    for name in joined:
        if name not in own:
            raise InputError(
                f"{path} has no column {name!r}, which {first} has: give files of the same columns"
            )
    for name in own:
        if name not in joined:
            raise InputError(
                f"{path} has a column {name!r}, which {first} has not: give files of the"
                " same columns"
            )
    return {name: wider(name, known, own[name]) for name, known in joined.items()}


def wider(name: str, known: Typed, own: Typed) -> Typed:
    """The type of both: of numbers, or of times, the wider one; null is of any type."""
    kind, kind2 = known.kind, own.kind
    if plain(kind) == plain(kind2):
        return known
    if any(map(pa.types.is_null, (kind, kind2))) or alike(kind, kind2):
        fields = [pa.schema([(name, one)]) for one in (kind, kind2)]
        joint = pa.unify_schemas(fields, promote_options="permissive").field(name).type
        return known if joint == kind else Typed(joint, own.path)
    path, path2 = own.path, known.path
    raise InputError(
        f"column {name!r} is {kind2} in {path} and {kind} in {path2}: give files"
        " of the same columns"
    )


def alike(kind: Any, kind2: Any) -> bool:
    types = pa.types
    if types.is_timestamp(kind) and types.is_timestamp(kind2):
        return bool(kind.tz == kind2.tz)
    return all(types.is_integer(one) or types.is_floating(one) for one in (kind, kind2))


def widened(file: ShardFile, own: dict[str, Typed], joined: dict[str, Typed]) -> ShardFile:
    kinds = ((name, at.kind, joined[name].kind) for name, at in own.items())
    return replace(
        file, widened=tuple((n, joint) for n, kind, joint in kinds if plain(kind) != plain(joint))
    )


def plain(kind: Any) -> str:
    """The type, of which two of texts or of categories count as one."""
    if pa.types.is_dictionary(kind):
        return f"dictionary<{plain(kind.value_type)}>"
    return "string" if pa.types.is_large_string(kind) else str(kind)
