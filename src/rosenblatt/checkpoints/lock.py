"""A lock file that gives one fit exclusive use of a checkpoint; released when its process ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rosenblatt.errors import InputError
from rosenblatt.support.atomic import faults_named
from rosenblatt.support.output_place import OutputPlace
from rosenblatt.support.unfinished import unfinished

__all__ = ["locked"]

# Descriptors of the locks that this process holds; a placeholder object until they are open.
HELD: dict[Path, object] = {}


def close_in_child() -> None:
    """Close inherited descriptors, which would keep the locks after the parent has ended."""
    for descriptor in HELD.values():
        if isinstance(descriptor, int):
            os.close(descriptor)
    HELD.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=close_in_child)


@contextlib.contextmanager
def locked(path: Path, lock: OutputPlace) -> Iterator[None]:
    """Lock `path` against other fits, in this process and in others.

    The lock is on the file `lock`, which exists meanwhile.

    Raises
    ------
    InputError
        If another fit holds it.
    """
    mine = object()
    if HELD.setdefault(path, mine) is not mine:
        raise in_use(path)
    with unfinished(partial(release, path, lock)):
        try:
            with faults_named(lock.path):
                HELD[path] = held(lock, path)
            yield
        finally:
            release(path, lock)


def release(path: Path, lock: OutputPlace) -> None:
    descriptor = HELD.pop(path, None)
    if isinstance(descriptor, int):
        # Unlinked before it is closed: a process that opened it meanwhile notices that the name is
        # gone.
        with contextlib.suppress(OSError, InputError):
            if is_named(lock, descriptor):
                lock.remove()
        os.close(descriptor)


def held(lock: OutputPlace, path: Path) -> int:
    """An open, locked descriptor of the lock file.

    Tried again until the file still has its name: one that was unlinked meanwhile locks nothing.
    """
    while True:
        descriptor = lock.open(os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not taken(descriptor):
                raise in_use(path)
            if os.fstat(descriptor).st_size:
                raise InputError(f"{lock.path} is another file: remove it, or give another path")
            if is_named(lock, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def is_named(lock: OutputPlace, descriptor: int) -> bool:
    status = lock.status()
    return status is not None and os.path.samestat(os.fstat(descriptor), status)


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
        # flock belongs to the descriptor; an fcntl lock would be lost as soon as any other code in
        # the process opened and closed the file.
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
