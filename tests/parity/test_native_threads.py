"""Threads: the same bits every time, side by side, interrupted, and BLAS as it was before."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rosenblatt.activations import ReLU, Tanh
from rosenblatt.engine import Epoch, EpochPlan, native
from rosenblatt.engine.blas_threads import blas_held_to, blas_thread_limit, one_thread_blas
from rosenblatt.engine.native import NativeObjective, NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import CategoricalCrossEntropy, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.members import OPTIMIZERS, network, parameters
from tests.support.native_cases import (
    after_epochs,
    builds,
    each_build,
    make_arrays,
    small_network,
    use,
)

PROBLEM = Problem(small_network(Tanh()), CategoricalCrossEntropy(), L2(0.1), Adam(0.01))
ORDERS: list[Any] = [np.random.default_rng(i).permutation(300) for i in range(3)]


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture
def two_blas_threads() -> Iterator[None]:
    """BLAS at two threads, so that a limit that is not restored shows on any machine."""
    with threadpool_limits(2, user_api="blas"):
        if set(blas_threads()) != {2}:
            pytest.skip("this BLAS takes no limit from threadpoolctl")
        yield


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_same_bits_from_run_to_run(optimizer: Optimizer, threads: int) -> None:
    """Whichever member does which share, and whenever: sums are taken in one order."""
    problem = Problem(PROBLEM.network, PROBLEM.loss, PROBLEM.penalty, optimizer)
    arrays = make_arrays(PROBLEM.loss, 300, 7, 3, np.float32, weighted=True)
    runs = [after_epochs(problem, arrays, 64, ORDERS, threads) for _ in range(4)]
    for theta, memory, epochs in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0][0])
        np.testing.assert_array_equal(memory.slots, runs[0][1].slots)
        assert [e.data_loss for e in epochs] == [e.data_loss for e in runs[0][2]]


def test_more_threads_than_the_machine_has() -> None:
    arrays = make_arrays(PROBLEM.loss, 300, 7, 3)
    alone, _, _ = after_epochs(PROBLEM, arrays, 64, ORDERS, 1)
    for threads in (31, 32, 33, 1000):
        theta, _, _ = after_epochs(PROBLEM, arrays, 64, ORDERS, threads)
        np.testing.assert_allclose(theta, alone, rtol=1e-9, atol=1e-11)


def test_one_objective_serves_several_threads() -> None:
    """Calls take turns in its workspaces."""
    arrays = make_arrays(PROBLEM.loss, 2500, 7, 3)
    objective = NativeObjective(PROBLEM.network, PROBLEM.loss, L2(0.1), arrays, 2)
    thetas = [parameters(PROBLEM.network, seed) for seed in range(40)]
    expected = [objective.value_and_gradient(theta) for theta in thetas]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(objective.value_and_gradient, thetas))
    for (loss, penalty, gradient), (other_loss, other_penalty, other) in zip(
        found, expected, strict=True
    ):
        assert (loss, penalty) == (other_loss, other_penalty)
        np.testing.assert_array_equal(gradient, other)


def test_concurrent_trainers(two_blas_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the plainest build, which takes every product to BLAS."""
    use(builds()[0], monkeypatch)
    arrays = make_arrays(PROBLEM.loss, 300, 7, 3, csr=True)
    expected, _, _ = after_epochs(PROBLEM, arrays, 16, ORDERS, 2)
    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(after_epochs, PROBLEM, arrays, 16, ORDERS, 2) for _ in range(24)]
    for run in runs:
        np.testing.assert_array_equal(run.result()[0], expected)
    assert set(blas_threads()) == {2}


# The lid on BLAS's threads.


def test_blas_is_held_and_released(two_blas_threads: None) -> None:
    with one_thread_blas():
        assert set(blas_threads()) == {1}
        # What the user allowed, seen from inside as well.
        assert blas_thread_limit() == 2
    assert set(blas_threads()) == {2}
    assert blas_thread_limit() == 2


def test_the_last_one_out_restores_blas(two_blas_threads: None) -> None:
    first, second = one_thread_blas(), one_thread_blas()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(blas_threads()) == {1}
    second.__exit__(None, None, None)
    assert set(blas_threads()) == {2}


