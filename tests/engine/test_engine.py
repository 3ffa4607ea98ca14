"""Which engine runs what, on how many threads; and the model on top of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import joblib
import numpy as np
import pytest
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from rosenblatt import engine
from rosenblatt.activations import Activation, Elementwise, Identity, Step, Tanh
from rosenblatt.backprop import forward
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.native import NativeObjective, NativeTrainer
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.engine.threads import allowed_threads, requested_threads, shares_for, threads_for
from rosenblatt.losses import BinaryCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import FloatArray
from tests.support.members import TRAINABLE, network, parameters

X = np.random.default_rng(0).standard_normal((8, 3))
ARRAYS = Arrays(X, np.random.default_rng(1).standard_normal((8, 2)))


@final
@dataclass(frozen=True)
class Foreign(Elementwise):
    """tanh under a name that the compiled module does not know."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.tanh(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 - a * a


class Plain(Elementwise):
    """The same in a class that is no dataclass."""

    def __repr__(self) -> str:
        return "Plain()"

    value, derivative = Foreign.value, Foreign.derivative


@pytest.mark.parametrize(
    ("g", "trainer", "objective"),
    [(g, NativeTrainer, NativeObjective) for g in TRAINABLE]
    + [(g, ReferenceTrainer, ReferenceObjective) for g in (Foreign(), Plain(), Step())],
    ids=repr,
)
def test_engine_chosen_for_each_activation(g: Activation, trainer: type, objective: type) -> None:
    net = network(g, 3, 4, 2)
    problem = Problem(net, SquaredError(), L2(), SGD())
    theta = parameters(net)
    memory = engine.OptimizerState.of(problem.optimizer, theta)
    assert type(engine.trainer(engine.TrainingSetup(problem, ARRAYS, theta, memory, 4))) is trainer
    assert type(engine.objective(net, SquaredError(), L2(), ARRAYS)) is objective


def test_a_foreign_member_trains_as_its_native_twin() -> None:
    ends = []
    for g in (Foreign(), Tanh()):
        net = network(g, 3, 4, 2)
        problem, theta = Problem(net, SquaredError(), L2(0.1), SGD(0.1, 0.9)), parameters(net)
        memory = engine.OptimizerState.of(problem.optimizer, theta)
        trainer = engine.trainer(engine.TrainingSetup(problem, ARRAYS, theta, memory, 3))
        for _ in range(5):
            trainer.epoch(EpochPlan(None, 3, np.ones(3)))
        ends.append(theta)
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-12)


@pytest.mark.parametrize("g", [Tanh(), Foreign()], ids=repr)
@pytest.mark.parametrize(
    "form",
    [
        np.asfortranarray,
        sp.csr_array,
        sp.csr_matrix,
        lambda X: X.astype(np.float32),
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: sp.csr_array(X.astype(np.float32)),
    ],
    ids=["fortran", "csr_array", "csr_matrix", "float32", "strided", "csr float32"],
)
def test_scores_of_any_form(g: Activation, form: Any) -> None:
    net = network(g, 3, 4, 2)
    theta = parameters(net)
    scores = engine.scores(net, theta, form(X))
    assert scores.dtype == np.float64
    # Rounding the inputs to single precision is all that may be lost.
    np.testing.assert_allclose(scores, forward(net, theta, X).scores, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("g", [Tanh(), Foreign()], ids=repr)
def test_scores_of_another_number_of_features(g: Activation) -> None:
    net = network(g, 3, 4, 2)
    with pytest.raises(ValueError, match="takes 3 features, X has 4"):
        engine.scores(net, parameters(net), np.ones((2, 4)))


def test_a_models_prediction_is_its_losss() -> None:
    net = Network(1, (Dense(1, Identity()),))
    model = Model(net, np.array([2.0, np.log(3)]), BinaryCrossEntropy())
    np.testing.assert_allclose(
        model.scores(np.array([[0.0], [1.0]])), [[np.log(3)], [2 + np.log(3)]]
    )
    # σ(ln 3) = ¾
    assert model.predict(np.array([[0.0]])).item() == pytest.approx(0.75)


# The number of threads.


@pytest.mark.parametrize(
    ("rows", "passes", "n_jobs", "threads"),
    [
        # A million multiplications a row and pass; four millions are worth a thread.
        (1, 3, 8, 1),
        (4, 1, 8, 1),
        (8, 1, 8, 2),
        (4, 3, 8, 3),
        (100, 3, 8, 8),
        (100, 3, 1, 1),
        (2, 100, 8, 2),
        (0, 1, 8, 1),
    ],
)
def test_threads_follow_the_work(rows: int, passes: int, n_jobs: int, threads: int) -> None:
    net = Network(1000, (Dense(900), Dense(100), Dense(100)))
    assert sum(n * m for n, m in net.shapes) == 1_000_000
    assert threads_for(net, rows, passes, n_jobs) == threads


@pytest.mark.parametrize(
    ("batch", "steps", "threads"),
    [
        # Three million multiplications a row and 14 million for the parameters.
        (1, 1, 1),  # a batch of one row cannot be shared
        (2, 1, 2),
        (8, 1, 8),
        (8, 100, 8),
    ],
)
def test_a_step_moves_the_parameters(batch: int, steps: int, threads: int) -> None:
    net = Network(1000, (Dense(900), Dense(100), Dense(100)))
    assert threads_for(net, batch, 3, 8, steps=steps) == threads


def test_short_steps_and_short_epochs_take_fewer_threads() -> None:
    net = Network(20, (Dense(32), Dense(1)))
    assert threads_for(net, 256, 3, 8, steps=1000) == 1  # 525,000 multiplications a step
    assert threads_for(net, 512, 3, 8, steps=1000) == 2  # 1,042,000
    assert threads_for(net, 512, 3, 8, steps=5) == 1
    assert threads_for(net, 4096, 3, 8, steps=1000) == 8


@pytest.mark.parametrize(
    ("rows", "shares"), [(1, 1), (2, 2), (127, 2), (200, 2), (256, 4), (1000, 8), (10**6, 16)]
)
def test_shares_follow_the_batch_and_not_the_threads(rows: int, shares: int) -> None:
    """Two where it is worth sharing, then powers of two that leave each 64 rows."""
    net = Network(1000, (Dense(900), Dense(100), Dense(100)))
    assert shares_for(net, rows, 3, steps=100) == shares
    assert shares_for(Network(2, (Dense(1),)), min(rows, 1000), 3, steps=100) == 1


def test_a_sparse_row_costs_its_entries() -> None:
    net = Network(10_000, (Dense(100), Dense(1)))
    assert threads_for(net, 200, 1, 8) == 8
    assert threads_for(net, 200, 1, 8, entries=50) == 1
    assert threads_for(net, 8_000, 1, 8, entries=50) == 8


def test_small_networks_run_on_one_thread() -> None:
    assert threads_for(network(Tanh(), 30, 64, 32, 1), 32, 3, 64, steps=18) == 1


def test_threads_asked_for_and_allowed() -> None:
    assert [requested_threads(n) for n in (1, 3)] == [1, 3]
    assert requested_threads(-1) == joblib.cpu_count() >= requested_threads(None) >= 1
    assert requested_threads(-1000) == 1
    with threadpool_limits(1, user_api="blas"):
        assert requested_threads(None) == 1
        assert requested_threads(2) == 2
    assert [allowed_threads(n) for n in (1, 3)] == [1, 3]
    with joblib.parallel_config("sequential"):
        assert requested_threads(3) == 3
        assert allowed_threads(3) == 1
