"""Standard streams that take all bytes of a writing, or say that they do not."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, final

__all__ = ["write_whole"]


def write_whole() -> None:
    """Make standard output and standard error write all of what they are given, or fail.

    With PYTHONUNBUFFERED or `python -u`, as in many containers, they are raw files: where a disk
    has room for a part, that part is written, and nothing tells that it was not all.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = getattr(stream, "buffer", None)
        if isinstance(raw, io.RawIOBase):
            whole: Any = WholeWrites(raw)
            text = io.TextIOWrapper(whole, stream.encoding, stream.errors, write_through=True)
            setattr(sys, name, text)


@final
class WholeWrites(io.RawIOBase):
    """A raw file, unbuffered as it is, that is written to until all bytes are taken."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: Any) -> int:
        rest = memoryview(data).cast("B")
        n_bytes = len(rest)
        while len(rest):
            taken = self._raw.write(rest)
            if taken is None:  # a pipe that does not wait, and is full
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            rest = rest[taken:]
        return n_bytes
