"""What a step of TabM and of RealMLP costs: ours, and their packages' on PyTorch.

    python -m benchmarks.tabular_steps

TabM has 32 members of 3 x 256 units, RealMLP 3 x 256 units, both on 14 numbers, batches of 256, one
target, float32, one thread. What is told is CPU milliseconds a step, medians of stretches of steps
that take turns. Of pytabkit's RealMLP, which has no steps to call, it is the difference of fits of
six epochs and of two, divided by their steps; the validation of a few rows an epoch is in it.
Packages that are not installed are left out: tabm 0.0.3, pytabkit 1.7.3.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from rosenblatt import engine
from rosenblatt.activations import Mish, ReLU
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.initializers import LeCunNormal
from rosenblatt.losses import SquaredError
from rosenblatt.network import (
    Dense,
    Dropout,
    EnsembleDense,
    Layer,
    Network,
    NumericEmbedding,
    PackedDense,
    ParameterGroup,
    ParametricActivation,
    Periodic,
    Scale,
)
from rosenblatt.optimizers import AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2

FEATURES, MEMBERS, UNITS, BATCH, STEPS, ROUNDS = 14, 32, 256, 256, 8, 5
MANY = 5  # stretches of an epoch, so that what an epoch costs beside its steps matters little
RNG = np.random.RandomState(0)
X = RNG.normal(size=(STEPS * BATCH, FEATURES)).astype(np.float32)
Y = RNG.normal(size=(STEPS * BATCH, 1)).astype(np.float32)


def tabm() -> tuple[Layer, ...]:
    hidden = [EnsembleDense(MEMBERS, UNITS, ReLU(), 0.1, draws_signs=i == 0) for i in range(3)]
    return (*hidden, PackedDense(MEMBERS, 1))


def realmlp() -> tuple[Layer, ...]:
    layers: list[Layer] = [NumericEmbedding(Periodic(16, 0.1, True), 3, keeps_input=True), Scale()]
    for _ in range(3):
        layers += [Dense(UNITS, ntk=True), ParametricActivation(Mish()), Dropout(0.15)]
    return (*layers, Dense(1, ntk=True))


def ours(layers: tuple[Layer, ...], bfloat16: bool = False) -> Callable[[], None]:
    """A call that takes a stretch of steps."""
    network = Network(FEATURES, layers)
    theta = network.initial_parameters(RNG, LeCunNormal(), np.float32)
    groups = (ParameterGroup("*.bias", 0.1, 0.0),)
    optimizer = AdamW(1e-3, weight_decay=0.02)
    problem = Problem(network, SquaredError(), L2(0.0), optimizer, groups=groups)
    state = OptimizerState.of(optimizer, theta)
    state.seed = 1
    setup = TrainingSetup(problem, Arrays(X, Y), theta, state, BATCH, n_jobs=1, bfloat16=bfloat16)
    trainer = engine.trainer(setup)
    order = RNG.permutation(len(X))
    return lambda: trainer.epoch(EpochPlan(order, BATCH, np.ones(STEPS))) and None


def theirs() -> Callable[[], None]:
    """The same of the package tabm."""
    import torch
    from tabm import TabM

    torch.set_num_threads(1)
    model: Any = TabM.make(
        n_num_features=FEATURES,
        cat_cardinalities=[],
        d_out=1,
        k=MEMBERS,
        n_blocks=3,
        d_block=UNITS,
        dropout=0.1,
        arch_type="tabm",
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    rows, targets = torch.from_numpy(X), torch.from_numpy(Y)

    def stretch() -> None:
        for x, y in zip(rows.split(BATCH), targets.split(BATCH), strict=True):
            scores = model(x)[:, :, 0]
            loss = torch.nn.functional.mse_loss(scores, y.expand(-1, MEMBERS))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return stretch


def pytabkits() -> Callable[[], float]:
    """CPU milliseconds of a step of pytabkit's RealMLP."""
    from pytabkit import RealMLP_TD_Regressor

    rows, targets = np.tile(X, (MANY, 1)), np.tile(Y[:, 0], MANY)

    def seconds(epochs: int) -> float:
        model = RealMLP_TD_Regressor(device="cpu", n_epochs=epochs, n_threads=1, batch_size=BATCH)
        begun = time.process_time()
        model.fit(rows, targets, X[:100], Y[:100, 0])
        return time.process_time() - begun

    return lambda: 1e3 * (seconds(6) - seconds(2)) / (4 * MANY * STEPS)


def milliseconds(stretch: Callable[[], None]) -> float:
    begun = time.process_time()
    stretch()
    return 1e3 * (time.process_time() - begun) / STEPS


def main() -> None:
    stretches = {"TabM": ours(tabm()), "RealMLP": ours(realmlp())}
    if engine.has_bfloat16():
        stretches["TabM, products in bfloat16"] = ours(tabm(), bfloat16=True)
    if find_spec("tabm"):
        stretches["TabM of tabm"] = theirs()
    runs: dict[str, Callable[[], float]] = {
        name: lambda stretch=stretch: milliseconds(stretch)  # type: ignore[misc]
        for name, stretch in stretches.items()
    }
    if find_spec("pytabkit"):
        runs["RealMLP of pytabkit"] = pytabkits()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for k in range(1 + ROUNDS):
        for name, run in runs.items():
            taken = run()
            if k:  # the first is a warm-up
                times[name].append(taken)
    for name, taken_all in times.items():
        print(f"{name:30} {statistics.median(taken_all):8.2f} ms a step")


if __name__ == "__main__":
    main()
