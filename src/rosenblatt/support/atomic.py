"""Atomic replacement of a file: afterwards either the whole new file exists, or the old one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rosenblatt.errors import InputError

# Errors that more disk space would fix; not every system defines all of them.
NO_SPACE = {"ENOSPC", "EDQUOT", "EFBIG"}


def check_writable(path: Path) -> None:
    """Raise InputError unless a file can be written at `path`; an empty one is tried beside it."""
    target = _destination(path)
    with faults_named(path):
        descriptor, temporary = _temporary_beside(target)
        os.close(descriptor)
        temporary.unlink()


@contextlib.contextmanager
def replaced_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces `path` when the block ends without an exception.

    The data go to a temporary file in the same folder and reach the disk before the rename. On any
    error or interruption the temporary file is removed and `path` stays as it was.

    Raises
    ------
    InputError
        For errors of the disk or of permissions.
    """
    target = _destination(path)
    with faults_named(path):
        descriptor, temporary = _temporary_beside(target)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


def _destination(path: Path) -> Path:
    """The file that `path` names, links resolved: a link is kept, and its target replaced."""
    with faults_named(path):
        target = Path(os.path.realpath(path))
        if not target.parent.exists():
            raise InputError(
                f"cannot write {path}: the folder {target.parent} does not exist; create it first "
                f"or choose another path"
            )
        if target.is_dir():
            raise InputError(f"cannot write {path}: it is a folder; name a file inside it")
        # A rename would put a plain file in the place of a device such as /dev/null.
        if target.exists() and not target.is_file():
            raise InputError(f"cannot write {path}: it is not a regular file; choose another path")
    return target


def _temporary_beside(target: Path) -> tuple[int, Path]:
    """An open, new file in the target's folder, with the permissions that a new file gets."""
    # The name is cut so that a long target's name does not make the temporary one too long.
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(temporary, flags, 0o666), temporary


@contextlib.contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Raise an OSError of writing to `path` as InputError."""
    try:
        yield
    except OSError as error:
        mend = "free some space or " if errno.errorcode.get(error.errno or 0) in NO_SPACE else ""
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; {mend}choose another path (nothing "
            f"that was there is lost)"
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can; the file is whole in any case."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
