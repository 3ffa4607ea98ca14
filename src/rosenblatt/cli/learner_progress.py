"""Progress of the table learner: the epochs of all its networks in one line."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import final

from rosenblatt.fitting.progress_bar import ProgressLine, bar
from rosenblatt.support.listing import count
from rosenblatt.tabular.member import EpochNote

__all__ = ["LearnerProgress"]


@final
@dataclass(eq=False)
class LearnerProgress:
    """Epochs done of those planned, from several threads."""

    total: int = 0
    done: int = 0
    begun: set[int] = field(default_factory=set)
    line: ProgressLine = field(default_factory=ProgressLine)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, n_epochs: int) -> None:
        with self.lock:
            self.total = n_epochs

    def epoch(self, number: int, recipe: str, note: EpochNote) -> None:
        with self.lock:
            self.done += 1
            self.begun.add(number)
            done = min(self.done, self.total)
            networks = count(len(self.begun), "network")
            self.line.show(f"epoch {done}/{self.total} {bar(done, self.total)} {networks}")

    def close(self) -> None:
        with self.lock:
            self.line.close()