def test_the_fewest_threads_hold(two_blas_threads: None) -> None:
    """Also beyond what the environment allows, which is there again afterwards."""
    with blas_held_to(3):
        assert set(blas_threads()) == {3}
        assert blas_thread_limit() == 2
        few, many = blas_held_to(1), blas_held_to(4)
        few.__enter__()
        many.__enter__()
        assert set(blas_threads()) == {1}
        few.__exit__(None, None, None)
        assert set(blas_threads()) == {3}
        many.__exit__(None, None, None)
    assert set(blas_threads()) == {2}


def test_every_thread_may_hold_it(two_blas_threads: None) -> None:
    """Also once another has set the limit, which threadpoolctl takes for that thread's own."""

    def held() -> set[int]:
        with one_thread_blas():
            return set(blas_threads())

    assert held() == {1}
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(held).result() == {1}
        assert set(blas_threads()) == {2}
        with one_thread_blas():
            assert pool.submit(held).result() == {1}
        assert set(blas_threads()) == {2}
        assert pool.submit(blas_threads).result() == blas_threads()


# Products of more than so many terms go to BLAS in every build.
WIDE = network(Tanh(), 5000, 2, 1)


@each_build
@pytest.mark.parametrize("net", [WIDE, network(Tanh(), 3, 5000, 1), network(Tanh(), 3, 2, 5000)])
def test_engines_tell_that_they_call_blas(build: Any, net: Network) -> None:
    layers = native.native_layers(net, training=True)
    engine = build.Engine32(net.n_inputs, layers, ("SquaredError", []), ("L2", [0.0]), 2)
    assert engine.calls_blas()


