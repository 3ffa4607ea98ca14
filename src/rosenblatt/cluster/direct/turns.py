"""One large reply after the other over the connection of a server's machine."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from types import TracebackType
from typing import final

__all__ = ["Turns"]


@final
class Turns(AbstractContextManager[None]):
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
        self._own = threading.local()

    @property
    def taken(self) -> bool:
        """Whether somebody has a turn."""
        return self._lock.locked()

    def __enter__(self) -> None:
        self._own.has_turn = self._lock.acquire(timeout=self.seconds)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._own.has_turn:
            self._lock.release()
