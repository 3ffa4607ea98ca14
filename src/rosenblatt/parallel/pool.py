"""A pool of worker threads; they run in parallel because the engine releases the GIL."""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar, final

import sklearn

from rosenblatt.parallel.daemon_workers import DaemonWorkers
from rosenblatt.parallel.stop_signal import StopSignal

__all__ = ["WorkerPool"]

T = TypeVar("T")

# A signal that arrives just before a thread blocks does not wake it: Ctrl-C would be noticed only
# when a task is over.
POLL = 0.1  # seconds

SWITCH_INTERVAL = 1e-4  # seconds after which the GIL is passed on


@final
class WorkerPool(AbstractContextManager["WorkerPool"]):
    """A fixed number of threads that share tasks.

    On Ctrl-C, which arrives in the thread that submits and waits, the stop is requested, running
    tasks finish, and those not begun are dropped.

    Parameters
    ----------
    size : int
        Number of threads.
    stop : StopSignal
        The tasks' own; requested on Ctrl-C and when a task raises.

    Attributes
    ----------
    interrupted : bool
        Whether tasks were dropped.
    """

    def __init__(self, size: int, stop: StopSignal) -> None:
        self.size, self.stop, self.interrupted = size, stop, False
        self._pool = DaemonWorkers(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:  # such as a second Ctrl-C: what runs has to end
            self._end()
        self._pool.end()

    def _end(self) -> None:
        self.interrupted = True
        self.stop.request()

    def run(
        self,
        task: Callable[[T], Any],
        of: Iterable[T],
        done: Callable[[T], None] = lambda item: None,
    ) -> None:
        """Call `task` on every item in the workers, and `done` in this thread on finished ones.

        An exception of a task ends the others and is raised here.
        """
        # scikit-learn changes warning filters while it works, and threads share them: they are
        # restored afterwards.
        # A worker that returns from the engine needs the GIL only to call it again, and soon.
        interval = sys.getswitchinterval()
        sys.setswitchinterval(min(interval, SWITCH_INTERVAL))
        try:
            with warnings.catch_warnings():
                self._run(task, of, done)
        finally:
            sys.setswitchinterval(interval)

    def _run(self, task: Callable[[T], Any], of: Iterable[T], done: Callable[[T], None]) -> None:
        config = sklearn.get_config()  # thread-local in scikit-learn

        # No task runs before all are submitted: a Ctrl-C until then drops them all.
        submitted = threading.Event()
        # Appended to by the workers, and only read here: an interrupt can fall between any two
        # instructions of this thread, and must neither lose an outcome nor leave a lock locked, as
        # it may within `concurrent.futures.wait`. The queue does no more than wake this thread.
        outcomes: list[tuple[T, BaseException | None]] = []
        wake: SimpleQueue[None] = SimpleQueue()

        def run_one(item: T) -> None:
            error = None
            submitted.wait()
            try:
                if not self.interrupted:
                    with sklearn.config_context(**config):
                        task(item)
            except BaseException as raised:
                error = raised
            outcomes.append((item, error))
            wake.put(None)

        n_submitted = n_seen = 0
        try:
            for item in of:
                self._pool.submit(partial(run_one, item))
                n_submitted += 1
        except KeyboardInterrupt:
            self._end()
        except BaseException:
            self._end()
            raise
        finally:
            submitted.set()
        while n_seen < n_submitted:
            try:
                if not self._pool.work_without_threads():
                    with contextlib.suppress(Empty):
                        wake.get(timeout=POLL)
                while n_seen < len(outcomes):
                    item, error = outcomes[n_seen]
                    n_seen += 1
                    if error is not None:
                        raise error
                    if not self.interrupted:
                        done(item)
            except KeyboardInterrupt:
                if self.interrupted:
                    raise  # the second Ctrl-C
                self._end()
            except BaseException:
                self._end()
                raise
