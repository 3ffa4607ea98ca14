"""The memory of Q-learning: targets by hand, and steps that are forgotten in turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.agents.learner import Design, Learner, clipping_of
from rosenblatt.agents.replay_memory import ReplayMemory
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD

NETWORK = Network(1, (Dense(3),))


def model(weights: Any, biases: Any) -> Model:
    theta = NETWORK.pack([np.array([weights])], [np.array(biases)], np.float32)
    return Model(NETWORK, theta, SquaredError())


def filled(capacity: int, n: int) -> tuple[ReplayMemory, Learner]:
    """Steps k = 0, 1, … with observation k, action k % 3, reward 10 k; every third is the last."""
    theta = model([1, 0, -1], [0, 2, 1]).parameters
    trained = Design(NETWORK, SquaredError(), SGD(0.1)).restored(theta)
    learner = Learner(trained, 3, clipping_of(None), capacity)
    memory = ReplayMemory(learner)
    for k in range(n):
        row = memory.begin(np.float32([k]), k % 3)
        memory.end(row, 10.0 * k, np.float32([k + 1]), k % 3 == 2)
    return memory, learner


@pytest.mark.parametrize("double", [False, True])
def test_targets_by_hand(double: bool) -> None:
    memory, learner = filled(4, 3)
    target = model([0, 0, 1], [5, 1, 4]).engine_predictor(n_jobs=1)
    rows = np.array([0, 1, 2])
    memory.set_targets(rows, target, 0.5, double)
    # Q = (s, 2, 1 - s). Of s' = 1 and 2: Q' = (5, 1, 5) and (5, 1, 6); Q chooses 1, then 0.
    first, second = (1.0, 5.0) if double else (5.0, 6.0)
    expected = [[0 + 0.5 * first, 2, 1], [1, 10 + 0.5 * second, 0], [2, 2, 20]]
    np.testing.assert_allclose(learner.y[rows], expected)


def test_behind_an_end_no_prediction_counts() -> None:
    memory, learner = filled(4, 3)
    target = model([3e38, 3e38, 3e38], [3e38, 3e38, 3e38]).engine_predictor(n_jobs=1)
    memory.set_targets(np.array([1, 2]), target, 0.5, False)
    assert learner.y[1, 1] == np.inf
    np.testing.assert_array_equal(learner.y[2], [2, 2, 20])


def test_the_error_of_other_actions_is_none() -> None:
    memory, learner = filled(4, 3)
    memory.set_targets(np.array([2]), learner.predictor, 0.5, False)
    before = learner.model.parameters.copy()
    learner.steps(np.array([2]), 1)
    (moved,) = np.nonzero((learner.model.parameters != before).reshape(2, 3).any(axis=0))
    assert moved.tolist() == [2]


def test_the_oldest_steps_are_forgotten() -> None:
    memory, learner = filled(4, 6)
    np.testing.assert_array_equal(learner.X[:, 0], [4, 5, 2, 3])
    np.testing.assert_array_equal(memory.rewards, [40, 50, 20, 30])
    np.testing.assert_array_equal(memory.following[:, 0], [5, 6, 3, 4])
    np.testing.assert_array_equal(memory.goes_on, [True, False, False, True])
    few, _ = filled(100, 6)
    drawn = few.drawn(np.random.RandomState(0), 1000)
    assert set(drawn.tolist()) == set(range(6))
