"""Policies of actions that are numbers, on both engines; those of choices are in `LOSSES`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Tanh
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.native import NativeObjective, NativePredictor
from rosenblatt.losses import GaussianPolicyGradient, Loss, PolicyGradient
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import central_difference, network, parameters
from tests.support.native_cases import assert_near, assert_same_objective, each_build, use

GAUSSIANS = [GaussianPolicyGradient(), GaussianPolicyGradient(0.2, 1.5)]


@each_build
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("n_numbers", [1, 3])
@pytest.mark.parametrize("loss", GAUSSIANS, ids=repr)
def test_both_engines(
    build: Any,
    loss: Loss,
    n_numbers: int,
    weighted: bool,
    dtype: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(build, monkeypatch)
    rng, n, outputs = np.random.default_rng(0), 37, 2 * n_numbers
    X, y = (rng.standard_normal((n, k)).astype(dtype) for k in (7, n_numbers + 1))
    weights = (rng.integers(0, 3, n) / 2).astype(dtype) if weighted else None
    arrays = Arrays(X, y, weights)
    net = network(Tanh(), 7, 5, outputs)
    assert_same_objective(net, loss, L2(0.1), arrays, 2)
    theta = parameters(net, dtype=dtype)
    predictor = NativePredictor(net, loss, theta, OutputFormat.COLUMNS, lambda rows: 1)
    (V, c), (W, b) = net.weights_and_biases(theta)
    assert_near(predictor.predict(X), loss.inverse_link(np.tanh(X @ V + c) @ W + b), dtype)


@pytest.mark.parametrize("loss", GAUSSIANS, ids=repr)
def test_gradient_by_finite_differences(loss: Loss) -> None:
    net, rng = network(Tanh(), 3, 4, 4), np.random.default_rng(0)
    rows, y, theta = rng.standard_normal((5, 3)), rng.standard_normal((5, 3)), parameters(net)
    objective = NativeObjective(
        net, loss, L2(0.1), Arrays(rows, y, np.array([1.0, 0.5, 2.0, 0.0, 1.0])), 1
    )

    def value(t: Any) -> float:
        data_loss, penalty, _ = objective.value_and_gradient(t)
        return data_loss + penalty

    numeric = [
        central_difference(lambda h, e=e: value(theta + h * e), 0, 1e-4) for e in np.eye(len(theta))
    ]
    gradient = objective.value_and_gradient(theta)[2]
    assert np.linalg.norm(gradient - numeric) < 1e-7 * np.linalg.norm(gradient)


@pytest.mark.parametrize("action", [-7.0, 3.0, 1e30, np.nan, np.inf])
def test_a_number_that_is_no_action_stays_within_its_row(action: float) -> None:
    """Targets may be changed after they were handed in: no memory but the row's is written to."""
    net = network(Tanh(), 2, 3, 3)
    arrays = Arrays(np.ones((2, 2)), np.array([[action, 1.0], [0.0, 1.0]]))
    objective = NativeObjective(net, PolicyGradient(0.1), L2(0.0), arrays, 1)
    value, _, gradient = objective.value_and_gradient(parameters(net))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
