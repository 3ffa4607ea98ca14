"""Quantiles of several levels, on both engines, and what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Mish, Tanh
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.kernels import kernel
from rosenblatt.engine.native import NativeObjective, NativePredictor
from rosenblatt.losses import Quantile
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import away_from_kinks, central_difference, network, parameters, targets
from tests.support.native_calls import X, engine
from tests.support.native_cases import (
    assert_near,
    assert_same_objective,
    each_build,
    make_arrays,
    use,
)

LEVELS = [(0.9,), (0.1, 0.9), (0.05, 0.25, 0.5, 0.75, 0.95), tuple(np.linspace(0.01, 0.99, 99))]


@each_build
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("levels", LEVELS, ids=len)
def test_both_engines(
    build: Any,
    levels: tuple[float, ...],
    n_targets: int,
    weighted: bool,
    dtype: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(build, monkeypatch)
    loss = Quantile(levels)
    arrays = make_arrays(loss, 37, 7, n_targets * len(levels), dtype, weighted)
    assert arrays.y.shape == (37, n_targets)
    net = network(Tanh(), 7, 5, n_targets * len(levels))
    assert_same_objective(net, loss, L2(0.1), arrays, 2)
    theta = parameters(net, dtype=dtype)
    predictor = NativePredictor(net, loss, theta, OutputFormat.COLUMNS, lambda rows: 1)
    expected = net.weights_and_biases(theta)
    hidden = np.tanh(arrays.X @ expected[0][0] + expected[0][1])
    assert_near(predictor.predict(arrays.X), hidden @ expected[1][0] + expected[1][1], dtype)


def test_gradient_by_finite_differences() -> None:
    loss, net = Quantile((0.1, 0.5, 0.9)), network(Mish(), 3, 4, 6)
    rows, theta = away_from_kinks(net, loss, 5, margin=0.002)
    arrays = Arrays(rows, targets(loss, 5, 6), np.array([1.0, 0.5, 2.0, 0.0, 1.0]))
    objective = NativeObjective(net, loss, L2(0.1), arrays, 1)

    def value(t: Any) -> float:
        data_loss, penalty, _ = objective.value_and_gradient(t)
        return data_loss + penalty

    numeric = [
        central_difference(lambda h, e=e: value(theta + h * e), 0, 1e-4) for e in np.eye(len(theta))
    ]
    gradient = objective.value_and_gradient(theta)[2]
    assert np.linalg.norm(gradient - numeric) < 1e-7 * np.linalg.norm(gradient)


def test_levels_travel_as_they_are() -> None:
    assert kernel(Quantile((0.1, 0.9))) == ("Quantile", [0.1, 0.9])


@each_build
def test_mismatched_columns_and_levels_are_refused(build: Any) -> None:
    """Two outputs of three levels are no whole number of targets, however many there are."""
    for columns in (0, 1, 2):
        given = build.Data64(build.Matrix64(X), np.zeros((4, columns)), None, 1.0)
        with pytest.raises(ValueError, match="number of columns"):
            engine(build, ("Quantile", [0.1, 0.5, 0.9])).objective(
                given, np.zeros(8), np.zeros(8), np.empty(0)
            )
    with pytest.raises(ValueError, match="at least one level"):
        engine(build, ("Quantile", []))
