"""Atomic replacement of a file: afterwards either the whole new file exists, or the old one."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rosenblatt.errors import InputError
from rosenblatt.support.fixed_files import check_not_fixed
from rosenblatt.support.output_place import OutputPlace, output_place
from rosenblatt.support.unfinished import unfinished

# Errors that something else than another path would fix; not every system defines all of them.
MENDS = {
    **dict.fromkeys(("ENOSPC", "EDQUOT"), "free some space or choose another path"),
    "EFBIG": "raise the limit of the size of a file (ulimit -f) or choose another path",
    **dict.fromkeys(("EMFILE", "ENFILE"), "close some, or raise their limit (ulimit -n)"),
}
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
PRIVATE, ORDINARY = 0o600, 0o666  # permissions, from which the umask takes away


def check_writable(path: Path) -> None:
    """Raise InputError unless a file can be written at `path`; an empty one is tried beside it."""
    with faults_named(path), output_place(path) as place:
        check_not_fixed(place)
        try_beside(place)


def check_room(path: Path, n_bytes: int) -> None:
    """Raise InputError if a file of this size cannot be written at `path`, as far as is known."""
    with faults_named(path), output_place(path) as place:
        room, most = free_space(place), size_limit()
    size = math.ceil(n_bytes / 1000)
    if n_bytes > most:
        limit = int(most / 1000)
        raise InputError(
            f"cannot write {path}: it takes {size:,} kB or more, and files of this"
            f" process are limited to {limit:,} kB: raise the limit (ulimit -f)"
        )
    if n_bytes > room:
        left = int(room / 1000)
        raise InputError(
            f"cannot write {path}: it takes {size:,} kB or more, and"
            f" {left:,} kB are free there: free some space or choose another path"
        )


def free_space(place: OutputPlace) -> float:
    """Bytes of the place's disk that this user may fill; infinite where the system does not say."""
    try:
        return shutil.disk_usage(place.folder).free
    except OSError:
        return math.inf


def size_limit() -> float:
    """Of a file that this process writes, in bytes."""
    try:
        import resource
    except ImportError:  # no such limits here
        return math.inf
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    return math.inf if limit == resource.RLIM_INFINITY else limit


def try_beside(place: OutputPlace) -> None:
    """Make an empty file in the place's folder, and remove it; OSError if that does not go."""
    temporary = free_beside(place)
    with unfinished(temporary.remove):
        try:  # from before it is there, or Ctrl-C could leave it
            os.close(temporary.open(NEW, PRIVATE))
        finally:
            temporary.remove()


@contextlib.contextmanager
def replaced_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces `path` when the block ends without an exception.

    The data go to a temporary file in the same folder, which only its owner can read, and reach the
    disk before the rename. A file that is replaced hands on its permissions and its owner; a new
    one has the permissions that any new file gets. On any error or interruption the temporary file
    is removed and `path` stays as it was. A link at `path` is kept, and its target replaced.

    Raises
    ------
    InputError
        For errors of the disk or of permissions.
    """
    with faults_named(path), output_place(path) as place:
        check_not_fixed(place)
        temporary = free_beside(place)
        with unfinished(temporary.remove):
            try:
                descriptor = temporary.open(NEW, PRIVATE)
                with os.fdopen(descriptor, "wb") as file:
                    yield file
                    file.flush()
                    hand_on(place, temporary, descriptor)
                    os.fsync(descriptor)
                temporary.becomes(place)
            except BaseException:
                temporary.remove()
                raise
        place.sync_folder()


def free_beside(place: OutputPlace) -> OutputPlace:
    """A name for a temporary file."""
    # Cut so that a long target's name does not make the temporary one too long.
    return place.beside(f".{place.name[:40]}.{secrets.token_hex(8)}.tmp")


def hand_on(target: OutputPlace, new: OutputPlace, descriptor: int) -> None:
    """Give the open file that replaces the target its owner and permissions, or a new file's.

    Where the owner cannot be handed on, as of another user's file, it has of the old permissions
    those that a new file has as well. Where the group cannot, the new group has what everybody had,
    and everybody what the old group had too: nobody may read what they could not before.
    """
    file = descriptor if os.chmod in os.supports_fd else new.path
    old = target.status()
    if old is None or not stat.S_ISREG(old.st_mode):  # a link, laid after the check
        os.chmod(file, _mode_of_new_files(target))
        return
    mode, now = stat.S_IMODE(old.st_mode), os.fstat(descriptor)
    if now.st_gid != old.st_gid and not _handed_on(file, -1, old.st_gid):
        everybody, group = mode & stat.S_IRWXO, (mode & stat.S_IRWXG) >> 3
        mode = mode & stat.S_IRWXU | everybody << 3 | everybody & group
    if now.st_uid != old.st_uid and not _handed_on(file, old.st_uid, -1):
        mode &= _mode_of_new_files(target)
    os.chmod(file, mode)


def _handed_on(file: int | Path, user: int, group: int) -> bool:
    """Whether the system allows it."""
    try:
        os.chown(file, user, group)
    except OSError:
        return False
    return True


def _mode_of_new_files(target: OutputPlace) -> int:
    """By the umask and the folder's default permissions, of which an empty file tells."""
    probe = free_beside(target)
    with unfinished(probe.remove):
        try:
            with os.fdopen(probe.open(NEW, ORDINARY), "wb") as file:
                return stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        finally:
            probe.remove()


@contextlib.contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """Raise an OSError of writing to `path` as InputError."""
    try:
        yield
    except OSError as error:
        mend = MENDS.get(errno.errorcode.get(error.errno or 0, ""), "choose another path")
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; {mend} (nothing that was there is"
            " lost)"
        ) from error
