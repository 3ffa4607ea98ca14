"""From a case to a race: who runs, what is asked of us, and what must be equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from benchmarks.cases import NOT_SLOWER, Case, Prediction
from benchmarks.limit import Limit, Rates, Work, prediction_work, training_work
from benchmarks.peers import Peer
from benchmarks.timing import CannotRun, Contender, LeftOut, Outcome, Pace, Timing, race
from benchmarks.workers import Worker, environment

__all__ = [
    "Check",
    "Demand",
    "Entry",
    "Held",
    "Race",
    "hold",
    "prediction_race",
    "training_race",
    "whole_fit_race",
]

OURS = "rosenblatt"
Facts = dict[str, Any]


@final
@dataclass(frozen=True)
class Demand:
    """`ours` must do the job at least `at_least` times faster than `peer`; None: it is told."""

    ours: str
    peer: str
    at_least: float | None


@final
@dataclass(frozen=True)
class Check:
    """A figure that must not pass its limit, whatever the speed."""

    what: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        return bool(self.value <= self.limit)


@final
@dataclass(frozen=True)
class Entry:
    """A contender before it has a process: what the process is asked to prepare."""

    name: str
    threads: int | None
    dtype: str
    task: dict[str, Any]


@final
@dataclass(frozen=True)
class Race:
    """`work` counts what one step needs, from the facts that the workers tell; `share` is the part
    of that limit that we must reach; `at_most` are microseconds a step, by contender."""

    name: str
    kind: str
    unit: str
    facts: Facts
    pace: Pace
    entries: tuple[Entry, ...]
    demands: tuple[Demand, ...]
    checks: Callable[[Sequence[Timing]], list[Check]]
    work: Callable[[Facts], Work] | None = None
    share: float | None = None
    at_most: dict[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Held:
    """A race that was run. `setups` are what its contenders told of their preparation."""

    race: Race
    facts: Facts
    outcome: Outcome
    setups: dict[tuple[str, int | None], dict[str, Any]] = field(default_factory=dict)
    work: Work | None = None
    rates: Rates | None = None

    @property
    def limit(self) -> Limit | None:
        if self.work is None or self.rates is None:
            return None
        return Limit.of(self.work, self.rates)


def training_race(case: Case, peers: Sequence[Peer], cores: int, quick: bool, pace: Pace) -> Race:
    """Every peer at each of its thread counts trains the case's epochs."""
    limit = min(case.threads, cores)
    adam = "Adam" if case.solver == "adam" else "SGD without momentum"
    facts: Facts = {
        "job": f"{case.epochs} epochs of {adam}, ReLU, cross-entropy, {case.dtype}",
        "hidden": list(case.hidden),
        "batch": case.batch,
        "epochs": case.epochs,
        "thread_limit": limit,
    }
    return Race(
        name=case.name,
        kind="training",
        unit="step",
        facts=facts,
        pace=pace,
        entries=_entries(case, peers, limit, quick),
        demands=tuple(
            Demand(OURS, peer.name, case.at_least.get(peer.name, NOT_SLOWER))
            for peer in _others(case, peers)
        ),
        checks=_same_loss,
        work=lambda told: training_work(case, told["rows"], told["entries"]),
        share=case.share,
    )


def prediction_race(
    case: Prediction, peers: Sequence[Peer], cores: int, quick: bool, pace: Pace
) -> Race:
    """Every peer computes the probabilities of the case's rows, from NumPy to NumPy."""
    limit = min(case.threads, cores)
    facts: Facts = {
        "job": f"{case.calls} calls, probabilities as NumPy's array, {case.dtype}",
        "data": "normal features",
        "rows": case.rows,
        "features": case.source.features,
        "classes": case.source.classes,
        "hidden": list(case.hidden),
        "batch": case.rows,
        "thread_limit": limit,
    }
    return Race(
        name=case.name,
        kind="prediction",
        unit="call",
        facts=facts,
        pace=pace,
        entries=_entries(case, peers, limit, quick),
        demands=tuple(
            Demand(OURS, peer.name, case.at_least.get(peer.name)) for peer in _others(case, peers)
        ),
        checks=lambda _: [],
        work=lambda _: prediction_work(case),
        at_most=case.at_most,
    )


def _others(case: Case | Prediction, peers: Sequence[Peer]) -> list[Peer]:
    """Those that we are compared with, if we run at all; our other ways are not among them."""
    if OURS not in {peer.name for peer in peers}:
        return []
    return [peer for peer in peers if peer.package != OURS and peer.enters(case)]


def _entries(
    case: Case | Prediction, peers: Sequence[Peer], limit: int, quick: bool
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            peer.name,
            threads,
            case.dtype,
            {
                "do": "prepare",
                "peer": peer.name,
                "case": case.name,
                "quick": quick,
                "threads": threads,
            },
        )
        for peer in peers
        if peer.enters(case)
        for threads in peer.thread_counts(limit)
    )


