"""Standard output and standard error, robust to closed or failing streams."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import IO, TYPE_CHECKING, Any, TextIO, cast, final

from rosenblatt.cli.languages.line_breaks import break_lines
from rosenblatt.cli.start import drop
from rosenblatt.support.plain_text import printable_lines
from rosenblatt.support.wording import is_english

if TYPE_CHECKING:
    from rich.console import RenderableType

# Without a terminal.
PLAIN_WIDTH = 120


@final
class Printer:
    """Writes texts and tables to a stream until it fails; None stands for a closed stream.

    Attributes
    ----------
    is_terminal : bool
    fault : OSError or None
        The error that ended writing.
    """

    def __init__(self, stream: TextIO | None, *, quiet: bool) -> None:
        # Imported here: without the extra the command must still report what to install.
        from rich.console import Console

        if not is_english():
            break_lines()
        self.fault: OSError | None = None
        self._stream = None if quiet else stream
        # rich renders into a string: writing itself, it would exit the process at a closed pipe.
        self._console = Console(
            file=io.StringIO(),
            force_terminal=(stream is not None and stream.isatty()) or None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self.is_terminal = self._console.is_terminal
        if not self.is_terminal:
            self._console.width = PLAIN_WIDTH

    @property
    def width(self) -> int:
        return self._console.width

    def print(self, shown: RenderableType, *, wrap: bool) -> None:
        if self._stream is None or self.fault is not None:
            return
        with self._console.capture() as captured:
            self._console.print(shown, soft_wrap=not wrap)
        try:
            self._stream.write(captured.get())
            self._stream.flush()
        except OSError as error:
            drop(self._stream)
            self.fault = error


def results() -> IO[bytes]:
    """Standard output for bytes: as they are in a pipe or a file, made safe on a terminal.

    Raises
    ------
    OSError
        Where it is closed: the bytes are what the command is for.
    """
    if sys.stdout is None:
        raise closed()
    sys.stdout.flush()
    if sys.stdout.isatty():
        return cast("IO[bytes]", TerminalBytes(sys.stdout))
    return sys.stdout.buffer


def closed() -> OSError:
    """The error of writing to a stream that was closed before the process began."""
    return OSError(errno.EBADF, os.strerror(errno.EBADF))


@final
class TerminalBytes(io.RawIOBase):
    """Lines in UTF-8 for a terminal, whose control characters are shown and not obeyed.

    Each writing is of whole lines.
    """

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._terminal.write(printable_lines(bytes(data).decode("utf-8", "replace")))
        return len(data)
