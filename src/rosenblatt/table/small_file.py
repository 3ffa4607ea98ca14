"""Files that are small, whatever their name points to."""

from __future__ import annotations

from pathlib import Path

from rosenblatt.errors import InputError

__all__ = ["text_of_small_file"]

MOST = 64  # MiB


def text_of_small_file(path: Path) -> str:
    """The text of a file or a pipe, without a byte order mark.

    Raises
    ------
    InputError
        For more than 64 MiB, as of a device without an end.
    OSError, UnicodeDecodeError
        As reading raises them.
    """
    with path.open("rb") as file:
        content = file.read((MOST << 20) + 1)
    if len(content) > MOST << 20:
        raise InputError(f"{path} has more than {MOST} MiB: name another file")
    return content.decode("utf-8-sig")
