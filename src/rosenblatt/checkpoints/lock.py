"""A lock beside a file, for as long as one fit writes there; it dies with its process."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from rosenblatt.errors import InputError

__all__ = ["locked"]

# The system's locks are a process's, and tell its threads nothing of each other.
HELD: dict[Path, object] = {}
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=HELD.clear)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` against other fits, of this process or another; InputError where one has it."""
    mine = object()
    if HELD.setdefault(path, mine) is not mine:
        raise in_use(path)
    try:
        lock = path.with_name(path.name + ".lock")
        descriptor = held(lock, path)
        try:
            yield
        finally:
            # Before it is given free: whoever opened it meanwhile finds that it is no longer there.
            with contextlib.suppress(OSError):
                lock.unlink()
            os.close(descriptor)
    finally:
        del HELD[path]


def held(lock: Path, path: Path) -> int:
    """A descriptor of the lock file, which the system keeps from other processes while it is open.

    It is the file that bears the name: one that its last holder has just removed locks nothing.
    """
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not taken(descriptor):
                raise in_use(path)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), lock.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def taken(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def taken(descriptor: int) -> bool:
        # Of the two kinds the one that a child does not inherit: it may outlive the fit.
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True


def in_use(path: Path) -> InputError:
    return InputError(
        f"another fit is using the checkpoint {path}: wait until it is over, or give this fit"
        " another path"
    )
