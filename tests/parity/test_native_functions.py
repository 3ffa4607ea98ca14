"""The engine's own exp, tanh, sigmoid and logarithms: units in the last place, limits, NaN (N3).

A layer of as many units as there are points, over one row that is 1, has the points for weights.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from cases import each_build, use
from members import LOSSES, TRAINABLE

from rosenblatt.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from rosenblatt.engine.native import NativeObjective, native_scores
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, Poisson
from rosenblatt.network import Dense, Network
from rosenblatt.penalties import L2
from rosenblatt.problem import Arrays

Points = npt.NDArray[Any]
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture(autouse=True)
def over_each_build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "build" in request.fixturenames:
        use(request.getfixturevalue("build"), monkeypatch)


def activated(g: Activation, z: Points) -> Points:
    net = Network(1, (Dense(len(z), g),))
    theta = np.concatenate([z, np.zeros_like(z)])
    return native_scores(net, theta, np.ones((1, 1), z.dtype), 1)[0]


def slopes(loss: Loss, z: Points, y: Points) -> Points:
    """∂L/∂s at scores z: the gradient of the biases of one row."""
    net = Network(1, (Dense(len(z)),))
    arrays = Arrays(np.ones((1, 1), z.dtype), y.reshape(1, -1))
    theta = np.concatenate([z, np.zeros_like(z)])
    return NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)[2][len(z) :]


def loss_at(loss: Loss, scores: list[float], y: float, dtype: Any) -> float:
    net = Network(1, (Dense(len(scores)),))
    arrays = Arrays(np.zeros((1, 1), dtype), np.array([[y]], dtype))
    theta = np.concatenate([np.zeros(len(scores)), scores]).astype(dtype)
    return NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)[0]


def grid(dtype: Any) -> Points:
    small_to_large = np.geomspace(1e-30, 1e4, 10_001)
    return np.concatenate(
        [np.linspace(-20, 20, 40_001), small_to_large, -small_to_large, [0.0, -0.0]]
    ).astype(dtype)


def assert_ulps(actual: Points, exact: npt.NDArray[np.longdouble], ulps: float) -> None:
    """Within so many units in the last place; what is next to nothing may be 0."""
    dtype = actual.dtype
    # Beyond the largest float, rounding gives the infinity that we expect.
    with np.errstate(over="ignore", under="ignore"):
        rounded = exact.astype(dtype)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(actual[~finite], rounded[~finite])
    error = np.abs(actual[finite] - exact[finite])
    allowed = ulps * np.spacing(np.abs(rounded[finite])) + 2 * np.finfo(dtype).tiny
    worst = np.argmax(error / allowed)
    assert error[worst] <= allowed[worst], (actual[finite][worst], exact[finite][worst])


@each_build
@both_types
def test_exp(build: Any, dtype: Any) -> None:
    """The Poisson loss's slope at y = 0."""
    z = grid(dtype)
    with np.errstate(over="ignore", under="ignore"):
        exact = np.exp(z.astype(np.longdouble))
    assert_ulps(slopes(Poisson(), z, np.zeros_like(z)), exact, 2)


@each_build
@both_types
def test_sigmoid(build: Any, dtype: Any) -> None:
    z = grid(dtype)
    with np.errstate(over="ignore", under="ignore"):
        exact = 1 / (1 + np.exp(-z.astype(np.longdouble)))
    assert_ulps(activated(Sigmoid(), z), exact, 3)
    assert_ulps(slopes(BinaryCrossEntropy(), z, np.zeros_like(z)), exact, 3)


@each_build
@both_types
def test_tanh(build: Any, dtype: Any) -> None:
    z = grid(dtype)
    assert_ulps(activated(Tanh(), z), np.tanh(z.astype(np.longdouble)), 4)


@both_types
def test_tanh_is_odd_and_bounded(dtype: Any) -> None:
    z = grid(dtype)
    a = activated(Tanh(), z)
    np.testing.assert_array_equal(activated(Tanh(), -z), -a)
    assert np.abs(a).max() == 1


@both_types
@pytest.mark.parametrize("g", [Identity(), ReLU()], ids=repr)
def test_exact_activations(g: Activation, dtype: Any) -> None:
    z = grid(dtype)
    np.testing.assert_array_equal(activated(g, z), z if g == Identity() else np.maximum(z, 0))


@each_build
@both_types
@pytest.mark.parametrize("z", [0.0, 1e-6, 0.1, 1.0, 5.0, 17.0, 40.0, 88.0, 500.0, 1e4])
def test_cross_entropies(build: Any, z: float, dtype: Any) -> None:
    """L7, L8, L13: ln(1 + e⁻ᶻ) if right, z more if wrong, for two classes as for one logit."""
    z = float(dtype(z))
    right = math.log1p(math.exp(-z))
    eps, tiny = float(np.finfo(dtype).eps), 2 * float(np.finfo(dtype).tiny)
    for sign, y in ((1, 1.0), (-1, 0.0)):
        binary = loss_at(BinaryCrossEntropy(), [sign * z], y, dtype)
        assert binary == pytest.approx(right, rel=4 * eps, abs=tiny)
        wrong = loss_at(BinaryCrossEntropy(), [sign * z], 1 - y, dtype)
        assert wrong == pytest.approx(z + right, rel=4 * eps)
        two = loss_at(CategoricalCrossEntropy(), [0.0, sign * z], y, dtype)
        assert two == pytest.approx(right, rel=4 * eps, abs=eps)
        mistaken = loss_at(CategoricalCrossEntropy(), [0.0, sign * z], 1 - y, dtype)
        assert mistaken == pytest.approx(z + right, rel=4 * eps)


@both_types
@pytest.mark.parametrize("y", [0.0, 1.0, 7.0])
def test_poisson(y: float, dtype: Any) -> None:
    """½ deviance, with y ln y = 0 at y = 0."""
    s = float(dtype(0.4))
    expected = (y * math.log(y) if y else 0) - y * s - y + math.exp(s)
    assert loss_at(Poisson(), [s], y, dtype) == pytest.approx(
        expected, rel=20 * float(np.finfo(dtype).eps)
    )


@each_build
@both_types
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_nan_passes_every_activation(build: Any, g: Activation, dtype: Any) -> None:
    z = np.zeros(67, dtype)
    z[[0, 13, 66]] = np.nan
    a = activated(g, z)
    assert np.isnan(a[[0, 13, 66]]).all()


@each_build
@both_types
@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_nan_passes_every_loss(build: Any, loss: Loss, position: int, dtype: Any) -> None:
    net = Network(1, (Dense(3),))
    theta = np.zeros(6, dtype)
    theta[3 + position] = np.nan
    columns = 1 if isinstance(loss, CategoricalCrossEntropy) else 3
    arrays = Arrays(np.zeros((1, 1), dtype), np.ones((1, columns), dtype))
    value, _, gradient = NativeObjective(net, loss, L2(), arrays, 1).value_and_gradient(theta)
    assert math.isnan(value)
    assert math.isnan(gradient[3 + position])


@both_types
def test_infinities_have_the_right_limits(dtype: Any) -> None:
    z = np.array([-np.inf, np.inf], dtype)
    np.testing.assert_array_equal(activated(Sigmoid(), z), [0, 1])
    np.testing.assert_array_equal(activated(Tanh(), z), [-1, 1])
    np.testing.assert_array_equal(activated(ReLU(), z), [0, np.inf])
    np.testing.assert_array_equal(slopes(Poisson(), z, np.zeros_like(z)), [0, np.inf])
