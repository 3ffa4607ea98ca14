"""SciPy's BLAS: its function pointers for the engine, and a lid on its threads.

While the engine runs threads of its own, each of them calls BLAS for its rows; BLAS must not start
more beneath them. Most BLAS builds have one thread limit for the whole process, so it is lowered by
the first fit that comes and restored by the last one that leaves.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

from scipy.linalg import cython_blas
from threadpoolctl import ThreadpoolController

__all__ = ["blas_alone", "blas_for", "blas_thread_limit", "gemm_capsules", "one_thread_blas"]

# Multiplications of a product that several threads of BLAS finish sooner than one, also where they
# have to wait for each other on a busy machine: some milliseconds.
WORTH_SHARING = 50_000_000

_lock = threading.Lock()
_users = 0
_limits_before: list[int] = []


def gemm_capsules() -> tuple[Any, Any]:
    """Capsules around sgemm and dgemm, with 32-bit integers in their signatures."""
    api = cython_blas.__pyx_capi__
    capsules = api["sgemm"], api["dgemm"]
    for capsule in capsules:
        if "int *, int *, int *" not in repr(capsule):
            raise ImportError("this SciPy's BLAS does not take 32-bit integers")
    return capsules


def _after_fork() -> None:
    """A child has none of the parent's fits, nor a lock that one of them held."""
    global _lock, _users
    _lock = threading.Lock()
    if _users:
        for lib, limit in zip(_libraries(), _limits_before, strict=True):
            lib.set_num_threads(limit)
    _users = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@cache
def _libraries() -> list[Any]:
    return list(ThreadpoolController().select(user_api="blas").lib_controllers)


def blas_thread_limit() -> int:
    """The threads that BLAS may use, apart from the engine's own lid on it."""
    with _lock:
        limits = _limits_before if _users else [lib.num_threads for lib in _libraries()]
    return max(limits, default=1)


@contextmanager
def one_thread_blas() -> Iterator[None]:
    """Hold every BLAS of the process to one thread."""
    global _users, _limits_before
    with _lock:
        if _users == 0:
            _limits_before = [lib.num_threads for lib in _libraries()]
            for lib in _libraries():
                lib.set_num_threads(1)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for lib, limit in zip(_libraries(), _limits_before, strict=True):
                    lib.set_num_threads(limit)


def blas_for(
    multiplications: int, n_jobs: int | None, deterministic: bool
) -> AbstractContextManager[None]:
    """BLAS held to one thread where products are this small or the user asks for one.

    Also where the bits must not follow the number of threads, with which BLAS's sums change. For
    what is multiplied by NumPy; otherwise the threads are BLAS's own business.
    """
    alone = n_jobs == 1 or multiplications < WORTH_SHARING
    return one_thread_blas() if alone or deterministic else nullcontext()


def blas_alone(deterministic: bool) -> AbstractContextManager[None]:
    """BLAS held to one thread where the bits must not follow the number of threads."""
    return one_thread_blas() if deterministic else nullcontext()
