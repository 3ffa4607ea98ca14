"""A lid on the threads of BLAS, for NumPy's and SciPy's alike.

The number of threads decides how BLAS cuts its sums, and so their bits: whoever computes with it
holds it to a number that follows from his work alone. Most BLAS builds have one limit for the whole
process. It is set by the first who comes and restored by the last who leaves; where holders want
different numbers at once the smallest holds, so that those who want one thread always have it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from threadpoolctl import OpenBLASController, ThreadpoolController

__all__ = ["blas_held_to", "blas_thread_limit", "one_thread_blas"]

# A signal's handler may come while its thread has it.
_lock = threading.RLock()
_holders: dict[object, int] = {}
_limits_before: list[int] = []


def _after_fork() -> None:
    """A child has none of the parent's fits."""
    global _lock
    _lock = threading.RLock()
    if _holders:
        _set(_limits_before)
    _holders.clear()


if hasattr(os, "register_at_fork"):
    # With our lock, so that no other thread is within threadpoolctl's, which a child inherits.
    os.register_at_fork(
        before=lambda: _lock.acquire(),
        after_in_parent=lambda: _lock.release(),
        after_in_child=_after_fork,
    )


@cache
def _libraries() -> list[Any]:
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


def _set(limits: Iterable[int]) -> None:
    """Set each library's limit, from whatever thread.

    Since its version 3.8 threadpoolctl has OpenBLAS's limit belong to the first Python thread that
    sets it, and ignores others without a word. Ours take turns by a lock, and leave it to nobody.
    """
    _belongs_to_nobody()
    for lib, limit in zip(_libraries(), limits, strict=True):
        lib.set_num_threads(limit)
    _belongs_to_nobody()


def _belongs_to_nobody() -> None:
    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


def _renew() -> None:
    _set([min(_holders.values())] * len(_libraries()) if _holders else _limits_before)


def blas_thread_limit() -> int:
    """The threads that BLAS may use, apart from our own lid on it."""
    with _lock:
        limits = _limits_before if _holders else [lib.num_threads for lib in _libraries()]
    return max(limits, default=1)


@contextmanager
def blas_held_to(threads: int) -> Iterator[None]:
    """Hold every BLAS of the process to so many threads, or to the fewer that others hold it to.

    A limit that was smaller before is raised.
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
            # Not there in a child that was forked within.
            if _holders.pop(holder, None) is not None:
                _renew()


def one_thread_blas() -> AbstractContextManager[None]:
    return blas_held_to(1)
