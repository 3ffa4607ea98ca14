"""The number of threads for a computation, and of the shares into which it is cut.

Both follow from the amount of work alone, never from a timing, so that every run has the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rosenblatt.engine.blas_threads import blas_thread_limit
from rosenblatt.network import Network
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import joblib
else:
    joblib = late("joblib")

__all__ = [
    "FORWARD",
    "FORWARD_AND_BACK",
    "allowed_threads",
    "requested_threads",
    "shares_for",
    "threads_for",
]

# Matrix products of a layer: one forward, and two more for the gradients of inputs and weights.
FORWARD, FORWARD_AND_BACK = 1, 3

# Multiplications per thread that pay for the barrier at the end of a step (about 5 µs), and for
# starting the thread (about 50 µs).
WORTH_BARRIER, WORTH_STARTING = 400_000, 4_000_000
# An optimiser update of one parameter takes as long as so many multiplications.
PER_PARAMETER = 14
# For a cut that does not depend on the number of threads. Each share packs the weights and sums a
# gradient of its own, so that more than two shares have at least so many rows each. Their number is
# a power of two, which divides evenly among most numbers of threads.
MAX_SHARES, ROWS_PER_SHARE = 16, 64


def requested_threads(n_jobs: int | None) -> int:
    """The number of threads that `n_jobs` means on this machine (CPU affinity, cgroup).

    The work is cut by this number even where fewer threads may run, so that results do not depend
    on where a fit runs.

    Parameters
    ----------
    n_jobs : int or None
        None means all cores, within the limit that the environment or threadpoolctl sets for BLAS;
        -1 means all cores, -2 all but one.
    """
    if n_jobs is None:
        return min(int(joblib.cpu_count()), blas_thread_limit())
    return int(n_jobs) if n_jobs > 0 else max(1, int(joblib.cpu_count()) + 1 + int(n_jobs))


def allowed_threads(threads: int) -> int:
    """Of so many threads those that may run here: 1 in a daemon and in nested joblib workers."""
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
    """The number of threads for a batch; how many of them run does not change results.

    Parameters
    ----------
    network : Network
    rows : int
        Rows of a batch.
    passes : int
        FORWARD or FORWARD_AND_BACK.
    n_jobs : int or None
        See `requested_threads`.
    steps : int, optional
        Training steps that the threads run before they end; None for one pass without an update.
    entries : float, optional
        Mean number of stored entries of a sparse row.
    """
    worthwhile = worthwhile_threads(network, rows, passes, steps, entries)
    return 1 if worthwhile <= 1 else min(worthwhile, requested_threads(n_jobs))


def shares_for(
    network: Network,
    rows: int,
    passes: int,
    *,
    steps: int | None = None,
    entries: float | None = None,
) -> int:
    """The shares of a batch where results must not depend on the number of threads.

    Parameters are those of `threads_for`.
    """
    worthwhile = worthwhile_threads(network, rows, passes, steps, entries)
    most = max(1, min(worthwhile, max(2, rows // ROWS_PER_SHARE), MAX_SHARES))
    return 1 << (most.bit_length() - 1)


def worthwhile_threads(
    network: Network, rows: int, passes: int, steps: int | None, entries: float | None
) -> int:
    """The number of threads that have enough work each; 0 counts as 1."""
    work = rows * passes * network.cost(entries)
    if steps is not None:
        work += PER_PARAMETER * network.n_parameters
    return int(min(rows, work // WORTH_BARRIER, work * (steps or 1) // WORTH_STARTING))
