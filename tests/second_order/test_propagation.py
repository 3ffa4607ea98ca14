"""Derivatives of the scores, held to differences, and the triangular factor (G17)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Activation, ReLU, Softmax, Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.second_order.propagation import deltas, flat_gradient, jacobian, scores_along
from rosenblatt.second_order.triangular import fold, with_diagonal
from tests.support.members import (
    TRAINABLE,
    away_from_kinks,
    central_difference,
    network,
    parameters,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((5, 3))


@pytest.mark.parametrize("activation", TRAINABLE, ids=repr)
def test_jacobian_is_the_derivative_of_the_scores(activation: Activation) -> None:
    net = network(activation, 3, 4, 3, 2)
    rows, theta = away_from_kinks(net, None, 5, margin=0.01)

    def scores(parameter: int, value: float) -> Any:
        moved = theta.copy()
        moved[parameter] = value
        return forward(net, moved, rows).scores.ravel()

    s, J = jacobian(net, theta, rows)
    np.testing.assert_array_equal(s, forward(net, theta, rows).scores)
    assert J.shape == (10, net.n_parameters)
    for p in range(net.n_parameters):
        numeric = central_difference(lambda t, p=p: scores(p, t), theta[p], 1e-3)
        np.testing.assert_allclose(J[:, p], numeric, atol=1e-8)


@pytest.mark.parametrize("last", [Tanh(), Softmax()], ids=repr)
def test_jacobian_through_an_activation_at_the_end(last: Activation) -> None:
    """A last layer with an activation couples the scores, or bends them."""
    net = Network(3, (Dense(4, Tanh()), Dense(3, last)))
    theta = parameters(net, seed=5)
    v = RNG.standard_normal(net.n_parameters)

    def along(t: float) -> Any:
        return forward(net, theta + t * v, X).scores.ravel()

    _, J = jacobian(net, theta, X)
    np.testing.assert_allclose(J @ v, central_difference(along, 0.0, 1e-3), atol=1e-7)


@pytest.mark.parametrize("activation", TRAINABLE, ids=repr)
def test_scores_along_a_direction(activation: Activation) -> None:
    net = network(activation, 3, 4, 3, 2)
    theta, v = parameters(net, seed=4), RNG.standard_normal(net.n_parameters)
    _, J = jacobian(net, theta, X)
    moved = scores_along(net, theta, forward(net, theta, X), v)
    np.testing.assert_allclose(moved.ravel(), J @ v, rtol=1e-10, atol=1e-13)


def test_gradient_from_deltas_is_back_propagations() -> None:
    net = network(Tanh(), 3, 4, 2)
    theta, y = parameters(net), RNG.standard_normal((5, 2))
    weights = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    trace = backpropagate(net, theta, X, y, SquaredError(), sample_weight=weights)
    passed = forward(net, theta, X)
    delta = deltas(net, theta, passed, passed.scores - y)
    g = flat_gradient(net, passed, delta, weights / weights.sum())
    np.testing.assert_allclose(g, trace.gradient, rtol=1e-12, atol=1e-15)


def normal(*shape: int) -> npt.NDArray[np.float64]:
    return RNG.standard_normal(shape)


@pytest.mark.parametrize("blocks", [(30,), (3, 20), (10, 10, 10), (1, 2)])
def test_folding_rows_in_gives_the_factor_of_all(blocks: tuple[int, ...]) -> None:
    """TᵀT = AᵀA, whether there are more rows than columns or fewer."""
    parts = [normal(rows, 7) for rows in blocks]
    T = np.zeros((7, 7), order="F")
    for part in parts:
        T = fold(T, part.copy(order="F"))
    A = np.vstack(parts)
    np.testing.assert_array_equal(T, np.triu(T))
    np.testing.assert_allclose(T.T @ T, A.T @ A, rtol=1e-12, atol=1e-12)


def test_a_diagonal_below_the_factor() -> None:
    A, d, b = normal(40, 65), RNG.uniform(0, 2, 64), normal(64)
    d[3] = 0
    T = fold(np.zeros((65, 65), order="F"), A.copy(order="F"))
    before = T.copy()
    together = with_diagonal(T, d, b)
    np.testing.assert_array_equal(T, before)
    stacked = np.vstack([A, np.column_stack([np.diag(d), b])])
    np.testing.assert_allclose(together.T @ together, stacked.T @ stacked, rtol=1e-10, atol=1e-11)
    x = np.linalg.lstsq(stacked[:, :-1], -stacked[:, -1])[0]
    np.testing.assert_allclose(
        np.linalg.solve(together[:-1, :-1], -together[:-1, -1]), x, rtol=1e-8, atol=1e-10
    )


def test_dead_units_have_no_derivative() -> None:
    net = network(ReLU(), 2, 3, 1)
    theta = net.pack([np.ones((2, 3)), np.ones((3, 1))], [np.full(3, -100.0), [0.0]])
    _, J = jacobian(net, theta, np.ones((4, 2)))
    assert (J[:, :-1] == 0).all()
    np.testing.assert_array_equal(J[:, -1], 1)
