"""SciPy's BLAS: its function pointers for the engine, and the threads that NumPy's products get.

While the engine runs threads of its own, each of them calls BLAS for its rows; BLAS must not start
more beneath them. What NumPy and SciPy multiply is left to BLAS's threads where it is worth it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from scipy.linalg import cython_blas

from rosenblatt.engine.blas_threads import blas_held_to, one_thread_blas
from rosenblatt.engine.threads import asked_threads
from rosenblatt.network import Network

__all__ = ["blas_beside", "blas_for", "gemm_capsules", "largest_product"]

# Multiplications of a product that several threads of BLAS finish sooner than one, also where they
# have to wait for each other on a busy machine: some milliseconds.
WORTH_SHARING = 50_000_000


def gemm_capsules() -> tuple[Any, Any]:
    """Capsules around sgemm and dgemm, with 32-bit integers in their signatures."""
    api = cython_blas.__pyx_capi__
    capsules = api["sgemm"], api["dgemm"]
    for capsule in capsules:
        if "int *, int *, int *" not in repr(capsule):
            raise ImportError("this SciPy's BLAS does not take 32-bit integers")
    return capsules


def largest_product(network: Network, rows: int) -> int:
    """Multiplications of the largest product that so many rows take part in."""
    return rows * int(max(network.costs))


def blas_for(
    multiplications: int, n_jobs: int | None, deterministic: bool
) -> AbstractContextManager[None]:
    """BLAS held to the threads of `n_jobs`, for what NumPy and SciPy multiply.

    To one where products are this small, and where the bits must not follow the number of threads,
    with which BLAS's sums change. Never left to the limit of the moment, which others move.
    """
    alone = deterministic or multiplications < WORTH_SHARING
    return one_thread_blas() if alone else blas_held_to(asked_threads(n_jobs))


def blas_beside(others: int) -> AbstractContextManager[None]:
    """BLAS held to one thread where several pieces of work run side by side.

    Each of them would hold it for the others as well, for as long as it happens to run.
    """
    return one_thread_blas() if others > 1 else nullcontext()
