"""A layer beside its input."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.activations import Sigmoid, Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.curvature import Objective
from rosenblatt.losses import SquaredError
from rosenblatt.network import BesideInput, Dense, Network, Sequential
from rosenblatt.normalizations import BatchNorm
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import central_difference, parameters

INNER = Sequential((Dense(2, Sigmoid()), Dense(1, Tanh())))
NETWORK = Network(3, (BesideInput(Dense(2, Tanh())), BesideInput(INNER), Dense(2)))
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((7, 3)), RNG.standard_normal((7, 2))


def test_by_hand() -> None:
    """y = v₁(w x + b) + v₂ x + c at w = 3, b = -1, v = (5, 7), c = 2, x = 2: y = 25 + 14 + 2."""
    net = Network(1, (BesideInput(Dense(1)), Dense(1)))
    theta = np.array([3.0, -1.0, 5.0, 7.0, 2.0])
    assert list(net.named_parameters(theta)) == [
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "layers.1.bias",
    ]
    trace = backpropagate(net, theta, np.array([2.0]), np.array([40.0]), SquaredError())
    assert trace.forward.scores == 41
    # The error is 1: ∂y/∂w = v₁ x, ∂y/∂b = v₁, ∂y/∂v = (5, 2).
    np.testing.assert_array_equal(trace.gradient, [10, 5, 5, 2, 1])


def objective(theta: np.ndarray) -> float:
    return backpropagate(NETWORK, theta, X, Y, SquaredError(), L2(0.3)).objective


def test_gradient_is_the_derivative() -> None:
    theta = parameters(NETWORK)
    unit = np.eye(len(theta))
    numeric = [central_difference(lambda h, e=e: objective(theta + h * e), 0.0, 1e-3) for e in unit]
    found = backpropagate(NETWORK, theta, X, Y, SquaredError(), L2(0.3)).gradient
    np.testing.assert_allclose(found, numeric, rtol=1e-7, atol=1e-9)


def test_hessian_product_is_the_derivative_of_the_gradient() -> None:
    J = Objective(NETWORK, SquaredError(), L2(0.3), Arrays(X, Y))
    theta, direction = parameters(NETWORK), parameters(NETWORK, 1)
    numeric = central_difference(lambda h: J.gradient(theta + h * direction), 0.0, 1e-3)
    found = J.hessian_vector_product(theta, direction)
    np.testing.assert_allclose(found, numeric, rtol=1e-7, atol=1e-9)


def test_running_statistics_are_the_inner_layers() -> None:
    net = Network(3, (BesideInput(Dense(2, Tanh(), normalization=BatchNorm())), Dense(1)))
    state = net.initial_state()
    assert set(net.named_state(state)) == {"layers.0.running_mean", "layers.0.running_var"}
    scores = forward(net, parameters(net), X, state=state).scores
    assert np.isfinite(scores).all()


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="layer must be a layer such as"):
        BesideInput(Tanh())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"takes samples of shape \(n,\)"):
        Network(4, (Dense(4), BesideInput(Dense(2)))).layers[1].output_shape((2, 2))
