"""How many threads a piece of work gets, and into how many shares it is cut.

Both follow from the work alone, never from a timing, so that they are the same on every run.
"""

from __future__ import annotations

import joblib

from rosenblatt.engine.blas_threads import blas_thread_limit
from rosenblatt.network import Network

__all__ = [
    "FORWARD",
    "FORWARD_AND_BACK",
    "allowed_threads",
    "asked_threads",
    "shares_for",
    "threads_for",
]

# Products that a row's way through a layer takes: forward, and for the two gradients.
FORWARD, FORWARD_AND_BACK = 1, 3

# Multiplications that a thread must find in a step to be worth meeting the others at its end, and
# from its start to its end to be worth starting: some five, and some fifty microseconds.
WORTH_MEETING, WORTH_STARTING = 400_000, 4_000_000
# What the optimiser does to a parameter takes as long as so many multiplications.
PER_PARAMETER = 14
# Of a cut that no number of threads changes. Each share packs the weights anew and has a gradient
# of its own to add up, whoever takes it, so that more than two have so many rows at least. They are
# a power of two, which most numbers of threads share out evenly.
MOST_SHARES, ROWS_OF_A_SHARE = 16, 64


def asked_threads(n_jobs: int | None) -> int:
    """The threads that `n_jobs` stands for on this machine (affinity, cgroup), in a pool or out.

    Work is cut by their number, whoever does it, and so its bits follow from it. None
    takes all cores, within the limit that the environment or threadpoolctl sets for BLAS.
    """
    if n_jobs is None:
        return min(int(joblib.cpu_count()), blas_thread_limit())
    return int(n_jobs) if n_jobs > 0 else max(1, int(joblib.cpu_count()) + 1 + int(n_jobs))


def allowed_threads(threads: int) -> int:
    """Those of so many threads that may run here: 1 in a daemon, and where joblib sees nesting."""
    return 1 if threads == 1 else min(threads, int(joblib.effective_n_jobs(threads)))


def threads_for(
    network: Network,
    rows: int,
    passes: int,
    n_jobs: int | None,
    *,
    steps: int | None = None,
    entries: float | None = None,
) -> int:
    """Threads to share `rows` rows at a time, each of which meets the weights `passes` times.

    How many of them may run is for `allowed_threads` to say, and changes no bit.

    `steps` are those that the threads live for, each with a move of all parameters; None stands for
    a single pass over the rows without one. `entries` are a sparse row's, in the mean.
    """
    worthwhile = worthwhile_threads(network, rows, passes, steps, entries)
    return 1 if worthwhile <= 1 else min(worthwhile, asked_threads(n_jobs))


def shares_for(
    network: Network,
    rows: int,
    passes: int,
    *,
    steps: int | None = None,
    entries: float | None = None,
) -> int:
    """Shares into which such work is cut where its bits must not follow the number of threads."""
    worthwhile = worthwhile_threads(network, rows, passes, steps, entries)
    most = max(1, min(worthwhile, max(2, rows // ROWS_OF_A_SHARE), MOST_SHARES))
    return 1 << (most.bit_length() - 1)


def worthwhile_threads(
    network: Network, rows: int, passes: int, steps: int | None, entries: float | None
) -> int:
    """Threads that find enough to do, however many there are; 0 stands for 1."""
    work = rows * passes * network.cost(entries)
    if steps is not None:
        work += PER_PARAMETER * network.n_parameters
    return int(min(rows, work // WORTH_MEETING, work * (steps or 1) // WORTH_STARTING))
