"""Limits of a process's memory that libraries cannot be loaded in, told before they fail in it.

NumPy's and SciPy's OpenBLAS reserve a buffer and a stack for each core as they are imported. Where
the system refuses them, they end the process, raise from within an import, or try without end.
"""

from __future__ import annotations

import os

from rosenblatt.errors import InputError
from rosenblatt.support.listing import count

__all__ = ["check_address_space"]

# Bytes that every command and, in addition, each core takes of the address space, and of it what is
# written to. Measured with 2 cores: `train` runs from 0.7 GB and 0.4 GB on.
LEAST = {"RLIMIT_AS": ("-v", 900_000_000), "RLIMIT_DATA": ("-d", 400_000_000)}
OF_A_CORE = 100_000_000
MOST_CORES = 64  # that OpenBLAS, as wheels have it, takes


def check_address_space() -> None:
    """InputError where a limit of the process is below what any command needs."""
    try:
        import resource
    except ImportError:  # no such limits here
        return
    for name, (option, least) in LEAST.items():
        limit, _ = resource.getrlimit(getattr(resource, name))
        needed = least + OF_A_CORE * cores()
        if limit == resource.RLIM_INFINITY or limit >= needed:
            continue
        fewer = ", or set OPENBLAS_NUM_THREADS=1" if limit >= least + OF_A_CORE else ""
        raise InputError(
            f"the memory of this process is limited to {limit / 1e9:.2g} GB, and it takes"
            f" {needed / 1e9:.2g} GB with {count(cores(), 'core')}: raise the limit (ulimit"
            f" {option} {-(-needed // 1024)}){fewer}"
        )


def cores() -> int:
    """Threads that OpenBLAS is going to have."""
    given = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS") or ""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(int(given) if given.isdecimal() and int(given) else here, here, MOST_CORES)
