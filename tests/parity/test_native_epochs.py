"""Whole epochs from the same weights: the native trainer beside the readable one (B11, G1-G10)."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Activation, Identity, Tanh
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.initializers import HeNormal
from rosenblatt.losses import CategoricalCrossEntropy, Loss, Poisson, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.members import LOSSES, OPTIMIZERS, TRAINABLE
from tests.support.native_cases import (
    after_epochs,
    each_build,
    make_arrays,
    small_network,
    use,
)
from tests.support.native_epochs import Orders, assert_same_epochs, shuffled


@pytest.mark.product(every=5)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_optimizers(optimizer: Optimizer, threads: int, csr: bool, dtype: Any) -> None:
    """Three epochs of four batches, the last of them short, with weights and a falling rate."""
    arrays = make_arrays(CategoricalCrossEntropy(), 37, 7, 3, dtype, weighted=True, csr=csr)
    problem = Problem(small_network(Tanh()), CategoricalCrossEntropy(), L2(0.3), optimizer)
    assert_same_epochs(problem, arrays, 10, shuffled(37), threads)


@pytest.mark.product(every=5)
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_activations_and_losses(g: Activation, loss: Loss) -> None:
    problem = Problem(small_network(g), loss, L2(0.1), SGD(0.05, 0.9, nesterov=True))
    assert_same_epochs(problem, make_arrays(loss, 37, 7, 3), 8, shuffled(37), 2)


@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 36, 37, 38, 2**62, 2**63 - 1])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_batch_sizes(batch_size: int, threads: int, csr: bool) -> None:
    """Batches smaller than the crew leave some of it idle; larger ones end with the data."""
    arrays = make_arrays(SquaredError(), 37, 7, 3, weighted=True, csr=csr)
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), SGD(0.02, 0.5))
    assert_same_epochs(problem, arrays, batch_size, shuffled(37), threads)


@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize(
    "orders",
    [
        [None, None],
        [np.arange(36, -1, -1), None, np.arange(37)],
        [np.array([3]), np.array([5, 5, 5, 0, 36]), np.arange(0, 37, 2)],
    ],
    ids=["own order", "back and forth", "some rows, and some twice"],
)
def test_orders(orders: Orders, csr: bool) -> None:
    arrays = make_arrays(SquaredError(), 37, 7, 3, weighted=True, csr=csr)
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), Adam(0.01))
    assert_same_epochs(problem, arrays, 4, orders, 2)


@pytest.mark.parametrize("csr", [False, True], ids=["dense", "csr"])
@pytest.mark.parametrize("threads", [1, 2])
def test_batches_beyond_a_block(threads: int, csr: bool) -> None:
    arrays = make_arrays(Poisson(), 5000, 7, 3, csr=csr)
    problem = Problem(small_network(Tanh()), Poisson(), L2(0.1), SGD(0.05, 0.9))
    assert_same_epochs(problem, arrays, 2600, shuffled(5000, 2), threads)


@each_build
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_builds(build: Any, optimizer: Optimizer, monkeypatch: pytest.MonkeyPatch) -> None:
    use(build, monkeypatch)
    for dtype in (np.float32, np.float64):
        arrays = make_arrays(SquaredError(), 37, 7, 3, dtype)
        problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), optimizer)
        assert_same_epochs(problem, arrays, 10, shuffled(37), 2)


@each_build
@pytest.mark.parametrize("threads", [1, None], ids=["native", "readable"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_no_rule_hides_a_nan(
    build: Any, optimizer: Optimizer, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign or a maximum of something that is no number must not look like one."""
    use(build, monkeypatch)
    arrays = make_arrays(SquaredError(), 37, 7, 3)
    arrays.y[20] = np.nan
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), optimizer)
    theta, memory, (epoch,) = after_epochs(problem, arrays, 10, [None], threads)
    assert not epoch.finite
    assert epoch.steps == memory.steps[0] == 2
    assert epoch.divergence.batch == 3
    assert np.isfinite(theta).all()


@pytest.mark.parametrize("shuffles", [True, False])
@pytest.mark.parametrize("csr", [False, True])
def test_several_epochs_in_a_call_are_those_one_by_one(csr: bool, shuffles: bool) -> None:
    arrays = make_arrays(SquaredError(), 37, 7, 3, csr=csr).part(np.arange(30)[::-1])
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), Adam(0.01))
    factors = np.linspace(1, 0.1, 5 * 4)
    ends = []
    for together in (5, 1):
        theta = problem.network.initial_parameters(np.random.RandomState(0), HeNormal(), np.float64)
        trainer = NativeTrainer(
            problem, arrays, theta, OptimizerState.of(problem.optimizer, theta), 1
        )
        rng, order = np.random.RandomState(4), arrays.order
        generator, epochs = rng if shuffles else None, []
        for begin in range(0, 5, together):
            some = factors[4 * begin :][: 4 * together]
            epochs += [
                epoch._replace(seconds=0.0)
                for epoch in trainer.epochs(EpochPlan(order, 8, some, together, generator))
            ]
        ends.append((theta.tolist(), order.tolist(), rng.randint(2**31), epochs))
    assert len(ends[0][3]) == 5
    assert ends[0] == ends[1]
    if shuffles:  # as NumPy does it
        rng, order = np.random.RandomState(4), arrays.order
        for _ in range(5):
            rng.shuffle(order)
        assert ends[0][1] == order.tolist()


