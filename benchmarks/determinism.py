"""What `deterministic=True` costs a training step of the native engine.

    python -m benchmarks.determinism

Adam, float32, ReLU. For each number of threads the two take turns, a stretch of steps each, and
begin in turn, so that a busy minute hits both alike. What is told are the medians of a step, median
and quartiles of the ratio within a turn, and the ratio of the fastest tenths. With --cpu it is the
processor's time, all threads together, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from benchmarks import machine
from rosenblatt.activations import ReLU
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup, trainer
from rosenblatt.initializers import HeNormal
from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2


@final
@dataclass(frozen=True)
class Case:
    name: str
    rows: int
    hidden: tuple[int, ...]
    batch: int
    structure: dict[str, Any]
    features: int = 30
    classes: int = 2

    def network(self) -> Network:
        hidden = (Dense(n, ReLU(), **self.structure) for n in self.hidden)
        return Network(self.features, (*hidden, Dense(self.classes)))


# Too small to be shared, wide layers that are shared by units, and the rest by rows.
CASES = (
    Case("569 x 30, (64, 32), batch 32", 569, (64, 32), 32, {}),
    Case("784-256-128-10, batch 128", 20_000, (256, 128), 128, {}, 784, 10),
    Case("30-256-256-256-2, batch 256", 50_000, (256, 256, 256), 256, {}),
    Case("the same with batch norm", 50_000, (256, 256, 256), 256, {"normalization": BatchNorm()}),
    Case("54-128-64-7, batch 256", 50_000, (128, 64), 256, {}, 54, 7),
)


def stretch(
    case: Case, arrays: Arrays, threads: int, deterministic: bool, steps: int
) -> Callable[[], Any]:
    """A call that trains for about so many steps."""
    network = case.network()
    theta = network.initial_parameters(np.random.RandomState(0), HeNormal(), np.float32)
    problem = Problem(network, CategoricalCrossEntropy(), L2(1e-4), Adam(1e-3))
    setup = TrainingSetup(
        problem,
        arrays,
        theta,
        OptimizerState.of(problem.optimizer, theta),
        case.batch,
        state=network.initial_state(np.float32),
        n_jobs=threads,
        deterministic=deterministic,
    )
    trained = trainer(setup)
    order = np.random.default_rng(1).integers(case.rows, size=steps * case.batch)
    return lambda: trained.epoch(EpochPlan(order, case.batch, np.ones(steps)))


def measured(
    case: Case, threads: int, turns: int, seconds: float, clock: Callable[[], float]
) -> np.ndarray[Any, Any]:
    """Seconds of a step, shape (turns, 2): without and with it."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((case.rows, case.features), np.float32)
    arrays = Arrays(X, rng.integers(case.classes, size=(case.rows, 1)).astype(np.float32))
    trial = stretch(case, arrays, threads, False, 20)
    trial()
    begun = time.perf_counter()
    trial()
    steps = max(2, round(20 * seconds / (time.perf_counter() - begun)))
    calls = [stretch(case, arrays, threads, given, steps) for given in (False, True)]
    found = np.empty((turns + 1, 2))
    for turn in range(turns + 1):  # the first one makes the memory
        for which in (0, 1) if turn % 2 else (1, 0):
            begun = clock()
            calls[which]()
            found[turn, which] = (clock() - begun) / steps
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=101)
    parser.add_argument("--seconds", type=float, default=0.03, help="of a turn of each")
    parser.add_argument("--cpu", action="store_true", help="the processor's time")
    given = parser.parse_args()
    clock = time.process_time if given.cpu else time.perf_counter
    found = machine.describe()
    print(f"{found['cpu']}, {found['cores_usable']} cores, load {machine.load_average()}")
    print("microseconds a step: default, deterministic, ratio (quartiles), of the fastest tenths")
    for case in CASES:
        for threads in given.threads:
            seconds = measured(case, threads, given.turns, given.seconds, clock)
            plain, fixed = 1e6 * np.median(seconds, axis=0)
            low, ratio, high = np.quantile(seconds[:, 1] / seconds[:, 0], (0.25, 0.5, 0.75))
            fast = np.divide(*np.quantile(seconds[:, ::-1], 0.1, axis=0))
            print(
                f"{case.name:30} {threads} threads {plain:8.1f} {fixed:8.1f}"
                f"  {ratio:.3f} ({low:.3f} to {high:.3f})  {fast:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
