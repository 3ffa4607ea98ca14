"""Simulated clusters of up to 1,000 workers: seconds to a given loss, by mode and compressor.

    python -m benchmarks.cluster_scale [--workers 10 100 1000] [--plot FILE]

A 30-16-1 network learns 64,000 rows from one server; messages take the time of a network of 1.9
million parameters, and a step of 32 rows the 7 ms that such a network takes on one core. The epochs
that a fit needs are counted once for a setting; the seconds of an epoch are of the virtual clock.
"""

from __future__ import annotations

import argparse
import math
import warnings
from functools import partial
from typing import Any

import numpy as np

from rosenblatt import MLPClassifier
from rosenblatt.callbacks import StopTraining
from rosenblatt.cluster.compression import ScaledSign, TopK
from rosenblatt.cluster.compression.low_rank import LowRank
from rosenblatt.cluster.compression.quantised import Int8
from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.modes import Asynchronous, Bounded, Synchronous
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.estimators.access import fit_by

ROWS, BATCH, TARGET, MOST_EPOCHS = 64_000, 32, 0.25, 150
PARAMETERS, REAL_PARAMETERS, STEP_SECONDS = 513, 1_863_690, 7e-3
RATE = 1e-3
BANDWIDTHS = {"100 Mbit": 1e8, "1 Gbit": 1e9, "10 Gbit": 1e10, "100 Gbit": 1e11}
SETTINGS: dict[str, dict[str, Any]] = {
    "sync": {"mode": Synchronous()},
    "async": {"mode": Asynchronous()},
    "bounded, s = 3": {"mode": Bounded(3)},
    "8 local steps": {"mode": Synchronous(), "local_steps": 8},
    "sync, top 1 %": {"mode": Synchronous(), "compression": TopK(0.01)},
    "sync, sign": {"mode": Synchronous(), "compression": ScaledSign()},
    "sync, 8 bits": {"mode": Synchronous(), "compression": Int8()},
    "sync, rank 1": {"mode": Synchronous(), "compression": LowRank(1)},
}


def rows() -> tuple[np.ndarray, np.ndarray]:
    """A curved boundary between two classes, with 2 % of the labels wrong."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((ROWS, 30))
    hidden = np.tanh(X @ rng.standard_normal((30, 6)) / 3)
    y = hidden @ rng.standard_normal(6) > 0
    return X, y ^ (rng.random(ROWS) < 0.02)


def fitted(X: Any, y: Any, plan: ClusterPlan, link: Link, epochs: int, target: float) -> Any:
    """The epochs until the loss is at the target, or None; and the virtual seconds of all."""
    summed = plan.mode.summed
    reached: list[int] = []

    def watch(event: Any) -> None:
        if event.record["loss"] <= target:
            reached.append(event.epoch)
            raise StopTraining

    est = MLPClassifier(
        (16,),
        # The batch of a synchronous step grows with the workers, and the rate with its root.
        batch_size=min(ROWS, BATCH * plan.workers) if summed else BATCH,
        learning_rate_init=RATE * (min(8.0, math.sqrt(plan.workers)) if summed else 1.0),
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=0,
        callbacks=[watch],
    )
    transport = InProcess(link, Pace(STEP_SECONDS * plan.local_steps, jitter=0.2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit_by(est, partial(ClusterTrainer, plan=plan, transport=transport), X, y)
        except ValueError:  # it has diverged
            return None, transport.seconds
    return (reached[0] if reached else None), transport.seconds


def link_of(bandwidth: float) -> Link:
    """The connection on which a small network's messages take a large one's time."""
    return Link(bandwidth * PARAMETERS / REAL_PARAMETERS * 8 / 4, latency=50e-6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--plot")
    asked = parser.parse_args()
    X, y = rows()
    alone, _ = fitted(X, y, ClusterPlan(1), Link(), MOST_EPOCHS, TARGET)
    steps = ROWS // BATCH
    print(
        f"one machine: {alone} epochs, {alone * steps * STEP_SECONDS:.0f} s to {TARGET}", flush=True
    )
    print("| workers | setting | epochs |", " | ".join(BANDWIDTHS), "|")
    print("|---|---|---|" + "---|" * len(BANDWIDTHS))
    found: dict[tuple[int, str], list[float]] = {}
    for workers in asked.workers:
        for name, given in SETTINGS.items():
            plan = ClusterPlan(workers, **given)
            epochs, _ = fitted(X, y, plan, Link(), MOST_EPOCHS, TARGET)
            seconds = []
            for bandwidth in BANDWIDTHS.values():
                _, one = fitted(X, y, plan, link_of(bandwidth), 1, -1.0)
                seconds.append(math.nan if epochs is None else one * epochs)
            found[workers, name] = seconds
            shown = " | ".join("-" if math.isnan(s) else f"{s:,.1f} s" for s in seconds)
            print(f"| {workers:,} | {name} | {epochs or '-'} | {shown} |", flush=True)
    if asked.plot:
        plot(found, asked.workers, asked.plot)


def plot(found: dict[tuple[int, str], list[float]], workers: list[int], path: str) -> None:
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(workers), figsize=(4 * len(workers), 4), sharey=True)
    for panel, n in zip(np.atleast_1d(panels), workers, strict=True):
        for name in SETTINGS:
            panel.loglog([b / 1e9 for b in BANDWIDTHS.values()], found[n, name], "o-", label=name)
        panel.set_title(f"{n:,} workers")
        panel.set_xlabel("bandwidth of a connection, Gbit/s")
    np.atleast_1d(panels)[0].set_ylabel(f"seconds to a loss of {TARGET}")
    np.atleast_1d(panels)[-1].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
