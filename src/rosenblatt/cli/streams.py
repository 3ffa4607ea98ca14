"""Standard output and standard error, also where nothing takes what is written to them."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, TextIO, final

if TYPE_CHECKING:
    from rich.console import RenderableType

# Where no terminal gives a width.
PLAIN_WIDTH = 120


@final
class Printer:
    """Shows texts and tables on a stream until it fails; None = a stream that is closed.

    Attributes
    ----------
    is_terminal : bool
    fault : OSError or None
        Why the stream takes no more.
    """

    def __init__(self, stream: TextIO | None, *, quiet: bool) -> None:
        # Not above: without its extras the command must still say what to install.
        from rich.console import Console

        self.fault: OSError | None = None
        self._stream = None if quiet else stream
        # The console renders and writes to nothing: at a closed pipe it would end the process.
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


def drop(stream: TextIO) -> None:
    """Let what the stream cannot take go nowhere: else Python's exit complains about it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
