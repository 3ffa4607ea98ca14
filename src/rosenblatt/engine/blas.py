"""SciPy's BLAS: function pointers for the native engine, and thread limits for NumPy's products.

The engine's own threads each call BLAS for their rows, and BLAS must not start more below them.
Products of NumPy and SciPy use BLAS's threads where they are large enough.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from rosenblatt.engine.blas_threads import blas_held_to, one_thread_blas
from rosenblatt.engine.threads import requested_threads
from rosenblatt.network import Network
from rosenblatt.support.late import late

if TYPE_CHECKING:
    from scipy.linalg import cython_blas
else:
    cython_blas = late("scipy.linalg.cython_blas")

__all__ = ["blas_beside", "blas_for", "gemm_capsules", "largest_product"]

# Multiplications above which several BLAS threads beat one even on a busy machine, where they have
# to wait for each other: a few milliseconds.
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
    """Multiplications of the largest matrix product of a batch of so many rows."""
    return rows * int(max(network.costs))


def blas_for(
    multiplications: int, n_jobs: int | None, deterministic: bool
) -> AbstractContextManager[None]:
    """Limit BLAS to the threads of `n_jobs` while NumPy and SciPy multiply.

    The limit is one thread for small products and for `deterministic` results, because BLAS's sums
    change with the number of threads. A limit is always set, because other code in the process may
    change the current one.

    Parameters
    ----------
    multiplications : int
        Of the largest product.
    n_jobs : int or None
    deterministic : bool
        Whether results must not depend on the number of threads.
    """
    alone = deterministic or multiplications < WORTH_SHARING
    return one_thread_blas() if alone else blas_held_to(requested_threads(n_jobs))


def blas_beside(others: int) -> AbstractContextManager[None]:
    """Limit BLAS to one thread while several workers run side by side.

    The limit is one for the process: each worker would otherwise set it for the others, for as long
    as it happens to run.
    """
    return one_thread_blas() if others > 1 else nullcontext()
