"""Products of bfloat16 factors, by what one step of plain gradient descent does with each of them.

A layer's three products are read off the biases and weights that the step moves, and held against
the float64 product of factors that NumPy rounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from rosenblatt.engine import EpochPlan, has_bfloat16
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.losses import SquaredError
from rosenblatt.network import Network
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.members import network
from tests.support.native_cases import builds, each_build, use

Floats = npt.NDArray[Any]

on_this_processor = pytest.mark.skipif(not has_bfloat16(), reason="no AVX512-BF16")
# Odd sums, columns that fill no vector, rows that fill no tile: all of a size that is rounded.
SHAPES = [(24, 24, 43), (25, 33, 64), (49, 129, 21), (67, 65, 16), (105, 103, 10), (130, 30, 256)]


def rounded(x: Floats) -> Floats:
    """x in bfloat16, to nearest and ties to even, in float64."""
    bits = x.astype(np.float32).view(np.uint32)
    nearest = bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
    return (nearest & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


def normal(*shape: int) -> Floats:
    rng = np.random.default_rng(shape)
    return rng.standard_normal(shape).astype(np.float32)


def gradient(
    net: Network,
    X: Floats,
    y: Floats,
    theta: Floats,
    *,
    weights: Floats | None = None,
    threads: int = 1,
    bfloat16: bool = True,
) -> list[tuple[Floats, Floats]]:
    """The step of rate 1 over all rows, turned round."""
    moved = theta.copy()
    problem = Problem(net, SquaredError(), L2(0.0), SGD(lr=1.0))
    memory = OptimizerState.of(problem.optimizer, moved)
    trainer = NativeTrainer(problem, Arrays(X, y, weights), moved, memory, threads, bfloat16)
    trainer.epoch(EpochPlan(None, len(X), np.ones(1)))
    return net.weights_and_biases(theta - moved)


def only(row: int, rows: int) -> Floats:
    weights = np.zeros(rows, np.float32)
    weights[row] = 1
    return weights


def assert_product(actual: Floats, A: Floats, B: Floats, *, also: float = 0.0) -> None:
    """Equal to the product of the rounded factors, and not to that of the factors."""
    # Signs are random, so that errors of the sums do not add up.
    bound = 16 * 2.0**-24 * (np.abs(A.astype(float)) @ np.abs(B.astype(float)) + also)
    assert (np.abs(actual - rounded(A) @ rounded(B)) <= bound).all()
    assert (np.abs(actual - A.astype(float) @ B.astype(float)) > bound).mean() > 0.5


@on_this_processor
@pytest.mark.parametrize(("rows", "n_in", "n_out"), SHAPES)
def test_forward(rows: int, n_in: int, n_out: int) -> None:
    net = network(Identity(), n_in, n_out)
    X, W, b = normal(rows, n_in), normal(n_in, n_out), normal(n_out)
    theta, y = net.pack([W], [b], np.float32), np.zeros((rows, n_out), np.float32)
    scores = [gradient(net, X, y, theta, weights=only(i, rows))[0][1] for i in range(rows)]
    assert_product(np.array(scores) - b, X, W, also=8.0)


@on_this_processor
@pytest.mark.parametrize("g", [Identity(), ReLU(), Tanh(), Sigmoid()])
def test_activations_finish_the_product(g: Activation) -> None:
    rows, n_in, n_hidden = 26, 33, 41
    net = network(g, n_in, n_hidden, 1)
    X, W, b, v = normal(rows, n_in), 0.2 * normal(n_in, n_hidden), normal(n_hidden), normal(41, 1)
    theta = net.pack([W, v], [b, np.zeros(1)], np.float32)
    y = np.zeros((rows, 1), np.float32)
    scores = [gradient(net, X, y, theta, weights=only(i, rows))[1][1] for i in range(rows)]
    expected = g.value(rounded(X) @ rounded(W) + b) @ v.astype(np.float64)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=3e-5)


@on_this_processor
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("rows", "n_in", "n_out"), [*SHAPES, (1100, 30, 40)])  # in two blocks
def test_gradients_of_weights(rows: int, n_in: int, n_out: int, threads: int) -> None:
    net = network(Identity(), n_in, n_out)
    X, theta = normal(rows, n_in), np.zeros(net.n_parameters, np.float32)
    # δ = -y / rows, each far enough from the middle of two bfloat16 numbers.
    delta = (np.random.default_rng(rows).integers(-(2**15), 2**15, (rows, n_out)) + 0.5) / 2**15
    y = (-rows * delta).astype(np.float32)
    if threads == 2:  # a share of which may be too small to gain
        X, y = np.vstack([X, X]), 2 * np.vstack([y, y])
        delta = np.vstack([delta, delta])
    dW = gradient(net, X, y, theta, threads=threads)[0][0]
    assert_product(dW, X.T, delta.astype(np.float32))


@on_this_processor
@pytest.mark.parametrize(("rows", "n_in", "n_out"), SHAPES)
def test_gradients_of_inputs(rows: int, n_in: int, n_out: int) -> None:
    net = network(Identity(), 3, n_out, n_in)
    W, y = normal(n_out, n_in), normal(rows, n_in)
    theta = net.pack([np.zeros((3, n_out)), W], [np.zeros(n_out), np.zeros(n_in)], np.float32)
    X = np.zeros((rows, 3), np.float32)
    dx = [gradient(net, X, y, theta, weights=only(i, rows))[0][1] for i in range(rows)]
    assert_product(np.array(dx), -y, W.T)


@on_this_processor
def test_small_products_are_exact() -> None:
    net = network(Tanh(), 23, 20, 7)
    X, y, theta = normal(23, 23), normal(23, 7), normal(net.n_parameters)
    pairs = zip(gradient(net, X, y, theta), gradient(net, X, y, theta, bfloat16=False), strict=True)
    for (dW, db), (dW_exact, db_exact) in pairs:
        np.testing.assert_array_equal(dW, dW_exact)
        np.testing.assert_array_equal(db, db_exact)


@on_this_processor
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, np.finfo(np.float32).max])
def test_nonfinite_values_stay_nonfinite_in_bfloat16(bad: float) -> None:
    net = network(Identity(), 40, 40)
    X, y, theta = normal(40, 40), normal(40, 40), normal(net.n_parameters)
    X[7, 11] = bad  # the largest float32 rounds to ∞
    problem, moved = Problem(net, SquaredError(), L2(0.0), SGD(lr=1.0)), theta.copy()
    memory = OptimizerState.of(problem.optimizer, moved)
    trainer = NativeTrainer(problem, Arrays(X, y), moved, memory, 1, True)
    assert not trainer.epoch(EpochPlan(None, 40, np.ones(1))).finite
    np.testing.assert_array_equal(moved, theta)


@each_build
def test_builds_without_it_and_float64_are_refused(
    build: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(build, monkeypatch)
    net = network(Identity(), 3, 2)
    X, y, theta = normal(4, 3), normal(4, 2), normal(net.n_parameters)
    with pytest.raises(ValueError, match="no products of bfloat16 factors"):
        gradient(net, X.astype(float), y.astype(float), theta.astype(float))
    if not build.has_bfloat16():
        with pytest.raises(ValueError, match="no products of bfloat16 factors"):
            gradient(net, X, y, theta)


def test_only_the_widest_build_has_it() -> None:
    assert not any(build.has_bfloat16() for build in builds()[:-1])
