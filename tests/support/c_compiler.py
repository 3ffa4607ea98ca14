"""C files, compiled strictly and loaded."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2"]


def compiled(text: str, folder: Path) -> ctypes.CDLL:
    folder.mkdir(exist_ok=True)
    source, library = folder / "network.c", folder / "network.so"
    source.write_text(text, encoding="ascii")
    command = ["cc", *STRICT, "-shared", "-fPIC", str(source), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library))