def test_numpys_own_generator_is_not_held_while_epochs_run() -> None:
    """It belongs to all threads; the orders, and its state afterwards, are as if it had been."""
    arrays = make_arrays(SquaredError(), 37, 7, 3)
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), SGD(0.01))
    theta = np.zeros(problem.network.n_parameters)
    trainer = NativeTrainer(problem, arrays, theta, OptimizerState.of(problem.optimizer, theta), 1)
    shared, own = np.random.mtrand._rand, np.random.RandomState(11)
    orders = []
    for rng in (shared, own):
        np.random.seed(11)  # noqa: NPY002
        order = arrays.order
        list(trainer.epochs(EpochPlan(order, 8, np.ones(25), 5, rng)))
        orders.append(order.tolist())
        if rng is shared:
            after = shared.randint(2**31)
    assert orders[0] == orders[1]
    assert after == own.randint(2**31)

    held = threading.Event()
    taken = trainer.run

    class Watched:
        def epochs(self, *given: Any) -> Any:
            def use() -> None:
                np.random.mtrand._rand.randint(5)
                held.set()

            thread = threading.Thread(target=use)
            thread.start()
            assert held.wait(10)
            thread.join()
            return taken.epochs(*given)

    trainer.run = Watched()
    list(trainer.epochs(EpochPlan(arrays.order, 8, np.ones(25), 5, shared)))


def test_epochs_end_with_one_that_is_not_finite_or_has_no_time_left() -> None:
    arrays = make_arrays(SquaredError(), 40, 7, 3)
    net = small_network(Identity())
    for rate, seconds in ((1e200, np.inf), (1e-3, 0.0)):
        problem = Problem(net, SquaredError(), L2(), SGD(rate))
        theta = np.ones(net.n_parameters)
        memory = OptimizerState.of(problem.optimizer, theta)
        trainer = NativeTrainer(problem, arrays, theta, memory, 1)
        (epoch,) = trainer.epochs(EpochPlan(arrays.order, 10, np.ones(24), 6, None, seconds))
        assert epoch.finite == (rate < 1)
        assert epoch.steps == memory.steps[0]


def test_memory_outlives_a_trainer() -> None:
    """Two epochs by one trainer are an epoch each by two that hand the memory on."""
    arrays = make_arrays(SquaredError(), 20, 7, 3)
    problem = Problem(small_network(Tanh()), SquaredError(), L2(0.1), Adam(0.01))
    together, memory_together, _ = after_epochs(problem, arrays, 5, [None, None], 1)
    theta, memory, _ = after_epochs(problem, arrays, 5, [None], 1)
    assert memory.steps == 4
    NativeTrainer(problem, arrays, theta, memory, 1).epoch(
        EpochPlan(None, 5, np.linspace(1, 0.5, 4) / 2)
    )
    np.testing.assert_array_equal(theta, together)
    np.testing.assert_array_equal(memory.slots, memory_together.slots)
    assert memory.steps == memory_together.steps == 8


def test_steps_of_plain_descent_by_hand() -> None:
    """One weight and no penalty: w ← w - η (wx + b - y) x, b ← b - η (wx + b - y), row by row."""
    problem = Problem(Network(1, (Dense(1),)), SquaredError(), L2(), SGD(0.5))
    arrays, theta = Arrays(np.array([[2.0], [1.0]]), np.array([[1.0], [0.0]])), np.zeros(2)
    trainer = NativeTrainer(problem, arrays, theta, OptimizerState.of(problem.optimizer, theta), 1)
    epoch = trainer.epoch(EpochPlan(None, 1, np.ones(2)))
    # x = 2, y = 1: δ = -1, so w = 1, b = ½. Then x = 1, y = 0: δ = 1½, which takes ¾ from both.
    np.testing.assert_array_equal(theta, [0.25, -0.25])
    # ½ (1² + 1.5²) / 2, and the root mean square of (-2, -1) and (1.5, 1.5).
    assert epoch.data_loss == 0.8125
    np.testing.assert_allclose(epoch.gradient_norms, [np.sqrt((5 + 4.5) / 2)])
    assert epoch.penalty == 0
