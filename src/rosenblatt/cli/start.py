"""Start and end of the process: in between Ctrl-C ends in one line and the exit code 130.

Imports take most of a short command's time. An interrupt within one may come out as whatever the
module makes of it, and CPython ends a process by the signal, whatever was made of it, if code from
a string was running, as `dataclasses` runs some. So an import is not interrupted: the process ends.

When a command is over, Ctrl-C comes too late: its exit code stays that of what it has done.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import CodeType, FrameType
from typing import Any, NoReturn

from rosenblatt.support.wording import worded

__all__ = ["INTERRUPTED", "INTERRUPTED_CODE", "drop", "main", "tell"]

INTERRUPTED, INTERRUPTED_CODE = "interrupted, and nothing was saved", 130
IMPORT = "<frozen importlib._bootstrap>"


def main() -> None:
    """The console script `rosenblatt`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
        signal.signal(signal.SIGINT, interrupt)
    from rosenblatt.cli.app import run
    from rosenblatt.cli.hidden_pandas import hide_pandas
    from rosenblatt.cli.libraries import settle_libraries
    from rosenblatt.cli.whole_writes import write_whole

    write_whole()
    hide_pandas()
    settle_libraries()
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # a second one, before the first was told
        tell(interrupted(), in_json() if "--json" in sys.argv else "")
        code = INTERRUPTED_CODE
    end(code)


def interrupt(number: int, frame: FrameType | None) -> None:
    """End the process within an import; raise KeyboardInterrupt anywhere else, until the end."""
    running = stack(frame)
    if tell.__code__ in running or end.__code__ in running:
        return
    if all(code.co_filename != IMPORT for code in running):
        raise KeyboardInterrupt
    with contextlib.suppress(OSError):  # a closed stream, a full disk
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        os.write(2, f"{interrupted()}\n".encode(encoding, "replace"))
        if "--json" in sys.argv:
            os.write(1, f"{in_json()}\n".encode())
    os._exit(INTERRUPTED_CODE)


def stack(frame: FrameType | None) -> list[CodeType]:
    """The code that is running, the innermost first."""
    running = []
    while frame is not None:
        running.append(frame.f_code)
        frame = frame.f_back
    return running


def interrupted() -> str:
    return worded("error: ") + worded(INTERRUPTED)


def in_json() -> str:
    return f'{{"error": "{INTERRUPTED}"}}'


def tell(error: str, result: str) -> None:
    """Write an error to standard error and its JSON, unless "", to standard output.

    Neither has to take it: the exit code tells the same.
    """
    for stream, text in ((sys.stderr, error), (sys.stdout, result)):
        if stream is not None and text:
            try:
                stream.write(f"{text}\n")
                stream.flush()
            except (OSError, ValueError):  # a closed pipe, a full disk
                drop(stream)


def drop(stream: Any) -> None:
    """Redirect a failing stream to the null device; Python would report an error at exit."""
    if stream is None:  # closed from the start
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def end(code: int) -> NoReturn:
    """End with this exit code, whatever the interpreter remembers of a signal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code != INTERRUPTED_CODE:
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)
