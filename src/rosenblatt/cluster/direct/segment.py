"""Memory that both ends of a connection on one machine have, in which large arrays need no sending.

The worker makes a file in the system's folder for shared memory, and removes its name as soon as
the server has mapped it: it goes with the last of both, however they end.
"""

from __future__ import annotations

import mmap
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import final

__all__ = ["Segment", "mapped", "new_segment"]

FOLDER = Path("/dev/shm")  # where Linux has it
NAME = re.compile(r"rosenblatt-[0-9a-f]{32}")


@final
class Segment:
    """Two halves of shared memory: for what the worker sends, and for what the server does."""

    def __init__(self, memory: mmap.mmap) -> None:
        half = len(memory) // 2
        self.of_worker = memoryview(memory)[:half]
        self.of_server = memoryview(memory)[half:]


@contextmanager
def new_segment(n_bytes: int) -> Iterator[tuple[Segment, str]]:
    """Two halves of so many bytes each, and the name by which the other end maps it meanwhile.

    Raises
    ------
    OSError
        If this system has no such memory, or none left.
    """
    name = f"rosenblatt-{secrets.token_hex(16)}"
    path = FOLDER / name
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            # Now, and not by a signal when the memory is written to.
            os.posix_fallocate(file, 0, 2 * n_bytes)
            memory = mmap.mmap(file, 2 * n_bytes)
        finally:
            os.close(file)
        yield Segment(memory), name
    finally:
        path.unlink()


def mapped(name: str, n_bytes: int) -> Segment:
    """What the other end has made with `new_segment(n_bytes)`.

    Raises
    ------
    OSError
        If there is no such file of this user's, as on another machine or in another container.
    """
    if not NAME.fullmatch(name):
        raise OSError("a name that no worker gives")
    file = os.open(FOLDER / name, os.O_RDWR | os.O_NOFOLLOW)
    try:
        found = os.fstat(file)
        own = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid()
        if not own or found.st_size != 2 * n_bytes:
            raise OSError("a file that no worker has made")
        return Segment(mmap.mmap(file, 2 * n_bytes))
    finally:
        os.close(file)
