"""One progress line on standard error, redrawn at most ten times a second."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import final

from rosenblatt.training import Record

__all__ = ["ProgressBar"]

WIDTH = 30
INTERVAL = 0.1


@final
@dataclass
class ProgressBar:
    total: int
    drawn_at: float = 0.0
    started_at: float = field(default_factory=time.perf_counter)
    line: str = ""

    def update(self, record: Record) -> None:
        now = time.perf_counter()
        filled = WIDTH * record.epoch // self.total
        self.line = (
            f"epoch {record.epoch}/{self.total} [{'█' * filled}{'·' * (WIDTH - filled)}]"
            f" loss {record.loss:.4g}"
        )
        if record.validation is not None:
            self.line += f", validation loss {record.validation.loss:.4g}"
        if now - self.drawn_at >= INTERVAL:
            self._draw(now)

    def close(self) -> None:
        if self.line:
            self._draw(time.perf_counter())
            print(file=sys.stderr)

    def _draw(self, now: float) -> None:
        self.drawn_at = now
        elapsed = now - self.started_at
        print(f"\r\x1b[K{self.line}, {elapsed:.1f} s", end="", file=sys.stderr, flush=True)
