"""One progress line on standard error, redrawn at most ten times a second."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import final

from rosenblatt.fitting.history import EpochRecord

__all__ = ["ProgressBar", "RedrawnLine", "bar"]

INTERVAL = 0.1


def bar(done: int, total: int, width: int = 30) -> str:
    filled = width * done // max(total, 1)
    return f"[{'█' * filled}{'·' * (width - filled)}]"


@final
@dataclass
class RedrawnLine:
    """A line that takes the place of the one before, with the seconds since the first."""

    drawn_at: float = 0.0
    started_at: float = field(default_factory=time.perf_counter)
    text: str = ""

    def show(self, text: str) -> None:
        self.text = text
        if time.perf_counter() - self.drawn_at >= INTERVAL:
            self._draw()

    def close(self) -> None:
        if self.text:
            self._draw()
            print(file=sys.stderr)

    def _draw(self) -> None:
        self.drawn_at = time.perf_counter()
        elapsed = self.drawn_at - self.started_at
        print(f"\r\x1b[K{self.text}, {elapsed:.1f} s", end="", file=sys.stderr, flush=True)


@final
@dataclass
class ProgressBar:
    total: int
    line: RedrawnLine = field(default_factory=RedrawnLine)

    def update(self, record: EpochRecord) -> None:
        text = f"epoch {record.epoch}/{self.total} {bar(record.epoch, self.total)}"
        text += f" loss {record.loss:.4g}"
        if record.validation is not None:
            text += f", validation loss {record.validation.loss:.4g}"
        self.line.show(text)

    def close(self) -> None:
        self.line.close()
