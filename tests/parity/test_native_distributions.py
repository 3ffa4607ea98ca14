"""Losses of several outputs a target, on both engines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from rosenblatt.activations import Tanh
from rosenblatt.engine.interface import OutputFormat
from rosenblatt.engine.native import NativeObjective, NativePredictor
from rosenblatt.losses import Gaussian, Loss, NegativeBinomial
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import SPREADS, central_difference, network, parameters, targets
from tests.support.native_calls import X, engine
from tests.support.native_cases import (
    assert_near,
    assert_same_objective,
    each_build,
    make_arrays,
    use,
)


@each_build
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_both_engines(
    build: Any,
    loss: Loss,
    n_targets: int,
    weighted: bool,
    dtype: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(build, monkeypatch)
    outputs = n_targets * loss.outputs_per_target
    arrays = make_arrays(loss, 37, 7, outputs, dtype, weighted)
    assert arrays.y.shape == (37, n_targets)
    net = network(Tanh(), 7, 5, outputs)
    assert_same_objective(net, loss, L2(0.1), arrays, 2)
    theta = parameters(net, dtype=dtype)
    predictor = NativePredictor(net, loss, theta, OutputFormat.COLUMNS, lambda rows: 1)
    (V, c), (W, b) = net.weights_and_biases(theta)
    scores = np.tanh(arrays.X @ V + c) @ W + b
    assert_near(predictor.predict(arrays.X), loss.inverse_link(scores), dtype)


@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_gradient_by_finite_differences(loss: Loss) -> None:
    net = network(Tanh(), 3, 4, 2 * loss.outputs_per_target)
    rows, theta = np.random.default_rng(0).standard_normal((5, 3)), parameters(net)
    arrays = Arrays(rows, targets(loss, 5, net.n_outputs), np.array([1.0, 0.5, 2.0, 0.0, 1.0]))
    objective = NativeObjective(net, loss, L2(0.1), arrays, 1)

    def value(t: Any) -> float:
        data_loss, penalty, _ = objective.value_and_gradient(t)
        return data_loss + penalty

    numeric = [
        central_difference(lambda h, e=e: value(theta + h * e), 0, 1e-4) for e in np.eye(len(theta))
    ]
    gradient = objective.value_and_gradient(theta)[2]
    assert np.linalg.norm(gradient - numeric) < 1e-7 * np.linalg.norm(gradient)


def of_scores(loss: Loss, s: list[float], y: float) -> tuple[float, Any]:
    """L and ∂L/∂s, by a layer whose biases are the scores."""
    net = Network(1, (Dense(len(s)),))
    arrays = Arrays(np.zeros((1, 1)), np.full((1, 1), y))
    theta = np.concatenate([np.zeros(len(s)), s])
    value, _, gradient = NativeObjective(net, loss, L2(0.0), arrays, 1).value_and_gradient(theta)
    return value, gradient[len(s) :]


@pytest.mark.parametrize("y", [0.0, 1.0, 9.0, 250.0, 1e6])
@pytest.mark.parametrize("t", [-60.0, -3.0, 0.0, 4.0, 60.0])
def test_gamma_functions_over_their_range(t: float, y: float) -> None:
    """Γ and ψ of numbers from 4.5e-5 on, against SciPy's."""
    loss = NegativeBinomial()
    value, gradient = of_scores(loss, [1.5, t], y)
    s = np.array([[1.5, t]])
    # ln Γ(y + r) - ln Γ(r) is a small difference of large numbers for a large r = 1/α.
    r = np.exp(loss.limit * abs(np.tanh(t / loss.limit)))
    size = abs(special.gammaln(y + 1)) + abs(y) + 1 + 0.01 * abs(special.gammaln(r))
    assert value == pytest.approx(loss.value(s, np.array([[y]]))[0], rel=1e-12, abs=1e-13 * size)
    expected = loss.gradient(s, np.array([[y]]))[0]
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-10 * max(1.0, y))


@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_nan_passes(loss: Loss) -> None:
    for place in range(loss.outputs_per_target):
        s = [0.0] * loss.outputs_per_target
        s[place] = float("nan")
        value, gradient = of_scores(loss, s, 1.0)
        assert np.isnan(value)
        assert np.isnan(gradient).any()


def test_a_negative_count_is_no_endless_loop() -> None:
    assert np.isnan(of_scores(NegativeBinomial(), [0.0, 0.0], -1e300)[0])


@each_build
def test_mismatched_columns_are_refused(build: Any) -> None:
    """Two outputs are one Gaussian, and no whole mixture."""
    for spec, columns in (
        (("Gaussian", [10.0]), 2),
        (("GaussianMixture", [3.0, 10.0]), 1),
        (("GaussianMixture", [0.0, 10.0]), 1),
        (("GaussianMixture", [33.0, 10.0]), 1),
    ):
        given = build.Data64(build.Matrix64(X), np.zeros((4, columns)), None, 1.0)
        with pytest.raises(ValueError, match="number of columns"):
            engine(build, spec).objective(given, np.zeros(8), np.zeros(8), np.empty(0))


def test_weight_zero_is_absence() -> None:
    net = Network(1, (Dense(2),))
    y = np.array([[0.0], [1e200]])
    arrays = Arrays(np.zeros((2, 1)), y, np.array([1.0, 0.0]))
    value, _, gradient = NativeObjective(net, Gaussian(), L2(0.0), arrays, 1).value_and_gradient(
        np.zeros(4)
    )
    assert value == pytest.approx(0.9189385332)
    assert np.isfinite(gradient).all()
