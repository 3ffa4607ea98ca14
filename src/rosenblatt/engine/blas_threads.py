"""Limits the threads of BLAS, for NumPy and SciPy alike.

The number of threads decides how BLAS splits its sums, and thereby their bits: every computation
sets a limit that follows from its own work. Most BLAS builds have one limit for the process. The
first holder sets it and the last one restores it; of several limits at once the smallest applies,
so that a computation that needs one thread always gets it.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from threadpoolctl import OpenBLASController, ThreadpoolController

__all__ = ["blas_held_to", "blas_thread_limit", "one_thread_blas"]

# Reentrant: a signal handler may run in the thread that holds it.
_lock = threading.RLock()
_holders: dict[object, int] = {}
_limits_before: list[int] = []


def _after_fork() -> None:
    """None of the parent's fits run in the child process."""
    global _lock
    _lock = threading.RLock()
    if _holders:
        _set(_limits_before)
    _holders.clear()


if hasattr(os, "register_at_fork"):
    # Forking under the lock: a child must not inherit threadpoolctl's lock from another thread.
    os.register_at_fork(
        before=lambda: _lock.acquire(),
        after_in_parent=lambda: _lock.release(),
        after_in_child=_after_fork,
    )


@cache
def _libraries() -> list[Any]:
    # SciPy brings a BLAS of its own, which is found once it is loaded.
    importlib.import_module("scipy.linalg")
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


def _set(limits: Iterable[int]) -> None:
    """Set each library's limit, from any thread.

    threadpoolctl since 3.8 lets only the first Python thread that sets OpenBLAS's limit change it,
    and silently ignores others. Our threads are serialised by a lock and give up that ownership.
    """
    _release_ownership()
    for lib, limit in zip(_libraries(), limits, strict=True):
        lib.set_num_threads(limit)
    _release_ownership()


def _release_ownership() -> None:
    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


def _renew() -> None:
    _set([min(_holders.values())] * len(_libraries()) if _holders else _limits_before)


def blas_thread_limit() -> int:
    """The number of threads that BLAS may use, apart from the limits set here."""
    with _lock:
        limits = _limits_before if _holders else [lib.num_threads for lib in _libraries()]
    return max(limits, default=1)


@contextmanager
def blas_held_to(threads: int) -> Iterator[None]:
    """Limit every BLAS of the process to so many threads, or to fewer where other holders do.

    A limit from outside this module that was smaller is raised meanwhile.
    """
    global _limits_before
    holder = object()
    with _lock:
        if not _holders:
            _limits_before = [lib.num_threads for lib in _libraries()]
        _holders[holder] = threads
        _renew()
    try:
        yield
    finally:
        with _lock:
            # Absent in a child process that was forked inside the block.
            if _holders.pop(holder, None) is not None:
                _renew()


def one_thread_blas() -> AbstractContextManager[None]:
    """Limit BLAS to one thread."""
    return blas_held_to(1)
