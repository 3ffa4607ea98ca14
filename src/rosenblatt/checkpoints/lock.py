"""A lock beside a file, for as long as one fit writes there; it dies with its process."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import faults_named

__all__ = ["locked"]

# The descriptors of this process's locks, something else before they are open.
HELD: dict[Path, object] = {}


def let_go_in_child() -> None:
    """A child inherits descriptors, and would hold the locks when its parent has died."""
    for descriptor in HELD.values():
        if isinstance(descriptor, int):
            os.close(descriptor)
    HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=let_go_in_child)


@contextlib.contextmanager
def locked(path: Path, lock: Path) -> Iterator[None]:
    """Hold `path` against other fits, of this process or another; InputError where one has it.

    The lock is on the file `lock`, which is there for as long.
    """
    mine = object()
    if HELD.setdefault(path, mine) is not mine:
        raise in_use(path)
    try:
        with faults_named(lock):
            HELD[path] = held(lock, path)
        yield
    finally:
        descriptor = HELD.pop(path, None)
        if isinstance(descriptor, int):
            # Before it is given free: who opened it meanwhile finds that it no longer bears the
            # name.
            with contextlib.suppress(OSError):
                if is_named(lock, descriptor):
                    lock.unlink()
            os.close(descriptor)


def held(lock: Path, path: Path) -> int:
    """A descriptor of the lock file, which the system keeps from others while it is open.

    It is the file that bears the name: one that its last holder has just removed locks nothing.
    """
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            if not taken(descriptor):
                raise in_use(path)
            if os.fstat(descriptor).st_size:
                raise InputError(f"{lock} is another file: remove it, or give another path")
            if is_named(lock, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def is_named(lock: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), lock.lstat())
    return False


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
        # Of the two kinds the one that belongs to the descriptor: the other is lost when anybody in
        # the process opens and closes the file.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def in_use(path: Path) -> InputError:
    return InputError(
        f"another fit is using the checkpoint {path}: wait until it is over, or give this fit"
        " another path"
    )