def whole_fit_race(name: str, peers: Sequence[Peer], pace: Pace) -> Race:
    """One `fit` at everybody's defaults, which stops where the default rule says.

    The float64 fits walk the same curve. Ours in float32 is set beside both of scikit-learn's:
    its float64, which is what its users run unless they convert, and its float32. Threads are
    each library's own choice; scikit-learn may also use one, in case that serves it better.
    """
    names = [peer.name for peer in peers if peer.name in (OURS, "scikit-learn")]
    entries = tuple(
        Entry(
            f"{peer} {dtype}",
            threads,
            dtype,
            {"do": "whole fit", "peer": peer, "dtype": dtype},
        )
        for peer in names
        for dtype in ("float64", "float32")
        for threads in ((None,) if peer == OURS else (None, 1))
    )
    demands = (
        Demand("rosenblatt float64", "scikit-learn float64", 3.0),
        Demand("rosenblatt float32", "scikit-learn float64", 5.0),
        Demand("rosenblatt float32", "scikit-learn float32", 5.0),
    )
    return Race(
        name=name,
        kind="whole fit",
        unit="fit",
        facts={
            "job": "one fit of MLPClassifier(random_state=0), all else default",
            "hidden": [100],
            "batch": 200,
            "epochs": "up to 200",
        },
        pace=pace,
        entries=entries,
        demands=demands if len(names) == 2 else (),
        checks=_same_curve,
    )


def hold(race_: Race) -> Held:
    """Run the race in processes of its own, which end with it, and measure the machine around it.

    All processes start at once, and then prepare one after the other, so that what one compiles is
    not timed beside another's imports.
    """
    left_out: list[LeftOut] = []
    contenders: list[Contender] = []
    facts: Facts = {}
    setups: dict[tuple[str, int | None], dict[str, Any]] = {}
    with ExitStack() as workers:
        started = [
            (entry, workers.enter_context(Worker(environment(entry.threads))))
            for entry in race_.entries
        ]
        for entry, worker in started:
            try:
                told = worker.ask(entry.task)
            except CannotRun as reason:
                left_out.append(LeftOut(entry.name, entry.threads, str(reason)))
                worker.close()
                continue
            facts = told["facts"]
            setups[entry.name, entry.threads] = told["setup"]
            contenders.append(Contender(entry.name, entry.threads, entry.dtype, worker.run))
        used = [setup["threads_used"] for setup in setups.values() if "threads_used" in setup]
        with _rates_around(used[0] if used else None, race_.pace) as rates:
            outcome = race(contenders, race_.pace)
    outcome = Outcome(outcome.timings, (*left_out, *outcome.left_out))
    facts = race_.facts | facts
    work = race_.work(facts) if race_.work is not None and facts and rates else None
    return Held(race_, facts, outcome, setups, work, rates[0] if rates else None)


@contextmanager
def _rates_around(threads: int | None, pace: Pace) -> Iterator[list[Rates]]:
    """The machine's rates before and after, the better of each: a neighbour's minute must not
    pass for our nearness to the limit. The list is empty where we do not run."""
    rates: list[Rates] = []
    if threads is None:
        yield rates
        return
    trial = pace.seconds == 0
    rates.append(_probed(threads, 1 if trial else 5))
    yield rates
    if not trial:
        rates[0] = rates[0].or_better(_probed(threads, 5))


def _probed(threads: int, repetitions: int) -> Rates:
    with Worker(environment(threads)) as worker:
        question = {"do": "probe", "threads": threads, "repetitions": repetitions}
        return Rates(**worker.ask(question))


def _same_loss(timings: Sequence[Timing]) -> list[Check]:
    """From the same seed we end where scikit-learn ends, but for the rounding of float32.

    Rounding grows along the way (scikit-learn differs from itself between thread counts by 1e-3);
    a wrong gradient or a skipped batch differs by far more than the limit.
    """
    losses = {timing.contender.name: timing.loss for timing in timings}
    mine, theirs = losses.get(OURS), losses.get("scikit-learn")
    if mine is None or theirs is None:
        return []
    gap = abs(mine / theirs - 1)
    return [Check("final loss: relative difference from scikit-learn's", gap, 0.02)]


def _same_curve(timings: Sequence[Timing]) -> list[Check]:
    curves = {timing.contender.name: timing.loss_curve for timing in timings}
    mine, theirs = curves.get("rosenblatt float64"), curves.get("scikit-learn float64")
    if not mine or not theirs:
        return []
    epochs = min(len(mine), len(theirs))
    gap = np.abs(np.subtract(mine[:epochs], theirs[:epochs])) / np.abs(theirs[:epochs])
    return [
        Check("float64 loss curves: largest relative difference", float(gap.max()), 1e-6),
        Check("float64 loss curves: difference in length", abs(len(mine) - len(theirs)), 0),
    ]
