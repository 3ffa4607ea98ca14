"""A table from standard input: what kind of file it is shows in its first bytes."""

from __future__ import annotations

import codecs
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.support.temporary_folder import temporary_folder

__all__ = ["NAME", "STANDARD_INPUT", "spooled"]

STANDARD_INPUT = Path("/dev/stdin")  # what - on the command line stands for
NAME = "standard input"

STARTS = {
    b"PAR1": ".parquet",
    b"ARROW1": ".arrow",
    b"ORC": ".orc",
    b"PK\x03\x04": ".xlsx",
    b"SQLite format 3\0": ".db",
    b"\x1f\x8b": ".csv.gz",
    b"\x28\xb5\x2f\xfd": ".csv.zst",
    b"BZh": ".csv.bz2",
    b"{": ".json",
    b"[": ".json",
}
LONGEST = max(map(len, STARTS))


@contextmanager
def spooled() -> Iterator[Path]:
    """A file of what standard input has, for this user alone, until the block ends.

    Readers go back to the start of a file, which a pipe has not. Errors name standard input.
    """
    if sys.stdin is None:
        raise InputError(f"{NAME} is closed: give a table's file in place of -")
    source = sys.stdin.buffer
    start = source.read(LONGEST)
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip()
    ending = next((e for s, e in STARTS.items() if bare.startswith(s)), ".csv")
    with temporary_folder() as folder:
        path = folder / f"{NAME}{ending}"
        try:
            with path.open("wb") as file:
                file.write(start)
                shutil.copyfileobj(source, file)
        except OSError as error:
            raise InputError(
                f"{NAME} cannot be kept in {path.parent}: {error.strerror or error}; free some"
                " space, or set TMPDIR to another folder"
            ) from error
        try:
            yield path
        except InputError as error:
            raise InputError(str(error).replace(str(path), NAME).replace(path.name, NAME)) from None
