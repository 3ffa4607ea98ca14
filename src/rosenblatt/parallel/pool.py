"""Tasks on threads, side by side because the engine leaves Python free while it trains."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self, TypeVar, final

import sklearn

from rosenblatt.parallel.stop_signal import StopSignal

__all__ = ["WorkerPool"]

T = TypeVar("T")

SOON = 1e-4  # seconds after which Python's lock is passed on


@final
class WorkerPool(AbstractContextManager["WorkerPool"]):
    """A number of threads, each of which takes the next task when it has done its last.

    Ctrl-C arrives in the thread that waits for them: it asks for the halt, the tasks in hand come
    to their end, and those not begun are dropped. `interrupted` tells of it.
    """

    def __init__(self, size: int, halt: StopSignal) -> None:
        self.size, self.halt, self.interrupted = size, halt, False
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="rosenblatt-crew")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(
        self,
        task: Callable[[T], Any],
        of: Iterable[T],
        done: Callable[[T], None] = lambda item: None,
    ) -> None:
        """Call `task` on every item, and `done`, in the calling thread, on those that are over.

        An exception of a task ends the others and is raised here.
        """
        # scikit-learn sets filters of warnings in the midst of its work, which threads do to each
        # other: as they were before, they are afterwards.
        # And a thread that comes back from training asks for Python's lock only to go on training.
        patience = sys.getswitchinterval()
        sys.setswitchinterval(min(patience, SOON))
        try:
            with warnings.catch_warnings():
                self._run(task, of, done)
        finally:
            sys.setswitchinterval(patience)

    def _run(self, task: Callable[[T], Any], of: Iterable[T], done: Callable[[T], None]) -> None:
        config = sklearn.get_config()  # belongs to a thread

        def configured(item: T) -> None:
            if self.interrupted:
                return
            with sklearn.config_context(**config):
                task(item)

        pending: dict[Future[None], T] = {self._pool.submit(configured, i): i for i in of}
        while pending:
            try:
                over, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in over:
                    item = pending.pop(future)
                    future.result()
                    if not self.interrupted:
                        done(item)
            except KeyboardInterrupt:
                if self.interrupted:
                    raise  # asked twice
                self.interrupted = self.halt.asked = True
            except BaseException:
                self.interrupted = self.halt.asked = True
                for future in pending:
                    future.cancel()
                raise
