"""Progress on standard error: one line redrawn on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import final

from rosenblatt.fitting.history import EpochRecord
from rosenblatt.support.text_width import cut
from rosenblatt.support.wording import worded

__all__ = ["INTERVAL", "ProgressBar", "ProgressLine", "bar"]

# Seconds between two redraws on a terminal, and between two lines in a pipe or a file.
INTERVAL, LINE_INTERVAL = 0.1, 10.0
# Where the terminal does not say how wide it is.
USUAL_WIDTH = 80


def bar(done: int, total: int, width: int = 30) -> str:
    filled = width * done // max(total, 1)
    return f"[{'█' * filled}{'·' * (width - filled)}]"


@final
@dataclass
class ProgressLine:
    """The latest text with the seconds since the first one.

    On a terminal each text replaces the one before, cut to the terminal's width: a wrapped line
    could not be overwritten. A pipe or a file gets whole lines without escape codes.
    """

    drawn_at: float = field(default_factory=time.perf_counter)
    started_at: float = field(default_factory=time.perf_counter)
    text: str = ""
    is_drawn: bool = False

    def show(self, text: str) -> None:
        self.text, self.is_drawn = text, False
        interval = INTERVAL if is_terminal() else LINE_INTERVAL
        if time.perf_counter() - self.drawn_at >= interval:
            self._draw()

    def close(self) -> None:
        """Draw the last text, if it is not there yet, and end the line."""
        if not self.text:
            return
        if not self.is_drawn:
            self._draw()
        if is_terminal():
            print(file=sys.stderr)

    def _draw(self) -> None:
        self.drawn_at, self.is_drawn = time.perf_counter(), True
        text = worded(self.text) + worded(f", {self.drawn_at - self.started_at:.1f} s")
        if is_terminal():
            # The last column stays free: some terminals wrap as soon as it is written.
            print(f"\r\x1b[K{cut(text, width() - 1)}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


@final
@dataclass
class ProgressBar:
    """A fit's epochs, loss and validation loss."""

    total: int
    line: ProgressLine = field(default_factory=ProgressLine)

    def update(self, record: EpochRecord) -> None:
        text = f"epoch {record.epoch}/{self.total} {bar(record.epoch, self.total)}"
        text += f" loss {record.loss:.4g}"
        if record.validation is not None:
            text += f", validation loss {record.validation.loss:.4g}"
        self.line.show(text)

    def close(self) -> None:
        self.line.close()


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def width() -> int:
    """Columns of the terminal behind standard error."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):
        return USUAL_WIDTH
