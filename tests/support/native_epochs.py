"""Whole epochs by both engines, compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.problem import Arrays, Problem
from tests.support.native_cases import (
    after_epochs,
    assert_near,
    in_double,
)

Orders = list[Any]
# Rounding grows with the steps taken.
GROWTH = 5


def assert_same_epochs(
    problem: Problem, arrays: Arrays, batch_size: int, orders: Orders, threads: int
) -> None:
    dtype = arrays.y.dtype.type
    theta, memory, epochs = after_epochs(problem, arrays, batch_size, orders, threads)
    expected = after_epochs(problem, in_double(arrays), batch_size, orders, None)
    assert theta.dtype == dtype
    assert_near(theta, expected[0], dtype, GROWTH)
    for slot, expected_slot in zip(memory.slots, expected[1].slots, strict=True):
        assert_near(slot, expected_slot, dtype, GROWTH)
    assert memory.steps == expected[1].steps
    if problem.averaging.has_mean:
        assert_near(memory.average, expected[1].average, dtype, GROWTH)
    for epoch, other in zip(epochs, expected[2], strict=True):
        assert epoch.steps == other.steps
        assert_near(epoch.data_loss, other.data_loss, dtype, GROWTH)
        assert_near(epoch.penalty, other.penalty, dtype, GROWTH)
        assert_near(epoch.gradient_norms, other.gradient_norms, dtype, GROWTH)


def shuffled(n: int, epochs: int = 3) -> Orders:
    rng = np.random.default_rng(0)
    return [rng.permutation(n) for _ in range(epochs)]
