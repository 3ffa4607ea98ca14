"""Validation of file paths that users pass."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief

__all__ = ["file_path", "is_pattern"]


def file_path(given: Any, name: str = "path") -> Path:
    """A str or `os.PathLike` as a Path.

    As in pathlib, `~` is not expanded; `Path.expanduser` does that.

    Raises
    ------
    InputError
        If it cannot be the path of a file; `name` is the parameter's, for the message.
    """
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else ""
    text = os.fsdecode(text)
    if not text or "\0" in text:
        raise InputError(f"{name}={brief(given)}: it takes the path of a file")
    # Path drops a slash at the end, and would make a file of what was meant for a folder.
    if os.path.basename(text) in ("", os.curdir, os.pardir):
        raise InputError(f"{name}={brief(given)} is that of a folder: name a file inside it")
    return Path(text)


def is_pattern(text: str) -> bool:
    """Whether a path stands for several files: a folder, or a pattern such as data/*.parquet."""
    return os.path.isdir(text) or (glob.has_magic(text) and not os.path.exists(text))
