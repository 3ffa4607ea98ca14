"""Gradient flow: closed forms, and the flow that gradient descent follows (B15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, Tanh
from rosenblatt.curvature import Objective, gradient_flow, hessian
from rosenblatt.losses import SquaredError
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import network, parameters


def regression(*units: int) -> tuple[Objective, Any]:
    X = np.random.default_rng(0).standard_normal((12, units[0]))
    net = network(Tanh(), *units)
    J = Objective(net, SquaredError(), L2(0.05), Arrays(X, np.sin(X.sum(1, keepdims=True))))
    return J, parameters(net, 2)


@pytest.mark.parametrize("learning_rate", [0.0, 0.3])
def test_closed_form_of_a_quadratic(learning_rate: float) -> None:
    """θ* + exp(-t (H + (η/2) H²)) (θ₀ - θ*), in each eigenvector of H."""
    X = np.random.default_rng(0).standard_normal((12, 2))
    net = network(Identity(), 2, 1)
    J = Objective(net, SquaredError(), L2(0.5), Arrays(X, X[:, :1] - 2 * X[:, 1:] + 1))
    start = np.array([1.0, 2.0, -1.0])
    rates, Q = np.linalg.eigh(hessian(J, start))
    lowest = start - Q @ ((Q.T @ J.gradient(start)) / rates)
    times = [0.0, 0.5, 3.0]
    flow = gradient_flow(J, start, times, learning_rate=learning_rate)
    for t, theta in zip(times, flow.theta, strict=True):
        decay = np.exp(-t * (rates + learning_rate / 2 * rates**2))
        np.testing.assert_allclose(
            theta, lowest + Q @ (decay * (Q.T @ (start - lowest))), atol=1e-9
        )
    np.testing.assert_array_equal(flow.times, times)
    assert flow.n_evaluations > 10


def test_the_modified_flow_descends_the_modified_objective() -> None:
    """Its velocity at the start is -∇(J + (η/4) ‖∇J‖²), by differences of that function."""
    J, theta = regression(2, 3, 1)
    eta, h = 0.4, 1e-5

    def modified(t: Any) -> float:
        g = J.gradient(t)
        return J.value(t) + eta / 4 * float(g @ g)

    numeric = [(modified(theta + h * e) - modified(theta - h * e)) / (2 * h) for e in np.eye(13)]
    flow = gradient_flow(J, theta, [1e-4], learning_rate=eta)
    np.testing.assert_allclose((theta - flow.theta[0]) / 1e-4, numeric, rtol=1e-2, atol=1e-3)


def test_descent_follows_the_modified_flow_more_closely() -> None:
    """The distance at one time falls as η from the plain flow, as η² from the modified one."""
    J, start = regression(2, 3, 1)
    end, rates = 1.0, np.array([0.05, 0.025, 0.0125])
    plain, modified = [], []
    for rate in rates:
        theta = start
        for _ in range(round(end / rate)):
            theta = theta - rate * J.gradient(theta)
        for found, learning_rate in ((plain, 0.0), (modified, rate)):
            flow = gradient_flow(J, start, [end], learning_rate=learning_rate)
            found.append(np.linalg.norm(theta - flow.theta[-1]))

    def slope(errors: list[Any]) -> float:
        return float(np.polyfit(np.log(rates), np.log(errors), 1)[0])

    assert slope(plain) == pytest.approx(1, abs=0.1)
    assert slope(modified) == pytest.approx(2, abs=0.1)


def test_time_zero_is_the_start() -> None:
    J, start = regression(2, 3, 1)
    np.testing.assert_array_equal(gradient_flow(J, start, 0.0).theta, [start])


@pytest.mark.parametrize(
    ("times", "arguments", "said"),
    [
        ([1.0, 1.0], {}, "times must rise"),
        ([-1.0], {}, "finite numbers, 0 or later"),
        ([], {}, "finite numbers, 0 or later"),
        ([float("nan")], {}, "finite numbers"),
        ("soon", {}, "times must be numbers, got 'soon'"),
        ([1.0], {"rtol": float("nan")}, "rtol must be a finite number of 2.3e-14 or more"),
        ([1.0], {"atol": (1, 2)}, "atol must be a number"),
        ([1.0], {"method": "Euler"}, "method must be one of RK45, RK23, DOP853, Radau, BDF, LSODA"),
        ([1.0], {"learning_rate": -0.1}, "learning_rate must be a finite number of 0 or more"),
    ],
)
def test_bad_requests(times: Any, arguments: Any, said: str) -> None:
    J, start = regression(2, 3, 1)
    with pytest.raises(ValueError, match=said):
        gradient_flow(J, start, times, **arguments)
