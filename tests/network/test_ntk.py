"""The neural tangent parametrisation of dense layers, and initial weights that fit rows."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.activations import SELU, ReLU, Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.initializers import GlorotUniform, LeCunNormal
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, ParametricActivation, Scale, fit_initial_parameters
from rosenblatt.second_order.checks import plain_layers

NTK = Network(9, (Dense(16, Tanh(), ntk=True), Dense(2, ntk=True)))
PLAIN = Network(9, (Dense(16, Tanh()), Dense(2)))
FACTORS = 1 / 3, 1 / 4  # 1/√n_in of the layers
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 9)), RNG.standard_normal((20, 2))


def test_it_is_the_plain_network_of_scaled_weights() -> None:
    theta = RNG.standard_normal(NTK.n_parameters)
    plain = theta.copy()
    for (W, _), factor in zip(PLAIN.weights_and_biases(plain), FACTORS, strict=True):
        W *= factor
    np.testing.assert_allclose(
        forward(NTK, theta, X).scores, forward(PLAIN, plain, X).scores, rtol=1e-13
    )
    ours = backpropagate(NTK, theta, X, Y, SquaredError())
    theirs = backpropagate(PLAIN, plain, X, Y, SquaredError())
    for dW, other, factor in zip(
        ours.weight_gradients, theirs.weight_gradients, FACTORS, strict=True
    ):
        np.testing.assert_allclose(dW, factor * other, rtol=1e-12)
    for db, other in zip(ours.bias_gradients, theirs.bias_gradients, strict=True):
        np.testing.assert_allclose(db, other, rtol=1e-12)


@pytest.mark.parametrize("initializer", [GlorotUniform(), LeCunNormal()])
def test_it_begins_as_the_plain_network_does(initializer: GlorotUniform | LeCunNormal) -> None:
    ntk, plain = (
        net.initial_parameters(np.random.RandomState(0), initializer) for net in (NTK, PLAIN)
    )
    np.testing.assert_allclose(forward(NTK, ntk, X).scores, forward(PLAIN, plain, X).scores)


def test_lecuns_weights_are_standard_normal() -> None:
    network = Network(400, (Dense(300, ntk=True),))
    theta = network.initial_parameters(np.random.RandomState(0), LeCunNormal())
    W, _ = network.weights_and_biases(theta)[0]
    assert W.std() == pytest.approx(1, rel=0.01)


def test_second_order_methods_refuse_it() -> None:
    with pytest.raises(ValueError, match="nothing else, got Dense"):
        plain_layers(NTK)


@pytest.mark.parametrize("ntk", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fitted_units_have_spread_one_and_bend_among_the_rows(ntk: bool, dtype: type) -> None:
    layers = (
        Scale(),
        Dense(30, ntk=ntk),
        ParametricActivation(SELU()),
        Dense(20, ReLU(), ntk=ntk),
        Dense(4, ntk=ntk),
    )
    network = Network(9, layers)
    theta = network.initial_parameters(np.random.RandomState(0), LeCunNormal(), dtype)
    rows = np.random.default_rng(1).standard_normal((500, 9)) * 3 + 1
    fit_initial_parameters(network, theta, rows, np.random.RandomState(2))
    passed = forward(network, theta, rows.astype(dtype))
    parameters = network.layer_parameters(theta)
    for i in (1, 3, 4):
        bias = parameters[i]["bias"]
        z = passed.z[i]  # x W + b
        np.testing.assert_allclose(z.std(axis=0), 1, rtol=1e-4)
        assert ((z.min(axis=0) <= 0) & (z.max(axis=0) >= 0)).all()
        # Of the mean of five rows the spread is that of one, times √(E Σ w²) = √(2/6).
        shift = (z - bias).mean(axis=0) + bias
        assert shift.std() == pytest.approx(np.sqrt(2 / 6), abs=0.25)


def test_the_rows_pass_without_dropout() -> None:
    network = Network(9, (Dense(50, Tanh(), dropout=0.5), Dense(4)))
    theta = network.initial_parameters(np.random.RandomState(0), LeCunNormal())
    fit_initial_parameters(network, theta, X, np.random.RandomState(2))
    np.testing.assert_allclose(forward(network, theta, X).z[1].std(axis=0), 1, rtol=1e-9)


def test_a_unit_that_is_the_same_for_all_rows_keeps_its_weights() -> None:
    network = Network(2, (Dense(3),))
    theta = network.initial_parameters(np.random.RandomState(0), LeCunNormal())
    before = theta.copy()
    fit_initial_parameters(network, theta, np.ones((10, 2)), np.random.RandomState(2))
    W, b = network.weights_and_biases(theta)[0]
    np.testing.assert_array_equal(W, network.weights_and_biases(before)[0][0])
    np.testing.assert_allclose(b, -W.sum(axis=0))
