"""From a case to a race: who runs, what ratio is asked of whom, and what must be equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from benchmarks.cases import Case
from benchmarks.data import breast_cancer
from benchmarks.peers import Peer, ours, sklearn_peer
from benchmarks.peers.estimator import Estimator, Fit
from benchmarks.timing import Contender, Timing

__all__ = ["Check", "Demand", "Race", "training_race", "whole_fit_race"]

Facts = dict[str, str | int | list[int]]


@final
@dataclass(frozen=True)
class Demand:
    """`ours` must do the job at least `at_least` times faster than `peer`."""

    ours: str
    peer: str
    at_least: float


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
class Race:
    name: str
    facts: Facts
    contenders: tuple[Contender, ...]
    demands: tuple[Demand, ...]
    checks: Callable[[Sequence[Timing]], list[Check]]


def training_race(case: Case, peers: Sequence[Peer], cores: int) -> Race:
    """Every peer at each of its thread counts trains the case's epochs."""
    data = case.load().as_type(case.dtype)
    rows, features = data.X.shape
    limit = min(case.threads, cores)
    contenders = tuple(
        Contender(peer.name, threads, case.dtype, peer.training(case, data, threads))
        for peer in peers
        for threads in peer.thread_counts(limit)
    )
    names = {peer.name for peer in peers}
    demands = tuple(
        Demand("rosenblatt", peer, at_least)
        for peer, at_least in case.at_least.items()
        if {"rosenblatt", peer} <= names
    )
    facts: Facts = {
        "job": f"{case.epochs} epochs of Adam, ReLU, cross-entropy, {case.dtype}",
        "data": data.source,
        "rows": rows,
        "features": features,
        "classes": data.classes,
        "hidden": list(case.hidden),
        "batch": case.batch,
        "epochs": case.epochs,
        "thread_limit": limit,
    }
    return Race(case.name, facts, contenders, demands, _same_loss)


def whole_fit_race(name: str, peers: Sequence[Peer]) -> Race:
    """One `fit` at everybody's defaults, which stops where the default rule says.

    The float64 fits walk the same curve. Ours in float32 is set beside both of scikit-learn's:
    its float64, which is what its users run unless they convert, and its float32. Threads are
    each library's own choice; scikit-learn may also use one, in case that serves it better.
    """
    names = {peer.name for peer in peers}
    data = breast_cancer()
    rows, features = data.X.shape
    batch = min(200, rows)

    def our_fit(dtype: str) -> Fit:
        return Fit(lambda: ours.classifier(random_state=0), data.as_type(dtype), batch)

    def sklearn_fit(dtype: str, threads: int | None) -> Fit:
        limits = sklearn_peer.blas_threads(threads)
        return Fit(
            lambda: sklearn_peer.classifier(random_state=0), data.as_type(dtype), batch, limits
        )

    dtypes = ("float64", "float32")
    contenders: list[Contender] = []
    if "rosenblatt" in names:
        contenders += [Contender(f"rosenblatt {d}", None, d, our_fit(d)) for d in dtypes]
    if "scikit-learn" in names:
        contenders += [
            Contender(f"scikit-learn {d}", threads, d, sklearn_fit(d, threads))
            for d in dtypes
            for threads in (None, 1)
        ]
    both = {"rosenblatt", "scikit-learn"} <= names
    demands = (
        Demand("rosenblatt float64", "scikit-learn float64", 3.0),
        Demand("rosenblatt float32", "scikit-learn float64", 5.0),
        Demand("rosenblatt float32", "scikit-learn float32", 5.0),
    )
    facts: Facts = {
        "job": "one fit of MLPClassifier(random_state=0), all else default",
        "data": data.source,
        "rows": rows,
        "features": features,
        "classes": data.classes,
        "hidden": [100],
        "batch": batch,
        "epochs": "up to 200",
    }
    return Race(
        name,
        facts,
        tuple(contenders),
        demands if both else (),
        checks=_same_curve if both else _same_loss,
    )


def _same_loss(timings: Sequence[Timing]) -> list[Check]:
    """From the same seed we end where scikit-learn ends, but for the rounding of float32.

    Rounding grows along the way (scikit-learn differs from itself between thread counts by 1e-3);
    a wrong gradient or a skipped batch differs by far more than the limit.
    """
    losses = {timing.contender.name: timing.loss for timing in timings}
    if not {"rosenblatt", "scikit-learn"} <= losses.keys():
        return []
    gap = abs(losses["rosenblatt"] / losses["scikit-learn"] - 1)
    return [Check("final loss: relative difference from scikit-learn's", gap, 0.02)]


def _same_curve(_: Sequence[Timing]) -> list[Check]:
    data = breast_cancer()

    def curve(estimator: Estimator) -> list[float]:
        Fit(lambda: estimator, data, batch=200)()
        return estimator.loss_curve_

    theirs = curve(sklearn_peer.classifier(random_state=0))
    mine = curve(ours.classifier(random_state=0))
    epochs = min(len(mine), len(theirs))
    gap = np.abs(np.subtract(mine[:epochs], theirs[:epochs])) / np.abs(theirs[:epochs])
    return [
        Check("float64 loss curves: largest relative difference", float(gap.max()), 1e-6),
        Check("float64 loss curves: difference in length", abs(len(mine) - len(theirs)), 0),
    ]
