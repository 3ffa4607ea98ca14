"""Gradients of single examples, and the variance of a batch's (G6)."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ReLU, Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.curvature import (
    Objective,
    example_gradient_blocks,
    gradient_noise,
    per_example_gradients,
)
from rosenblatt.losses import CategoricalCrossEntropy, SquaredError
from rosenblatt.network import Dense, EnsembleDense, Network
from rosenblatt.normalizations import LayerNorm
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import network, parameters, targets

NETWORKS = {
    "plain": network(Tanh(), 3, 4, 2),
    "layer norm": Network(3, (Dense(4, ReLU(), LayerNorm()), Dense(2))),
    "residual": Network(3, (Dense(4, Tanh(), residual=True), Dense(2))),
    "members": Network(3, (EnsembleDense(2, 4, Tanh()), EnsembleDense(2, 2))),
}
WEIGHTS = np.array([0.5, 2.0, 1.0, 0.0, 3.0, 1.0])


def objective(net: Network, n: int = 6, weights: Any = None, strength: float = 0.3) -> Objective:
    X = np.random.default_rng(0).standard_normal((n, net.n_inputs))
    y = targets(CategoricalCrossEntropy(), n, net.n_outputs)
    return Objective(net, CategoricalCrossEntropy(), L2(strength), Arrays(X, y, weights))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)
def test_their_mean_is_the_gradient(net: Network, weights: Any) -> None:
    J, theta = objective(net, weights=weights), parameters(net)
    each = per_example_gradients(J, theta)
    assert each.shape == (6, net.n_parameters)
    np.testing.assert_allclose(each.mean(axis=0), J.gradient(theta), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)
def test_each_is_that_of_its_row(net: Network) -> None:
    J, theta = objective(net, strength=0.0), parameters(net)
    each = per_example_gradients(J, theta)
    for g, x, y in zip(each, J.arrays.X, J.arrays.y, strict=True):
        np.testing.assert_allclose(g, backpropagate(net, theta, x, y, J.loss).gradient, atol=1e-14)


def test_weight_zero_has_the_penalty_alone() -> None:
    net = NETWORKS["plain"]
    J, theta = objective(net, weights=WEIGHTS), parameters(net)
    expected = np.zeros_like(theta)
    parts = zip(net.weights_and_biases(theta), net.weights_and_biases(expected), strict=True)
    for (W, _), (dW, _) in parts:
        dW[...] = 0.3 * W / WEIGHTS.sum()
    np.testing.assert_allclose(per_example_gradients(J, theta)[3], expected)


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    net = NETWORKS["plain"]
    J, theta = objective(net, 50), parameters(net)
    whole, noise = per_example_gradients(J, theta), gradient_noise(J, theta)
    monkeypatch.setattr("rosenblatt.curvature.objective.NUMBERS_AT_ONCE", 7 * net.n_parameters)
    blocks = list(example_gradient_blocks(J, theta))
    assert [len(rows) for rows, _ in blocks] == [7] * 7 + [1]
    np.testing.assert_allclose(np.vstack([g for _, g in blocks]), whole, atol=1e-15)
    in_blocks = gradient_noise(J, theta)
    np.testing.assert_allclose(in_blocks.variance, noise.variance, rtol=1e-11)
    np.testing.assert_allclose(in_blocks.gradient, noise.gradient, atol=1e-15)


def test_too_large_an_array_is_refused() -> None:
    net = network(Tanh(), 100, 1000, 1)
    rows = Arrays(np.zeros((3000, 100)), np.zeros((3000, 1)))
    J = Objective(net, SquaredError(), L2(), rows)
    with pytest.raises(ValueError, match=r"take 2\.3 GiB: take `example_gradient_blocks`"):
        per_example_gradients(J, np.zeros(net.n_parameters))


def test_variance_is_that_of_the_examples() -> None:
    net = NETWORKS["plain"]
    J, theta = objective(net), parameters(net)
    each, noise = per_example_gradients(J, theta), gradient_noise(J, theta)
    np.testing.assert_allclose(noise.variance, each.var(axis=0), rtol=1e-12)
    np.testing.assert_allclose(noise.gradient, J.gradient(theta), rtol=1e-10, atol=1e-14)
    assert noise.n_samples == 6
    assert noise.trace == pytest.approx(each.var(axis=0).sum(), rel=1e-12)
    squared = np.linalg.norm(J.gradient(theta)) ** 2
    assert noise.noise_scale == pytest.approx(noise.trace / squared, rel=1e-9)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_variance_of_all_batches(size: int) -> None:
    """By enumeration: every batch there is, each as likely (G6)."""
    net = network(Tanh(), 2, 2, 2)
    J, theta = objective(net, 5), parameters(net)
    each, noise = per_example_gradients(J, theta), gradient_noise(J, theta)
    drawn = [each[list(rows)].mean(axis=0) for rows in product(range(5), repeat=size)]
    np.testing.assert_allclose(
        noise.of_batch(size, replacement=True), np.var(drawn, axis=0), rtol=1e-11
    )
    kept = [each[list(rows)].mean(axis=0) for rows in combinations(range(5), size)]
    np.testing.assert_allclose(noise.of_batch(size), np.var(kept, axis=0), rtol=1e-11)
    assert noise.trace_of_batch(size) == pytest.approx(np.var(kept, axis=0).sum(), rel=1e-11)


def test_all_rows_at_once_have_no_noise() -> None:
    J, theta = objective(NETWORKS["plain"]), parameters(NETWORKS["plain"])
    noise = gradient_noise(J, theta)
    assert noise.trace_of_batch(6) == 0
    assert noise.trace_of_batch(60, replacement=True) == pytest.approx(noise.trace / 60)
    with pytest.raises(ValueError, match="a batch of 7 examples cannot be drawn from 6"):
        noise.of_batch(7)
    with pytest.raises(ValueError, match="a batch of 0 examples"):
        noise.of_batch(0, replacement=True)
