"""A learned factor for every feature."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.backprop import backpropagate
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network, Scale
from rosenblatt.regularization.penalties import L2


def test_it_begins_as_if_it_were_not_there() -> None:
    scaled, plain = Network(3, (Scale(), Dense(2))), Network(3, (Dense(2),))
    theta, rest = (
        net.initial_parameters(np.random.RandomState(0), GlorotUniform()) for net in (scaled, plain)
    )
    np.testing.assert_array_equal(theta, [1, 1, 1, *rest])


def test_by_hand() -> None:
    # y = 2·3·x₁ + 4·5·x₂ with x = (1, 10); J = ½ (206 - 6)², so that ∂J/∂s = 200 w ⊙ x.
    net = Network(2, (Scale(), Dense(1)))
    theta = np.array([2.0, 4.0, 3.0, 5.0, 0.0])
    trace = backpropagate(
        net, theta, np.array([1.0, 10.0]), np.array([6.0]), SquaredError(), L2(0.5)
    )
    assert trace.forward.scores == pytest.approx(206)
    assert trace.gradient[:2] == pytest.approx([200 * 3 * 1, 200 * 5 * 10])
    # The penalty leaves the factors alone.
    assert trace.objective == pytest.approx(200**2 / 2 + 0.25 * (3**2 + 5**2))
