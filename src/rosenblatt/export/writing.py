"""Writing an export to a file."""

from __future__ import annotations

from os import PathLike

from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.paths import file_path

__all__ = ["write_export"]


def write_export(path: str | PathLike[str] | None, content: bytes) -> None:
    """Write a file in one atomic step; nothing where there is no path.

    Raises
    ------
    InputError
        Where the file cannot be written; one that was there stays as it is.
    """
    if path is not None:
        with replaced_file(file_path(path)) as file:
            file.write(content)
