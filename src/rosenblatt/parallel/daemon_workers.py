"""Threads that share tasks, and that the end of the interpreter does not wait for."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import final

__all__ = ["DaemonWorkers"]


@final
class DaemonWorkers:
    """Daemon threads, where those of `concurrent.futures` are joined when the interpreter ends:
    a program that leaves a long fit in a daemon thread would not end before the fit does.

    Parameters
    ----------
    size : int
        Most threads; each task starts one until they are so many.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, task: Callable[[], None]) -> None:
        """Have a thread call `task`, which raises nothing.

        Where the system starts no more threads, those that there are take it, or else whoever calls
        `work_without_threads`.
        """
        if len(self._threads) < self.size:
            name = f"rosenblatt-worker_{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # "can't start new thread": of memory, or of the system's limit
                self.size = len(self._threads)
            else:
                self._threads.append(thread)
        self._tasks.put(task)

    def work_without_threads(self) -> bool:
        """Call the next task in this thread if there is no other; whether there was one to call."""
        if self._threads:
            return False
        with contextlib.suppress(Empty):
            task = self._tasks.get_nowait()
            if task is not None:
                task()
                return True
        return False

    def end(self) -> None:
        """Drop the tasks that no thread has begun, and wait for the others."""
        with contextlib.suppress(Empty):
            while True:
                self._tasks.get_nowait()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
