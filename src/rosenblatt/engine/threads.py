"""How many threads a piece of work gets.

The count follows from the work alone, never from a timing, so that it is the same on every run.
"""

from __future__ import annotations

import joblib

from rosenblatt.engine.blas import blas_thread_limit
from rosenblatt.network import Network

__all__ = ["FORWARD", "FORWARD_AND_BACK", "available_threads", "threads_for"]

# Products that a row's way through a layer takes: forward, and for the two gradients.
FORWARD, FORWARD_AND_BACK = 1, 3

# Multiplications that a thread must find in a step to be worth its two meetings.
WORTH_A_THREAD = 4_000_000


def available_threads(n_jobs: int | None) -> int:
    """The cores that `n_jobs` stands for, as joblib counts them (affinity, cgroup, nesting).

    None takes all of them, within the limit that the environment or threadpoolctl sets for BLAS.
    """
    if n_jobs is not None:
        return int(joblib.effective_n_jobs(n_jobs))
    return min(int(joblib.effective_n_jobs(-1)), blas_thread_limit())


def threads_for(network: Network, rows: int, passes: int, n_jobs: int | None) -> int:
    """Threads for `rows` rows at a time, each of which meets the weights `passes` times."""
    work = rows * passes * sum(n_in * n_out for n_in, n_out in network.shapes)
    worthwhile = min(rows, work // WORTH_A_THREAD)
    return 1 if worthwhile <= 1 else min(worthwhile, available_threads(n_jobs))