def test_blas_is_held_while_it_is_called(
    two_blas_threads: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    @contextmanager
    def watched() -> Iterator[None]:
        with one_thread_blas():
            held.append(set(blas_threads()))
            yield

    monkeypatch.setattr(native, "one_thread_blas", watched)
    arrays = make_arrays(SquaredError(), 6, 5000, 1)
    after_epochs(Problem(WIDE, SquaredError(), L2(), SGD()), arrays, 3, [None], 2)
    NativeObjective(WIDE, SquaredError(), L2(), arrays, 2).value_and_gradient(parameters(WIDE))
    native.native_scores(WIDE, parameters(WIDE), arrays.X, 2)
    assert held == [{1}] * 3
    assert set(blas_threads()) == {2}


def test_blas_is_restored_after_an_error(two_blas_threads: None) -> None:
    arrays = make_arrays(SquaredError(), 6, 5000, 1)
    problem = Problem(WIDE, SquaredError(), L2(), SGD())
    with pytest.raises(ValueError, match="row number"):
        after_epochs(problem, arrays, 3, [np.array([6])], 2)
    objective = NativeObjective(WIDE, SquaredError(), L2(), arrays, 2)
    with pytest.raises(ValueError, match="number of parameters"):
        objective.value_and_gradient(np.zeros(3))
    assert set(blas_threads()) == {2}


# Ctrl-C.


@pytest.fixture
def python_answers_ctrl_c() -> Iterator[None]:
    """Python's own answer to SIGINT; a shell that starts a job in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def signal_once_moving(number: signal.Signals, theta: npt.NDArray[np.float64]) -> threading.Thread:
    """Sends a signal as soon as the first step has been seen."""

    def wait_and_send() -> None:
        while theta[-1] == 0:
            time.sleep(0.001)
        signal.raise_signal(number)

    sender = threading.Thread(target=wait_and_send, daemon=True)
    sender.start()
    return sender


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_ends_an_epoch(
    threads: int,
    two_blas_threads: None,
    python_answers_ctrl_c: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All weights at 0 stay there, but the last bias counts the steps: each adds nearly 1e-9.

    On the plainest build, whose calls of BLAS have a limit to give back.
    """
    use(builds()[0], monkeypatch)
    steps, net = 1_000_000, network(ReLU(), 64, 256, 256, 1)
    problem = Problem(net, SquaredError(), L2(), SGD(1e-9))
    arrays = Arrays(np.ones((2, 64)), np.ones((2, 1)))
    theta = np.zeros(net.n_parameters)
    trainer = NativeTrainer(
        problem, arrays, theta, OptimizerState.of(problem.optimizer, theta), threads
    )
    rows, factors = np.zeros(steps, np.int64), np.ones(steps)
    sender = signal_once_moving(signal.SIGINT, theta)
    with pytest.raises(KeyboardInterrupt):
        trainer.epoch(EpochPlan(rows, 1, factors))
    sender.join()
    done = theta[-1] / 1e-9
    # Far from the end.
    assert done < 0.9 * steps
    assert set(blas_threads()) == {2}
    # Engine, trainer and interpreter go on as if nothing had happened.
    epoch = trainer.epoch(EpochPlan(rows[:100], 1, factors[:100]))
    assert theta[-1] / 1e-9 == pytest.approx(done + 100)
    assert epoch.data_loss == pytest.approx(0.5, rel=1e-2)


@pytest.mark.usefixtures("python_answers_ctrl_c")
def test_epochs_before_a_signal_are_reported_before_it_is_raised() -> None:
    """Whoever presses Ctrl-C in the midst of a stretch of epochs hears of those that were over."""
    net = network(ReLU(), 64, 256, 1)
    problem = Problem(net, SquaredError(), L2(), SGD(1e-9))
    arrays, theta = Arrays(np.ones((4, 64)), np.ones((4, 1))), np.zeros(net.n_parameters)
    memory = OptimizerState.of(problem.optimizer, theta)
    trainer = NativeTrainer(problem, arrays, theta, memory, 1)
    n = 1_000_000
    sender = signal_once_moving(signal.SIGINT, theta)
    heard = trainer.epochs(EpochPlan(arrays.order, 1, np.ones(4 * n), n, None))
    sender.join()
    over: list[Epoch] = []
    with pytest.raises(KeyboardInterrupt):
        over.extend(heard)
    assert 0 < len(over) < n
    assert all(epoch.steps == 4 for epoch in over)
    assert 4 * len(over) <= memory.steps[0] < 4 * (len(over) + 1)


def test_a_signal_with_a_handler_of_the_users_does_not_end_an_epoch() -> None:
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    try:
        net = network(ReLU(), 64, 256, 1)
        problem = Problem(net, SquaredError(), L2(), SGD(1e-9))
        theta = np.zeros(net.n_parameters)
        arrays = Arrays(np.ones((1, 64)), np.ones((1, 1)))
        trainer = NativeTrainer(
            problem, arrays, theta, OptimizerState.of(problem.optimizer, theta), 1
        )
        steps = 50_000
        sender = signal_once_moving(signal.SIGUSR1, theta)
        trainer.epoch(EpochPlan(np.zeros(steps, np.int64), 1, np.ones(steps)))
        sender.join()
        assert theta[-1] / 1e-9 == pytest.approx(steps, rel=1e-3)
        assert seen == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_signal_leaves_whole_steps_and_their_number(threads: int) -> None:
    """On rows of zeros only the penalty moves the weights: by one factor a step, and all alike."""
    net = Network(64, (Dense(512, ReLU()), Dense(1)))
    problem = Problem(net, SquaredError(), L2(1.0), SGD(lr=1e-4))
    X = np.zeros((400_000, 64))
    arrays = Arrays(X, np.zeros((len(X), 1)))
    for delay in (0.11, 0.13, 0.17):
        theta = np.ones(net.n_parameters)
        for _, b in net.weights_and_biases(theta):
            b[:] = 0
        memory = OptimizerState.of(problem.optimizer, theta)
        trainer = NativeTrainer(problem, arrays, theta, memory, threads)
        threading.Timer(delay, signal.raise_signal, (signal.SIGINT,)).start()
        with pytest.raises(KeyboardInterrupt):
            trainer.epoch(EpochPlan(None, 8, np.ones(50_000)))
        steps = int(memory.steps[0])
        assert steps > 0
        # The penalty's gradient of a batch of 8 rows is W / 8.
        for W, _ in net.weights_and_biases(theta):
            np.testing.assert_allclose(W, (1 - 1e-4 / 8) ** steps, rtol=1e-9)
