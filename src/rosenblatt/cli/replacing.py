"""Which files a command replaces unasked: those that it may have written itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import faults_named

__all__ = ["check_not_read", "check_replaceable", "holds", "is_same_file"]

START = 512  # bytes in which a format names itself


def check_replaceable(
    path: Path, is_one: Callable[[Path], bool], what: str, *, force: bool
) -> None:
    """InputError if another file than an empty one or one of `what` is to be replaced unasked."""
    with faults_named(path):
        may_be = force or not path.is_file() or not path.stat().st_size or is_one(path)
    if not may_be:
        raise InputError(
            f"{path} exists and holds no {what}: choose another name, or replace it with --force"
        )


def check_not_read(name: str, path: Path, read: Iterable[Path | None]) -> None:
    """InputError if the file that the option `name` has written is among those that are read."""
    if any(is_same_file(path, other) for other in read):
        raise InputError(f"{name} {path} is one of the files to read: choose another name")


def holds(path: Path, mark: bytes) -> bool:
    """Whether this is among the first bytes of a file."""
    with path.open("rb") as file:
        return mark in file.read(START)


def is_same_file(written: Path, other: Path | None) -> bool:
    """Whether both are there and one file."""
    if other is None:
        return False
    with faults_named(written):
        return written.exists() and other.exists() and written.samefile(other)
