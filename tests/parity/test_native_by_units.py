"""Steps of wide layers, shared by units: the readable engine's numbers, and the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Activation, Identity, ReLU, Tanh
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Adam
from rosenblatt.problem import Problem
from rosenblatt.regularization.penalties import L2
from tests.support.members import network
from tests.support.native_cases import (
    after_epochs,
    assert_near,
    each_build,
    in_double,
    make_arrays,
    use,
)

# Widths that divide by no vector, and one thread's share of which is wide enough on every build.
CASES: list[tuple[Activation, Loss, tuple[int, ...]]] = [
    (ReLU(), CategoricalCrossEntropy(), (37, 200, 199, 5)),
    (Tanh(), BinaryCrossEntropy(), (3, 230, 1)),
    (Tanh(), SquaredError(), (150, 193, 205, 211, 40)),
    (Identity(), BinaryCrossEntropy(), (1, 192, 2)),
]


@pytest.mark.product(every=5)
@each_build
@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("g", "loss", "units"), CASES)
def test_whole_epochs(
    build: Any,
    g: Activation,
    loss: Loss,
    units: tuple[int, ...],
    dtype: Any,
    threads: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the rows' own order and in another, with weights, and a last batch of a single row."""
    use(build, monkeypatch)
    problem = Problem(network(g, *units), loss, L2(0.1), SGD(0.002, momentum=0.5))
    arrays = make_arrays(loss, 97, units[0], units[-1], dtype, weighted=True)
    orders = [None, np.random.default_rng(5).permutation(97)]
    theta, memory, epochs = after_epochs(problem, arrays, 32, orders, threads)
    expected, slots, records = after_epochs(problem, in_double(arrays), 32, orders, None)
    assert_near(theta, expected, dtype, 20)
    assert_near(memory.slots, slots.slots, dtype, 20)
    assert memory.steps == slots.steps
    for ours, theirs in zip(epochs, records, strict=True):
        assert_near(ours.data_loss, theirs.data_loss, dtype, 20)
        assert_near(ours.penalty, theirs.penalty, dtype, 20)
        assert_near(ours.gradient_norms, theirs.gradient_norms, dtype, 20)


@pytest.mark.parametrize("threads", [2, 3])
def test_same_bits_from_run_to_run(threads: int) -> None:
    net = Network(20, (Dense(256, ReLU()), Dense(224, Tanh()), Dense(3)))
    problem = Problem(net, CategoricalCrossEntropy(), L2(1e-3), Adam(0.01))
    arrays = make_arrays(problem.loss, 500, 20, 3, np.float32, weighted=True)
    orders: list[Any] = [np.random.default_rng(i).permutation(500) for i in range(3)]
    runs = [after_epochs(problem, arrays, 64, orders, threads) for _ in range(4)]
    for theta, memory, epochs in runs[1:]:
        np.testing.assert_array_equal(theta, runs[0][0])
        np.testing.assert_array_equal(memory.slots, runs[0][1].slots)
        assert [e.data_loss for e in epochs] == [e.data_loss for e in runs[0][2]]


def test_sharing_by_units_or_by_rows_gives_one_result() -> None:
    """Batches beyond one block of rows are shared by rows; a batch is the same either way."""
    net = Network(8, (Dense(256, Tanh()), Dense(1)))
    problem = Problem(net, SquaredError(), L2(0.01), SGD(0.1))
    arrays = make_arrays(problem.loss, 1100, 8, 1)
    by_rows, _, _ = after_epochs(problem, arrays, 1100, [None], 2)
    alone, _, _ = after_epochs(problem, arrays, 1100, [None], 1)
    np.testing.assert_allclose(by_rows, alone, rtol=1e-11, atol=1e-13)
    by_units, _, _ = after_epochs(problem, arrays, 1000, [None], 2)
    alone, _, _ = after_epochs(problem, arrays, 1000, [None], 1)
    np.testing.assert_allclose(by_units, alone, rtol=1e-11, atol=1e-13)
