"""Short runs of the benchmark suite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CASE = "569x30-64-32"


def quick_epochs() -> int:
    from benchmarks.cases import Case, case_named

    case = case_named(CASE, quick=False)
    assert isinstance(case, Case)
    return case.epochs // 20


def contender(name: str, run: Any, threads: int = 1) -> Any:
    from benchmarks.timing import Contender

    return Contender(name, threads, "float32", run)


def held(losses: dict[str, float], at_least: float = 0.97, share: float | None = None) -> Any:
    """A training race, as if we had needed 100 ms for 10 steps and scikit-learn 400 ms."""
    from benchmarks.cases import CASES
    from benchmarks.limit import Rates, Work
    from benchmarks.peers import PEERS
    from benchmarks.races import Held, training_race
    from benchmarks.timing import Lap, Outcome, Pace, Timing

    seconds = {"rosenblatt": 0.1, "scikit-learn": 0.4}
    timings = [
        Timing(
            contender(name, lambda jobs: Lap(0.0, 0)),
            jobs=1,
            seconds=(seconds[name],),
            steps=10,
            loss=loss,
        )
        for name, loss in losses.items()
    ]
    case = replace(CASES[0], at_least={"scikit-learn": at_least}, share=share)
    peers = [peer for peer in PEERS if peer.name in losses]
    race = training_race(case, peers, cores=1, quick=False, pace=Pace(1, 0.0))
    facts = race.facts | {"rows": 500, "features": 10, "classes": 2, "data": "", "entries": 5000}
    # 5 ms of arithmetic and 2 ms of traffic in a step of 10 ms.
    rates = Rates(threads=1, flops=1e9, bytes=1e9)
    return Held(race, facts, Outcome(tuple(timings), ()), {}, Work(5e6, 2e6), rates)
