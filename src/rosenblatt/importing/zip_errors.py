"""What Python's zipfile raises of files that are no whole zip archive."""

from __future__ import annotations

import struct
import zipfile
import zlib

__all__ = ["UNREADABLE"]

# It seeks before the start, and decodes names: ValueError; or far beyond the end: OverflowError.
UNREADABLE = (
    *(zipfile.BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError),
    *(ValueError, struct.error, zlib.error),
)
