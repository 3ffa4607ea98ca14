"""Categories as rows of tables, of which a step moves those that it has met."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import engine
from rosenblatt.averaging import EMA
from rosenblatt.backprop import forward
from rosenblatt.engine import EpochPlan, TrainingSetup
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceTrainer
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import SquaredError
from rosenblatt.network import CategoryEmbedding, Dense, Network, Scale
from rosenblatt.optimizers import SGD, Adam, AdamW
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.clipping import ClipNorm
from rosenblatt.regularization.constraints import MaxNorm
from rosenblatt.regularization.penalties import L2
from tests.support.layers import NETWORKS
from tests.support.native_cases import after_epochs

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "sparse_adam.json").read_text())


def test_rows_of_the_tables_follow_the_other_features() -> None:
    layer = CategoryEmbedding((1, 3), (3, 2), (2, 1))
    tables = {"table_0": np.array([[1.0, 2.0], [3, 4], [5, 6]]), "table_1": np.array([[7.0], [8]])}
    X = np.array([[-1.0, 2, -2, 1], [0.5, 1, 0.25, 0]])
    expected = [[-1, -2, 5, 6, 8], [0.5, 0.25, 3, 4, 7]]
    np.testing.assert_array_equal(layer.forward(tables, {}, X, None).out, expected)


@pytest.mark.parametrize("code", [0.0, 3.0, -1.0, 1e30, np.nan, np.inf, -np.inf])
def test_what_is_no_code_gets_the_first_row(code: float) -> None:
    net = Network(1, (CategoryEmbedding((0,), (3,), (2,)),))
    theta = np.arange(6.0)
    X = np.array([[code]])
    np.testing.assert_array_equal(forward(net, theta, X).scores, [[0, 1]])
    np.testing.assert_array_equal(engine.scores(net, theta, X), [[0, 1]])


@pytest.mark.parametrize("make", [ReferenceTrainer, NativeTrainer])
def test_steps_are_those_of_sparse_adam(make: Any) -> None:
    net = Network(1, (CategoryEmbedding((0,), (7,), (2,)),))
    theta = np.array(GOLDEN["first"]).ravel()
    (beta_1, beta_2), settings = GOLDEN["settings"]["betas"], GOLDEN["settings"]
    adam = Adam(settings["lr"], beta_1, beta_2, settings["eps"], epsilon_hat=True)
    problem = Problem(net, SquaredError(), L2(0.3), adam)
    state = OptimizerState.of(adam, theta)
    X = np.array(GOLDEN["batches"], float).reshape(-1, 1)
    arrays = Arrays(X, np.array(GOLDEN["targets"]).reshape(-1, 2))
    threads = (2,) if make is NativeTrainer else ()
    trainer = make(problem, arrays, theta, state, *threads)
    for k, expected in enumerate(GOLDEN["after"]):
        trainer.epoch(EpochPlan(np.arange(4 * k, 4 * k + 4), 4, np.ones(1)))
        np.testing.assert_allclose(theta.reshape(7, 2), expected, rtol=1e-13)


@pytest.mark.parametrize(
    "around",
    [
        {"clipping": ClipNorm(0.05)},
        {"averaging": EMA(0.8)},
        {"averaging": EMA(0.8), "constraint": MaxNorm(0.5)},
        {"clipping": ClipNorm(0.05), "averaging": EMA(0.8), "optimizer": SGD(0.05, 0.9)},
    ],
    ids=["clipped", "averaged", "constrained", "all"],
)
@pytest.mark.parametrize("threads", [1, 3])
def test_what_surrounds_a_step_does_as_it_does_in_the_readable_engine(
    around: dict[str, Any], threads: int
) -> None:
    case = NETWORKS["categories"]
    optimizer = around.get("optimizer", AdamW(0.01, weight_decay=0.1))
    rest = {name: part for name, part in around.items() if name != "optimizer"}
    problem = Problem(case.network, SquaredError(), L2(0.1), optimizer, **rest)
    orders = [np.random.default_rng(k).permutation(60) for k in range(2)]
    theta, memory, _ = after_epochs(problem, case.arrays(60), 13, orders, threads)
    expected, their_memory, _ = after_epochs(problem, case.arrays(60), 13, orders, None)
    np.testing.assert_allclose(theta, expected, rtol=1e-9, atol=1e-12)
    for ours, theirs in zip(memory.moving, their_memory.moving, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-12)


def test_a_hundred_thousand_categories_train() -> None:
    size, n = 100_000, 20_000
    rng = np.random.default_rng(0)
    codes = rng.integers(1, size, n)
    net = Network(1, (CategoryEmbedding((0,), (size,), (4,)), Dense(1)))
    theta = net.initial_parameters(np.random.RandomState(0), GlorotUniform(), np.float32)
    before = theta.copy()
    y = rng.choice([-1.0, 1.0], size)[codes][:, None].astype(np.float32)
    arrays = Arrays(codes[:, None].astype(np.float32), y)
    problem = Problem(net, SquaredError(), L2(0.0), Adam(0.01))
    state = OptimizerState.of(problem.optimizer, theta)
    trainer = engine.trainer(TrainingSetup(problem, arrays, theta, state, 256))
    losses = [
        trainer.epoch(EpochPlan(rng.permutation(n), 256, np.ones(-(-n // 256)))).data_loss
        for _ in range(60)
    ]
    assert losses[-1] < 0.05 * losses[0]
    moved = (theta != before)[: 4 * size].reshape(size, 4).any(axis=1)
    assert set(np.flatnonzero(moved)) == set(codes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CategoryEmbedding((0,), (3, 4), (2,)), "size and a width for every column"),
        (lambda: CategoryEmbedding((1, 1), (3, 4), (2, 2)), "increase"),
        (lambda: CategoryEmbedding((-1,), (3,), (2,)), "from 0"),
        (lambda: CategoryEmbedding((0,), (0,), (2,)), "one row"),
        (lambda: CategoryEmbedding((0,), (2**24 + 1,), (2,)), "one row and 2"),
        (lambda: CategoryEmbedding((0,), (3,), (0,)), "one number or more"),
        (lambda: Network(2, (CategoryEmbedding((2,), (3,), (1,)),)), "no column 2 of 2"),
        (lambda: Network(1, (Scale(), CategoryEmbedding((0,), (3,), (1,)))), "comes first"),
        (lambda: Network(1, (CategoryEmbedding((0,), (3,), (1,)),), 0.1), "noise"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
