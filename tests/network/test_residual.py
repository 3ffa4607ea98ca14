"""Residual connections: by hand, and through the estimators, their files and their predictions."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

from rosenblatt import MLPRegressor
from rosenblatt.activations import Identity, ReLU
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.regularization.penalties import L2
from tests.support.members import network

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = (scale(a) for a in load_diabetes(return_X_y=True))
SETTINGS: dict[str, Any] = {
    "hidden_layer_sizes": (10, 10, 6),
    "random_state": 0,
    "max_iter": 10,
    "residual": True,
}


def test_identity_by_hand() -> None:
    """y = v (relu(x w + b) + x) + c, at x = 2, w = 3, b = -1, v = 5, c = 7: y = 5 (5 + 2) + 7."""
    net = network(ReLU(), 1, 1, 1, residual=True)
    assert net.n_parameters == 4
    theta = np.array([3.0, -1.0, 5.0, 7.0])
    trace = backpropagate(net, theta, np.array([2.0]), np.array([41.0]), SquaredError())
    assert trace.forward.scores == 42
    # The error is 1: ∂y/∂w = v x, ∂y/∂b = v, ∂y/∂v = 7, ∂y/∂c = 1.
    np.testing.assert_array_equal(trace.gradient, [10, 5, 7, 1])


def test_projection_by_hand() -> None:
    """y = v·(x W + b + x P) + c with W = (1, 2), b = 0, P = (3, -1), v = (1, 10), x = 2."""
    net = Network(1, (Dense(2, Identity(), residual=True), Dense(1)))
    theta = np.array([1.0, 2.0, 0.0, 0.0, 3.0, -1.0, 1.0, 10.0, 4.0])
    assert list(net.named_parameters(theta)) == [
        "layers.0.weight",
        "layers.0.bias",
        "layers.0.projection",
        "layers.1.weight",
        "layers.1.bias",
    ]
    np.testing.assert_array_equal(net.named_parameters(theta)["layers.0.projection"], [[3, -1]])
    # (2 + 6, 4 - 2) = (8, 2), so y = 8 + 20 + 4.
    plain = backpropagate(net, theta, np.array([2.0]), np.array([31.0]), SquaredError())
    assert plain.forward.scores == 32
    np.testing.assert_array_equal(plain.gradient, [2, 20, 1, 10, 2, 20, 8, 2, 1])
    # The projection is a weight and bears the penalty.
    penalised = backpropagate(net, theta, np.array([2.0]), np.array([31.0]), SquaredError(), L2(1))
    np.testing.assert_array_equal(
        penalised.gradient - plain.gradient, [1, 2, 0, 0, 3, -1, 1, 10, 0]
    )
    assert penalised.objective == plain.objective + (1 + 4 + 9 + 1 + 1 + 100) / 2


def test_blocks_of_zeros_hand_their_input_on() -> None:
    net = network(ReLU(), 4, 4, 4, 4, 4, residual=True)
    theta = np.zeros(net.n_parameters)
    net.weights_and_biases(theta)[-1][0][...] = np.eye(4)
    rows = np.random.default_rng(0).standard_normal((5, 4))
    np.testing.assert_array_equal(forward(net, theta, rows).scores, rows)


# Through the estimators.


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_parameters_by_name(solver: str) -> None:
    model = MLPRegressor(**SETTINGS, solver=solver).fit(X, Y)
    named = model.parameters_
    assert named["layers.2.projection"].shape == (10, 6)
    assert [name for name in named if "projection" in name] == ["layers.2.projection"]
    for i, (W, b) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        assert np.shares_memory(named[f"layers.{i}.weight"], W)
        assert np.shares_memory(named[f"layers.{i}.bias"], b)
    with pytest.raises(TypeError, match="item assignment"):
        named["layers.2.projection"] = np.zeros((10, 6))  # type: ignore[index]
    # By hand: identity, identity, projection.
    a = X
    for i in range(3):
        block = np.maximum(a @ model.coefs_[i] + model.intercepts_[i], 0)
        a = block + (a @ named["layers.2.projection"] if i == 2 else a)
    expected = (a @ model.coefs_[3] + model.intercepts_[3]).ravel()
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-9, atol=1e-12)


def test_a_written_projection_counts_at_once() -> None:
    model = MLPRegressor(**SETTINGS).fit(X, Y)
    before = model.predict(X)
    model.parameters_["layers.2.projection"][...] *= 2
    assert np.abs(model.predict(X) - before).max() > 1e-3


def test_pickle_copy_and_clone() -> None:
    model = MLPRegressor(**SETTINGS).fit(X, Y)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    np.testing.assert_array_equal(again.predictor()(X), model.predictor()(X))
    again.parameters_["layers.2.projection"][...] = 0
    assert np.abs(again.predict(X) - model.predict(X)).max() > 1e-3
    assert clone(model).residual is True
    # What is asked for next does not change what is fitted.
    before = model.predict(X)
    model.set_params(residual=False)
    np.testing.assert_array_equal(model.predict(X), before)


def test_weights_set_by_hand_keep_the_blocks() -> None:
    model = MLPRegressor(**SETTINGS).fit(X, Y)
    expected = model.predict(X)
    model.coefs_ = [W.copy() for W in model.coefs_]
    np.testing.assert_array_equal(model.predict(X), expected)
    model.coefs_ = [2 * W for W in model.coefs_]
    assert np.abs(model.predict(X) - expected).max() > 1e-3
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    model.coefs_ = model.coefs_[1:]
    model.intercepts_ = model.intercepts_[1:]
    with pytest.raises(ValueError, match="coefs_ holds 2 hidden layers, and the fit had 3"):
        model.predict(X)


def test_partial_fit_and_warm_start_go_on_from_the_projection() -> None:
    settings = SETTINGS | {"shuffle": False, "batch_size": 50}
    whole = MLPRegressor(**settings).fit(X, Y)
    pieces = MLPRegressor(**settings)
    for _ in range(10):
        pieces.partial_fit(X, Y)
    np.testing.assert_array_equal(pieces.loss_curve_, whole.loss_curve_)
    warm = MLPRegressor(**settings, solver="sgd", momentum=0.0, warm_start=True, tol=0)
    long = MLPRegressor(**settings | {"max_iter": 20}, solver="sgd", momentum=0.0, tol=0).fit(X, Y)
    warm.fit(X, Y).fit(X, Y)
    for name, parameter in warm.parameters_.items():
        np.testing.assert_array_equal(parameter, long.parameters_[name])
    warm.set_params(residual=False)
    with pytest.raises(ValueError, match=r"other layers than the one fitted.*projection"):
        warm.fit(X, Y)


def test_early_stopping_restores_the_projection_as_well() -> None:
    model = MLPRegressor(
        **SETTINGS | {"max_iter": 300}, early_stopping=True, learning_rate_init=0.02
    ).fit(X, Y, X_val=X[::3], y_val=Y[::3])
    assert model.validation_scores_ is not None
    assert model.score(X[::3], Y[::3]) == pytest.approx(max(model.validation_scores_))


@pytest.mark.parametrize("given", ["yes", 2, None])
def test_residual_is_a_flag(given: Any) -> None:
    with pytest.raises(ValueError, match="residual"):
        MLPRegressor(**SETTINGS | {"residual": given}).fit(X, Y)


def test_deep_sigmoid_networks_learn_with_them_and_not_without() -> None:
    """B14: twenty layers, the same epochs."""
    settings = SETTINGS | {
        "hidden_layer_sizes": (20,) * 20,
        "activation": "logistic",
        "max_iter": 60,
        "learning_rate_init": 0.003,
        "tol": 0,
    }
    deep = MLPRegressor(**settings | {"residual": False}).fit(X, Y)
    residual = MLPRegressor(**settings).fit(X, Y)
    assert deep.score(X, Y) < 0.05
    assert residual.score(X, Y) > 0.4
