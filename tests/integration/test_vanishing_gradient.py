"""B14: what becomes of the gradient on its way through twenty layers, and what cures it.

A sigmoid layer scales the error by at most a quarter of its weights' norm, so that it fades by
orders of magnitude; ReLU with He's initial weights keeps its size on average, and a residual
connection hands it on whatever the layer does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Activation, ReLU, Sigmoid
from rosenblatt.backprop import Trace, backpropagate
from rosenblatt.initializers import GlorotUniform, HeNormal, Initializer
from rosenblatt.losses import SquaredError
from rosenblatt.network import Network
from tests.support.members import network

DEPTH, WIDTH, SEEDS = 20, 50, range(5)


def passed(
    g: Activation, initializer: Initializer, seed: int, **structure: Any
) -> tuple[Network, npt.NDArray[Any], Trace]:
    net = network(g, *[WIDTH] * DEPTH, 1, **structure)
    rng = np.random.default_rng(seed)
    theta = net.initial_parameters(rng, initializer)
    X, y = rng.standard_normal((64, WIDTH)), rng.standard_normal((64, 1))
    return net, theta, backpropagate(net, theta, X, y, SquaredError())


def norms(trace: Trace) -> npt.NDArray[Any]:
    """‖∂J/∂W‖ of every hidden layer, from the input on."""
    return np.array([np.linalg.norm(dW) for dW in trace.weight_gradients[:-1]])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sigmoid_layer_scales_the_error_by_at_most_a_quarter_of_its_norm(seed: int) -> None:
    """‖δˡ‖ ≤ ¼ ‖Wˡ⁺¹‖ ‖δˡ⁺¹‖, the weights' norm being the largest singular value."""
    net, theta, trace = passed(Sigmoid(), GlorotUniform(), seed)
    weights = [W for W, _ in net.weights_and_biases(theta)]
    for layer in range(DEPTH - 1):
        bound = np.linalg.norm(weights[layer + 1], 2) / 4 * np.linalg.norm(trace.delta[layer + 1])
        assert np.linalg.norm(trace.delta[layer]) <= bound


@pytest.mark.parametrize("seed", SEEDS)
def test_through_sigmoid_layers_the_gradient_vanishes(seed: int) -> None:
    """Glorot's weights keep a vector's length, and the slope is at most ¼: 0.25¹⁸ is 1e-11."""
    found = norms(passed(Sigmoid(), GlorotUniform(), seed)[2])
    steps = len(found) - 1
    assert found[0] / found[-1] < 0.3**steps
    assert (found[1:-1] < 0.6 * found[2:]).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_relu_with_hes_weights_keeps_it(seed: int) -> None:
    found = norms(passed(ReLU(), HeNormal(), seed)[2])
    assert found.max() / found.min() < 100


@pytest.mark.parametrize("seed", SEEDS)
def test_residual_connections_keep_it_even_through_sigmoids(seed: int) -> None:
    found = norms(passed(Sigmoid(), GlorotUniform(), seed, residual=True)[2])
    assert found.max() / found.min() < 100
