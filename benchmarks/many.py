"""Many fits at once: independent networks, each with a seed of its own, as a search trains them.

One at a time on one thread is the measure; what joblib's threads and processes make of all cores is
held against it. The pools of processes are warm: they are started, and have imported everything,
before the clock runs. Nobody is told how many threads a fit may take: whether that ends in more
threads than cores is a part of the question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.cases import CASES, Case
from benchmarks.data import Data
from benchmarks.peers import ours, sklearn_peer
from benchmarks.peers.base import Peer
from benchmarks.peers.estimator import Estimator, Fit, case_options
from benchmarks.races import OURS, Demand, Entry, Race
from benchmarks.timing import Lap, Pace

__all__ = ["MANY_CASES", "many_fits_race", "prepare_many_fits"]

FITS_PER_CORE = 3
# Epochs of one fit, which then takes our engine some tenths of a second.
MANY_CASES = {"569x30-64-32": 800, "20000x20-32": 50, "50000x30-256-256-256": 1}
ALONE, THREADS, PROCESSES = "one at a time", "in threads", "in processes"
# Threads do not serve scikit-learn: most of its step holds the interpreter's lock.
WAYS = {OURS: (ALONE, THREADS, PROCESSES), "scikit-learn": (PROCESSES,)}
# Of the cores: what is less than linear is lost to locks, to memory or to too many threads.
LINEAR = 0.9


def many_fits_race(
    case_name: str, peers: Sequence[Peer], cores: int, quick: bool, pace: Pace
) -> Race:
    """Every way to do the job, by us and by scikit-learn; our threads must scale with the cores."""
    case = _case(case_name, quick)
    names = [peer.name for peer in peers if peer.name in WAYS]
    entries = tuple(
        Entry(
            _entry_name(peer, way),
            1 if way == ALONE else None,
            case.dtype,
            {
                "do": "many fits",
                "peer": peer,
                "case": case_name,
                "quick": quick,
                "way": way,
                "cores": cores,
            },
        )
        for peer in names
        for way in WAYS[peer]
    )
    mine = _entry_name(OURS, THREADS)
    demands = [Demand(mine, _entry_name(OURS, ALONE), LINEAR * cores)] if OURS in names else []
    if len(names) == 2:
        demands += [
            Demand(mine, _entry_name(peer, PROCESSES), None) for peer in (OURS, "scikit-learn")
        ]
    return Race(
        name=f"many-{case_name}",
        kind="many fits",
        unit="job",
        facts={
            "job": f"{FITS_PER_CORE * cores} fits of {case.epochs} epochs on {cores} cores",
            "hidden": list(case.hidden),
            "batch": case.batch,
            "epochs": case.epochs,
        },
        pace=pace,
        entries=entries,
        demands=tuple(demands),
        checks=lambda _: [],
    )


def prepare_many_fits(task: dict[str, Any]) -> tuple[Callable[[], Lap], dict[str, Any]]:
    """In a worker: the job of a task that `many_fits_race` wrote."""
    from joblib import Parallel, delayed

    case, cores = _case(task["case"], task["quick"]), task["cores"]
    data = case.source.load().as_type(case.dtype)
    seeds = range(FITS_PER_CORE * cores)
    alone = task["way"] == ALONE
    backend = "threading" if task["way"] == THREADS else "loky"
    # Fits are handed out one by one: joblib's batches would leave a core without work at the end.
    pool = Parallel(n_jobs=1 if alone else cores, backend=backend, batch_size=1)
    # The workers of a pool live on from call to call.
    pool(delayed(_fit)(task["peer"], replace(case, epochs=1), data, seed) for seed in seeds)

    def job() -> Lap:
        start = time.perf_counter()
        losses = pool(delayed(_fit)(task["peer"], case, data, seed) for seed in seeds)
        seconds = time.perf_counter() - start
        return Lap(seconds, 1, sum(losses) / len(losses))

    return job, {"setup": {}, "facts": data.facts()}


def _case(name: str, quick: bool) -> Case:
    (case,) = (case for case in CASES if case.name == name)
    case = replace(case, epochs=MANY_CASES[name])
    return case.shortened() if quick else case


def _entry_name(peer: str, way: str) -> str:
    return f"{peer} {way}"


def _fit(peer: str, case: Case, data: Data, seed: int) -> float:
    """The final loss of one fit; a function of the module, so that processes can be sent to it."""

    def make() -> Estimator:
        classifier = (ours if peer == OURS else sklearn_peer).classifier
        return classifier(**case_options(case) | {"random_state": seed})

    loss = Fit(make, data, case.batch)().loss
    assert loss is not None
    return loss
