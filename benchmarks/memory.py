"""Peak memory of training, in a process of its own; prints JSON, in MiB:

    python -m benchmarks.memory PEER CASE THREADS [quick]

`imported` is what the library takes before it does anything, `data` with the case's data loaded,
`peak` the most there ever was while one epoch was trained.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.cases import Case, case_named
from benchmarks.peers import PEERS, jax_peer

__all__ = ["measured"]


def measured(peer_name: str, case_name: str, threads: int, quick: bool) -> dict[str, float]:
    (peer,) = (peer for peer in PEERS if peer.name == peer_name)
    case = case_named(case_name, quick)
    assert isinstance(case, Case)
    module = "sklearn.neural_network" if peer.package == "sklearn" else peer.package
    importlib.import_module(module)
    imported = peak()
    data = case.source.load().as_type(case.dtype)
    loaded = peak()
    jax_peer.UNROLLED = (1,)  # the trying out of others is no part of training
    peer.training(replace(case, epochs=1), data, threads).run()
    return {"imported": imported, "data": loaded, "peak": peak()}


def peak() -> float:
    """The most memory this process has had, in MiB.

    From the system's file where there is one: what `getrusage` tells there includes the memory of
    the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    peer_, case_, threads_, *rest_ = sys.argv[1:]
    print(json.dumps(measured(peer_, case_, int(threads_), rest_ == ["quick"])))
