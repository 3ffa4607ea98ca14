"""Processes on a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from typing import Any

__all__ = ["on_terminal"]


def on_terminal(*arguments: str, columns: int = 80, **options: Any) -> tuple[int, bytes]:
    """(exit code, what Python writes to both streams on a terminal of so many columns)."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=child, stdout=child, stderr=child, **options
    )
    os.close(child)
    written = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:  # closed at the other end
            break
        if not part:
            break
        written += part
    os.close(parent)
    return process.wait(), written
