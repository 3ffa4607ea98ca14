"""What dropout, normalisations and residual connections cost a training step of the native engine.

    python -m benchmarks.structure

The case is 50,000 × 30 with hidden layers (256, 256, 256) in batches of 256, float32, Adam. The
variants take turns, each a stretch of steps at a time, so that a busy minute hits all alike; what
is told are medians, and their ratio to the plain network's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt.activations import ReLU
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.initializers import HeNormal
from rosenblatt.losses import BinaryCrossEntropy
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.optimizers import Adam
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2

ROWS, FEATURES, HIDDEN, BATCH = 50_000, 30, (256, 256, 256), 256
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"dropout": 0.5},
    "layer normalisation": {"normalization": LayerNorm()},
    "batch normalisation": {"normalization": BatchNorm()},
    "residual": {"residual": True},
}


def stretch(
    structure: dict[str, Any], arrays: Arrays, steps: int, threads: int
) -> Callable[[], None]:
    """A call that trains for `steps` steps."""
    network = Network(FEATURES, (*(Dense(n, ReLU(), **structure) for n in HIDDEN), Dense(1)))
    theta = network.initial_parameters(np.random.RandomState(0), HeNormal(), np.float32)
    problem = Problem(network, BinaryCrossEntropy(), L2(1e-4), Adam(1e-3))
    trainer = NativeTrainer(
        problem,
        arrays,
        theta,
        OptimizerState.of(problem.optimizer, theta),
        threads,
        state=network.initial_state(np.float32),
    )
    order = np.random.default_rng(1).permutation(ROWS)[: steps * BATCH]
    factors = np.ones(steps)
    return lambda: trainer.epoch(EpochPlan(order, BATCH, factors)) and None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=50, help="of a turn")
    parser.add_argument("--turns", type=int, default=41, help="of each variant")
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    X = rng.standard_normal((ROWS, FEATURES), np.float32)
    arrays = Arrays(X, (X[:, :1] > 0).astype(np.float32))
    calls = {
        name: stretch(structure, arrays, given.steps, given.threads)
        for name, structure in VARIANTS.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(given.turns + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if turn:  # the first one makes the memory
                seconds[name].append(time.perf_counter() - start)
    plain = np.median(seconds["plain"])
    print(f"{given.threads} threads, microseconds a step: median (quartiles), ratio to plain")
    for name, measured in seconds.items():
        low, median, high = 1e6 / given.steps * np.quantile(measured, (0.25, 0.5, 0.75))
        ratio = np.median(measured) / plain
        print(f"{name:22} {median:8.0f} ({low:.0f} to {high:.0f})  {ratio:.2f}")


if __name__ == "__main__":
    main()
