"""How many threads a piece of work gets, and into how many shares it is cut.

Both follow from the work alone, never from a timing, so that they are the same on every run.
"""

from __future__ import annotations

import joblib

from rosenblatt.engine.blas import blas_thread_limit
from rosenblatt.network import Network

__all__ = ["FORWARD", "FORWARD_AND_BACK", "available_threads", "shares_for", "threads_for"]

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


def available_threads(n_jobs: int | None) -> int:
    """The cores that `n_jobs` stands for, as joblib counts them (affinity, cgroup, nesting).

    None takes all of them, within the limit that the environment or threadpoolctl sets for BLAS.
    """
    if n_jobs is not None:
        return int(joblib.effective_n_jobs(n_jobs))
    return min(int(joblib.effective_n_jobs(-1)), blas_thread_limit())


def threads_for(
    network: Network,
    rows: int,
    passes: int,
    n_jobs: int | None,
    *,
    steps: int | None = None,
    entries: float | None = None,
) -> int:
    """Threads for `rows` rows at a time, each of which meets the weights `passes` times.

    `steps` are those that the threads live for, each with a move of all parameters; None stands for
    a single pass over the rows without one. `entries` are a sparse row's, in the mean.
    """
    worthwhile = worthwhile_threads(network, rows, passes, steps, entries)
    return 1 if worthwhile <= 1 else min(worthwhile, available_threads(n_jobs))


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
    (n_inputs, n_units), *rest = network.shapes
    first = (n_inputs if entries is None else entries) * n_units
    work = rows * passes * (first + sum(n_in * n_out for n_in, n_out in rest))
    if steps is not None:
        work += PER_PARAMETER * network.n_parameters
    return int(min(rows, work // WORTH_MEETING, work * (steps or 1) // WORTH_STARTING))
