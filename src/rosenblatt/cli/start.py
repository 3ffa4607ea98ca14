"""The start of the process: from here on Ctrl-C ends in one line and the exit code 130.

Imports take most of a short command's time. An interrupt within one may come out as whatever the
module makes of it, and CPython ends a process by the signal, whatever was made of it, if code from
a string was running, as `dataclasses` runs some. So an import is not interrupted: the process ends.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

__all__ = ["INTERRUPTED", "INTERRUPTED_CODE", "main"]

INTERRUPTED, INTERRUPTED_CODE = "interrupted, and nothing was saved", 130
IMPORT = "<frozen importlib._bootstrap>"


def main() -> None:
    """The console script `rosenblatt`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
        signal.signal(signal.SIGINT, interrupt)
    from rosenblatt.cli.app import run
    from rosenblatt.cli.hidden_pandas import hide_pandas

    hide_pandas()
    code = run(sys.argv[1:])
    if code == INTERRUPTED_CODE:
        end(code)
    sys.exit(code)


def interrupt(number: int, frame: FrameType | None) -> None:
    """End the process within an import; raise KeyboardInterrupt anywhere else."""
    if not is_importing(frame):
        raise KeyboardInterrupt
    os.write(2, f"error: {INTERRUPTED}\n".encode())
    if "--json" in sys.argv:
        os.write(1, f'{{"error": "{INTERRUPTED}"}}\n'.encode())
    os._exit(INTERRUPTED_CODE)


def is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == IMPORT:
            return True
        frame = frame.f_back
    return False


def end(code: int) -> NoReturn:
    """End with this exit code, whatever the interpreter remembers of a signal."""
    for stream in (sys.stdout, sys.stderr):
        flush(stream)
    os._exit(code)


def flush(stream: Any) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):  # a closed pipe, a full disk
        return
