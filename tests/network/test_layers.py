"""What every layer keeps, whatever it computes."""

from __future__ import annotations

import numpy as np

from rosenblatt.backprop import backpropagate, forward
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import SquaredError
from rosenblatt.regularization.penalties import L2
from tests.support.layers import Case, each_case
from tests.support.members import central_difference


@each_case
def test_the_gradient_is_that_of_differences(case: Case) -> None:
    net, theta, data = case.network, case.theta(), case.arrays(20)
    loss, penalty = SquaredError(), L2(0.3)
    gradient = backpropagate(net, theta, data.X, data.y, loss, penalty).gradient

    def objective(i: int, value: float) -> float:
        moved = theta.copy()
        moved[i] = value
        return backpropagate(net, moved, data.X, data.y, loss, penalty).objective

    some = np.random.default_rng(0).permutation(len(theta))[:300]
    expected = [central_difference(lambda v, i=i: objective(i, v), theta[i], 1e-4) for i in some]
    scale = np.abs(gradient).max()
    np.testing.assert_allclose(
        gradient[some] / scale, np.array(expected) / scale, rtol=0, atol=1e-7
    )


@each_case
def test_the_float_type_stays(case: Case) -> None:
    theta = case.network.initial_parameters(np.random.RandomState(0), GlorotUniform(), np.float32)
    state = case.network.initial_state(np.float32)
    passed = forward(case.network, theta, case.rows(5, np.float32), state=state)
    assert passed.scores.dtype == np.float32
