"""Integrated gradients: the axioms of Sundararajan et al. 2017, and closed forms."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.backprop import forward, input_gradient
from rosenblatt.errors import InputError
from rosenblatt.explain import integrated_gradients
from rosenblatt.network import Dense, Network
from tests.support.export_tables import table
from tests.support.layers import Case, each_case
from tests.support.members import central_difference, parameters
from tests.support.table_models import TARGETS, averaged_model, expected

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@each_case
def test_input_gradients_beside_finite_differences(case: Case) -> None:
    network, theta = case.network, case.theta()
    if any(layer.takes_codes for layer in network.layers):
        return
    rng = np.random.default_rng(3)
    X, upstream = rng.standard_normal((4, network.n_inputs)), rng.standard_normal((4, 3))
    state = network.initial_state()
    k = network.n_members

    def f(rows: Any) -> Any:
        scores = forward(network, theta, rows, state=state).scores.reshape(4, k, 3).mean(axis=1)
        return (scores * upstream).sum(axis=1)

    found = input_gradient(network, theta, X, upstream, state)
    for feature in range(network.n_inputs):
        step = np.eye(network.n_inputs)[feature]
        wanted = central_difference(lambda h, step=step: f(X + h * step), 0.0, 1e-4)
        assert np.abs(found[:, feature] - wanted).max() < 1e-7 * max(1, np.abs(wanted).max())


def test_linear_models_have_values_in_closed_form() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 6))
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", max_iter=20).fit(X, X @ X[0])
    found = integrated_gradients(model, X[:5], X[10:12])
    wanted = (X[:5] - X[10:12].mean(axis=0)) * model.coefs_[0][:, 0]
    assert np.abs(found.values - wanted).max() < 1e-11


@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
def test_values_add_up_to_differences_of_predictions(
    target: str, loss: Any, n_outputs: int
) -> None:
    saved = averaged_model(table(with_gaps=True), target, loss, n_outputs)
    frame = table(with_gaps=True)
    X, baseline = frame[:6], frame[40:43]
    found = integrated_gradients(saved, X, baseline, n_steps=128)
    wanted = expected(saved, X) - expected(saved, baseline).mean(axis=0)
    wanted = wanted[:, 1:] if target == "two" else wanted
    total = found.values.sum(axis=1).reshape(wanted.shape)
    assert np.abs(total - wanted).max() < 1e-4 * np.abs(wanted).max()


def test_margins_of_one_logistic_unit_are_linear() -> None:
    X = np.random.default_rng(1).standard_normal((60, 3))
    model = MLPClassifier(hidden_layer_sizes=(), solver="lbfgs", max_iter=9).fit(X, X[:, 0] > 0)
    found = integrated_gradients(model, X[:4], X[7:8], output="margin")
    wanted = (X[:4] - X[7]) * model.coefs_[0][:, 0]
    assert np.abs(found.values - wanted).max() < 1e-8 * np.abs(wanted).max()


def test_features_that_a_network_ignores_have_no_value() -> None:
    """The axiom of dummies; and implementation invariance of two networks that are one function."""
    X = np.random.default_rng(2).standard_normal((40, 3))
    model = MLPRegressor(hidden_layer_sizes=(4,), activation="tanh", max_iter=3).fit(X, X[:, 0])
    model.coefs_[0][1] = 0
    found = integrated_gradients(model, X[:5], X[9:10])
    assert not found.values[:, 1].any()
    model.coefs_[0][...], model.coefs_[1][...] = -model.coefs_[0], -model.coefs_[1]
    model.intercepts_[0][...] *= -1
    again = integrated_gradients(model, X[:5], X[9:10])
    assert np.abs(again.values - found.values).max() < 1e-12


def test_too_few_steps_are_warned_of() -> None:
    X = np.random.default_rng(2).standard_normal((40, 3))
    model = MLPRegressor(hidden_layer_sizes=(8,), random_state=0, max_iter=200).fit(X, X[:, 0] ** 2)
    with pytest.warns(ConvergenceWarning, match="take more n_steps"):
        integrated_gradients(model, 5 * X[:5], -5 * X[9:10], n_steps=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        integrated_gradients(model, 5 * X[:5], -5 * X[9:10], n_steps=200)


def test_what_has_no_gradients_is_refused() -> None:
    saved = averaged_model(table(with_gaps=False), *TARGETS[1])
    frame = table(with_gaps=False)
    with pytest.raises(InputError, match="a row to explain and a baseline"):
        integrated_gradients(saved, frame[:3], frame[:0])
    with pytest.raises(ValueError, match="n_steps"):
        integrated_gradients(saved, frame[:3], frame[:1], n_steps=0)
    with pytest.raises(TypeError, match="none of the models"):
        integrated_gradients(None, frame[:3], frame[:1])
    network = Network(2, (Dense(3),))
    assert input_gradient(network, parameters(network), np.ones((2, 2)), np.ones((2, 3))).any()
