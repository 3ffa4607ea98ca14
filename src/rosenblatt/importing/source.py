"""A file to import, read as a stranger's: its size bounds the memory that it may take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property

__all__ = ["DAMAGED", "Source", "cut_off", "read_source"]

HEAD = 2**16  # bytes by which a format is recognised
MOST = 2**30  # bytes; networks of this kind are far smaller
FIXED = 2**20
DAMAGED = "the file is damaged or cut off: save it again"


@final
class Source:
    """A regular file.

    Attributes
    ----------
    path : Path
    size : int
        In bytes.
    head : bytes
        Its beginning.
    """

    def __init__(self, path: Path, size: int, head: bytes) -> None:
        self.path, self.size, self.head = path, size, head

    @cached_property
    def data(self) -> bytes:
        """All of its bytes."""
        if self.size > MOST:
            raise InputError(
                f"it has {self.size:,} bytes, and networks of up to {MOST:,} are imported"
            )
        return self.path.read_bytes()

    @property
    def allowed(self) -> int:
        """Bytes that may be held beside the file's own before it is refused."""
        return 3 * self.size + FIXED // 2

    def check_memory(self, n_bytes: int, what: str) -> None:
        """InputError where something of this size is more than a file like this may ask for."""
        if n_bytes > self.allowed:
            raise InputError(
                f"{what} would take {n_bytes:,} bytes, and a file of {self.size:,} may ask for"
                f" {self.allowed:,}: {DAMAGED}"
            )


def read_source(path: Path) -> Source:
    """The file at a path; InputError where there is none that can be read."""
    try:
        if not path.exists():
            raise InputError("there is no such file: check its name and folder")
        if not path.is_file():
            raise InputError("it is not a regular file: give the file that the tool saved")
        with path.open("rb") as file:
            return Source(path, os.fstat(file.fileno()).st_size, file.read(HEAD))
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror or error}: check its name and folder"
        ) from error


def cut_off(what: str) -> InputError:
    """The error of a file that ends before something that belongs to it."""
    return InputError(f"{what} is not there or not whole: {DAMAGED}")
