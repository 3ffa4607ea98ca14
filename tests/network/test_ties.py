"""Tied weights: gradients of the free parameters by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.activations import Identity, Sigmoid, Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.engine.steps import penalised
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, Tie, copy_tied, fold_tied
from rosenblatt.regularization.activity import ActivityL1, ActivityPenalty, KLSparsity
from rosenblatt.regularization.penalties import L2

NETWORK = Network(4, (Dense(3, Tanh()), Dense(2, Sigmoid()), Dense(3, Tanh()), Dense(4)))
TIES = (Tie(0, 3), Tie(1, 2))


def test_copies_are_transposed_and_gradients_are_summed() -> None:
    rng = np.random.default_rng(0)
    theta = rng.normal(size=NETWORK.n_parameters)
    before = NETWORK.named_parameters(theta.copy())
    copy_tied(NETWORK, TIES, theta)
    after = NETWORK.named_parameters(theta)
    assert (after["layers.3.weight"] == before["layers.0.weight"].T).all()
    assert (after["layers.2.weight"] == before["layers.1.weight"].T).all()
    same = {n for n in before if (after[n] == before[n]).all()}
    assert same == before.keys() - {"layers.2.weight", "layers.3.weight"}

    g = rng.normal(size=NETWORK.n_parameters)
    old = NETWORK.named_parameters(g.copy())
    fold_tied(NETWORK, TIES, g)
    new = NETWORK.named_parameters(g)
    summed = old["layers.0.weight"] + old["layers.3.weight"].T
    np.testing.assert_array_equal(new["layers.0.weight"], summed)
    assert (new["layers.3.weight"] == 0).all()


@pytest.mark.parametrize("activity", [ActivityL1(0.2), KLSparsity(0.5, 0.1)], ids=repr)
def test_gradient_check(activity: ActivityPenalty) -> None:
    rng = np.random.default_rng(1)
    X, w = rng.normal(size=(7, 4)), rng.uniform(0.5, 2, 7)
    theta = rng.normal(size=NETWORK.n_parameters)
    copy_tied(NETWORK, TIES, theta)
    ones = np.ones_like(theta)
    fold_tied(NETWORK, TIES, ones)
    free = np.flatnonzero(ones)

    def objective(theta: np.ndarray, g: np.ndarray | None = None) -> float:
        trace = backpropagate(
            NETWORK, theta, X, X, SquaredError(), sample_weight=w, activities=((1, activity),)
        )
        gradient = trace.gradient
        added = penalised(NETWORK, L2(0.3), theta, gradient, w.sum(), TIES)
        if g is not None:
            g[...] = gradient
        # What J is, by its definition and not by what the code adds up.
        first = NETWORK.layer_parameters(theta)[:2]
        by_hand = 0.15 * sum(float((layer["weight"] ** 2).sum()) for layer in first) / w.sum()
        assert added == pytest.approx(by_hand)
        return trace.objective + added

    g = np.empty_like(theta)
    objective(theta, g)
    h = 1e-5
    slopes = []
    for k in free:
        values = []
        for step in (h, -h):
            moved = theta.copy()
            moved[k] += step
            copy_tied(NETWORK, TIES, moved)
            values.append(objective(moved))
        slopes.append((values[0] - values[1]) / (2 * h))
    error = np.linalg.norm(g[free] - slopes) / np.linalg.norm(slopes)
    assert error < 1e-7
    assert (np.delete(g, free) == 0).all()


def test_an_activity_of_an_inner_layer_reaches_no_later_one() -> None:
    network = Network(2, (Dense(2, Identity()), Dense(2)))
    rng = np.random.default_rng(2)
    theta, X = rng.normal(size=network.n_parameters), rng.normal(size=(5, 2))
    plain = backpropagate(network, theta, X, X, SquaredError())
    with_it = backpropagate(
        network, theta, X, X, SquaredError(), activities=((0, ActivityL1(0.5)),)
    )
    codes = plain.forward.a[1]
    assert with_it.objective - plain.objective == pytest.approx(0.5 * np.abs(codes).sum() / 5)
    assert with_it.activity == pytest.approx(0.5 * np.abs(codes).sum() / 5)
    difference = network.named_parameters(with_it.gradient - plain.gradient)
    np.testing.assert_allclose(difference["layers.0.weight"], 0.1 * X.T @ np.sign(codes))
    assert (difference["layers.1.weight"] == 0).all()
