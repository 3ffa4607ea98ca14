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
from rosenblatt.support.output_links import check_output_path

# Errors that more disk space would fix; not every system defines all of them.
NO_SPACE = {"ENOSPC", "EDQUOT", "EFBIG"}
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
PRIVATE, ORDINARY = 0o600, 0o666  # permissions, from which the umask takes away


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

    The data go to a temporary file in the same folder, which only its owner can read, and reach the
    disk before the rename. A file that is replaced hands on its permissions and its owner; a new
    one has the permissions that any new file gets. On any error or interruption the temporary file
    is removed and `path` stays as it was.

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
                hand_on(target, temporary)
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


def _destination(path: Path) -> Path:
    """The file that `path` names, links resolved: a link is kept, and its target replaced."""
    with faults_named(path):
        check_output_path(path)
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
    """An open, new file in the target's folder that nobody else can read."""
    temporary = _name_beside(target)
    return os.open(temporary, NEW, PRIVATE), temporary


def _name_beside(target: Path) -> Path:
    # Cut so that a long target's name does not make the temporary one too long.
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}.tmp")


def private_file(path: str, flags: int) -> int:
    """An `opener` of files that nobody else can read."""
    return os.open(path, flags, PRIVATE)


def hand_on(target: Path, new: Path) -> None:
    """Give the file that replaces the target its owner and permissions, or those of a new file.

    Where the owner cannot be handed on, as of another user's file, it has of the old permissions
    those that a new file has as well. Where the group cannot, the new group has what everybody had,
    and everybody what the old group had too: nobody may read what they could not before.
    """
    try:
        old = target.stat()
    except FileNotFoundError:
        new.chmod(_mode_of_new_files(target))
        return
    mode, now = stat.S_IMODE(old.st_mode), new.stat()
    if now.st_gid != old.st_gid and not _handed_on(new, -1, old.st_gid):
        everybody, group = mode & stat.S_IRWXO, (mode & stat.S_IRWXG) >> 3
        mode = mode & stat.S_IRWXU | everybody << 3 | everybody & group
    if now.st_uid != old.st_uid and not _handed_on(new, old.st_uid, -1):
        mode &= _mode_of_new_files(target)
    new.chmod(mode)


def _handed_on(new: Path, user: int, group: int) -> bool:
    """Whether the system allows it."""
    try:
        os.chown(new, user, group)
    except OSError:
        return False
    return True


def _mode_of_new_files(target: Path) -> int:
    """By the umask and the folder's default permissions, of which an empty file tells."""
    probe = _name_beside(target)
    descriptor = os.open(probe, NEW, ORDINARY)
    try:
        return stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)
        probe.unlink()


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
