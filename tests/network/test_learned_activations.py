"""Activations with learned slopes, and gated units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import GELU, SELU, Identity, Mish, ReLU, SiLU, Softmax
from rosenblatt.backprop import forward
from rosenblatt.initializers import GlorotUniform
from rosenblatt.network import GLU, Dense, Network, ParametricActivation, PReLU

Z = np.array([[-2.0, -0.5, 0.0, 3.0]])


def test_by_hand() -> None:
    slope = np.array([0.1, 0.2, 0.3, 0.4])
    passed = PReLU().forward({"slope": slope}, {}, Z, None)
    np.testing.assert_allclose(passed.out, [[-0.2, -0.1, 0, 3]])
    back = PReLU().backward({"slope": slope}, passed, np.array([[1.0, 2.0, 3.0, 4.0]]))
    np.testing.assert_allclose(back.gradients["slope"], [-2, -1, 0, 0])
    np.testing.assert_allclose(back.upstream, [[0.1, 0.4, 0.9, 4]])
    shared = PReLU(shares_slope=True).backward(
        {"slope": np.array([0.1])}, passed, np.array([[1.0, 2.0, 3.0, 4.0]])
    )
    np.testing.assert_allclose(shared.gradients["slope"], [-3])
    # Half of a rectifier: below 0 half of z.
    half = ParametricActivation(ReLU()).forward({"slope": np.full(4, 0.5)}, {}, Z, None)
    np.testing.assert_allclose(half.out, [[-1, -0.25, 0, 3]])


def test_a_rectifier_with_a_share_is_prelu() -> None:
    slope = np.array([0.1, 0.2, 0.3, 0.4])
    ours = ParametricActivation(ReLU()).forward({"slope": 1 - slope}, {}, Z, None)
    np.testing.assert_allclose(ours.out, PReLU().forward({"slope": slope}, {}, Z, None).out)


@pytest.mark.parametrize("g", [SELU(), Mish()])
def test_a_parametric_activation_begins_as_its_activation(g: Any) -> None:
    network = Network(4, (ParametricActivation(g),))
    theta = network.initial_parameters(np.random.RandomState(0), GlorotUniform())
    np.testing.assert_array_equal(theta, 1)
    np.testing.assert_allclose(forward(network, theta, Z).scores, g.value(Z), atol=1e-15)
    np.testing.assert_array_equal(forward(network, 0 * theta, Z).scores, Z)


def test_prelu_begins_at_a_quarter() -> None:
    network = Network(4, (PReLU(), PReLU(shares_slope=True)))
    theta = network.initial_parameters(np.random.RandomState(0), GlorotUniform())
    np.testing.assert_array_equal(theta, [0.25] * 5)


@pytest.mark.parametrize(
    ("g", "gate"),
    [
        (Identity(), [0, 3]),
        (ReLU(), [0, 3]),
        (SiLU(), [0, 3 / (1 + np.exp(-3))]),
        (GELU(), [0, 3 * 0.9986501019683699]),
    ],
)
def test_gates_by_hand(g: Any, gate: list[float]) -> None:
    passed = GLU(g).forward({}, {}, Z, None)
    np.testing.assert_allclose(passed.out, [[-2 * gate[0], -0.5 * gate[1]]])
    sigmoid = GLU().forward({}, {}, Z, None)
    np.testing.assert_allclose(sigmoid.out, [[-2 / 2, -0.5 / (1 + np.exp(-3))]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ParametricActivation(Softmax()), "single numbers"),
        (lambda: ParametricActivation("selu"), "single numbers"),
        (lambda: GLU(Softmax()), "single numbers"),
        (lambda: Network(3, (Dense(5), GLU())), "even number of inputs, got 5"),
        (lambda: PReLU(shares_slope=1), "True or False"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
