"""Progress of work that is often over before anybody asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import final

from rosenblatt.fitting.progress_bar import ProgressLine

__all__ = ["LateProgress"]

QUIET_SECONDS = 2.0  # before progress is shown


@final
class LateProgress:
    """A line of progress, from two seconds on.

    Parameters
    ----------
    text : callable
        From what is done and all there is to do, to the line.
    """

    def __init__(self, text: Callable[[int, int], str]) -> None:
        self.text = text
        self.begun = time.perf_counter()
        self.line = ProgressLine()

    def show(self, done: int, total: int) -> None:
        if time.perf_counter() - self.begun > QUIET_SECONDS:
            self.line.show(self.text(done, total))
