"""One large reply after the other over the connection of a server's machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import final

__all__ = ["Turns"]


@final
class Turns:
    """A turn for each thread that sends, for which none waits for more than `seconds`.

    Replies that are sent at once share the bandwidth, and all arrive when the last one would. In
    turns the first worker computes, and pushes, while the others' are on their way. Beyond the
    seconds, as when a worker has stopped to receive, nobody waits for it.

    Parameters
    ----------
    seconds : float
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()

    @property
    def taken(self) -> bool:
        """Whether somebody has a turn."""
        return self._lock.locked()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A turn, or none where the wait for it was too long."""
        has_turn = self._lock.acquire(timeout=self.seconds)
        try:
            yield
        finally:
            if has_turn:
                self._lock.release()
