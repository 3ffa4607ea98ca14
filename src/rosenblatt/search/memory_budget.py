"""The memory that a fit needs, and the memory that is available."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from rosenblatt.engine.interface import BLOCK_ROWS
from rosenblatt.network import Network

__all__ = ["available_bytes", "bytes_text", "fit_bytes"]

# θ, its gradient, Adam's two slots, and a copy of the best.
THETA_COPIES = 5
# The engine's buffers for each row that it propagates: output and gradient.
BUFFERS = 2


def fit_bytes(network: Network, batch_size: int, itemsize: int) -> int:
    """An upper estimate of the memory that training takes beside the data."""
    units = network.n_inputs + 2 * sum(n_out for _, n_out in network.shapes)
    return itemsize * (
        THETA_COPIES * network.n_parameters + BUFFERS * min(batch_size, BLOCK_ROWS) * units
    )


def available_bytes() -> float:
    """The memory that this process may still allocate: the smallest limit the system reports."""
    found = [float("inf")]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        found.append(1024 * float(line.split()[1]))
    with suppress(OSError, ValueError):  # a container's own limit
        limit = float(Path("/sys/fs/cgroup/memory.max").read_text())
        found.append(limit - float(Path("/sys/fs/cgroup/memory.current").read_text()))
    with suppress(OSError, ValueError, ImportError, AttributeError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            found.append(limit - pages * os.sysconf("SC_PAGE_SIZE"))
    if len(found) == 1:
        with suppress(OSError, ValueError, AttributeError):
            found.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    return min(found)


def bytes_text(n_bytes: float) -> str:
    return f"{n_bytes / 2**30:,.1f} GiB" if n_bytes >= 2**30 else f"{n_bytes / 2**20:,.0f} MiB"
