"""Passes over files, shown in a line of progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, final

from rosenblatt.cluster.shards.over import Over
from rosenblatt.fitting.progress_bar import ProgressLine, bar

__all__ = ["Watched", "watched"]

R = TypeVar("R")


@final
class Watched:
    """Passes by another way to make them; the line says which one it is, and how far it is."""

    def __init__(self, over: Over, what: str, line: ProgressLine) -> None:
        self.over, self.what, self.line, self.passes = over, what, line, 0

    def __call__(
        self, work: Callable[[Any, int], R], shared: Any, numbers: Sequence[int]
    ) -> Iterator[R]:
        self.passes += 1
        what, nth, total = self.what, self.passes, len(numbers)
        for done, found in enumerate(self.over(work, shared, numbers), 1):
            self.line.show(f"{what}, pass {nth} {bar(done, total)} row group {done}/{total}")
            yield found


@contextmanager
def watched(over: Over, what: str, *, shown: bool) -> Iterator[Over]:
    """Passes that are shown within the block, if they are to be; then the line ends."""
    if not shown:
        yield over
        return
    line = ProgressLine()
    try:
        yield Watched(over, what, line)
    finally:
        line.close()
