"""A trained network as a value, and its predictor: by hand, as a snapshot, and what it refuses."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Tanh
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import Model, OutputFormat, Predictor
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm

X = np.random.default_rng(0).standard_normal((5, 2))
NETWORK = Network(2, (Dense(3, Tanh()), Dense(1)))
THETA = np.random.default_rng(1).standard_normal(NETWORK.n_parameters)


def by_hand(X: Any) -> Any:
    W, b, V, c = THETA[:6].reshape(2, 3), THETA[6:9], THETA[9:12].reshape(3, 1), THETA[12:]
    return np.tanh(X @ W + b) @ V + c


def test_scores_by_hand() -> None:
    model = Model(NETWORK, THETA, SquaredError())
    np.testing.assert_allclose(model.scores(X), by_hand(X), rtol=1e-12)
    np.testing.assert_allclose(model.predict(X), by_hand(X), rtol=1e-12)
    np.testing.assert_allclose(model.predict(sp.csr_array(X)), by_hand(X), rtol=1e-12)


def test_predictions_go_through_the_inverse_link() -> None:
    scores = by_hand(X)
    predicted = Model(NETWORK, THETA, BinaryCrossEntropy()).predict(X)
    np.testing.assert_allclose(predicted, 1 / (1 + np.exp(-scores)), rtol=1e-12)


def test_probabilities_of_classes_sum_to_one() -> None:
    network = Network(2, (Dense(4),))
    theta = np.random.default_rng(2).standard_normal(network.n_parameters)
    model = Model(network, theta, CategoricalCrossEntropy())
    scores = X @ theta[:8].reshape(2, 4) + theta[8:]
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-12)


def test_running_statistics_are_used() -> None:
    network = Network(2, (Dense(1, normalization=BatchNorm(epsilon=1e-5)),))
    theta = np.array([1.0, 2.0, 0.5, 3.0, -1.0])  # weights, bias, scale, shift
    mean, variance = 0.25, 4.0
    model = Model(network, theta, SquaredError(), np.array([mean, variance]))
    z = X @ theta[:2, None] + theta[2]
    expected = 3 * (z - mean) / np.sqrt(variance + 1e-5) - 1
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-12)


def test_a_predictor_keeps_the_parameters_of_its_making() -> None:
    theta = THETA.copy()
    predict = Predictor(Model(NETWORK, theta, SquaredError()))
    theta[:] = 0
    np.testing.assert_allclose(predict(X), by_hand(X), rtol=1e-12)


@pytest.mark.parametrize(
    ("form", "shape"),
    [
        (OutputFormat.COLUMNS, (5, 1)),
        (OutputFormat.FLAT, (5,)),
        (OutputFormat.BOTH_CLASSES, (5, 2)),
    ],
)
def test_forms_of_predictions(form: OutputFormat, shape: tuple[int, ...]) -> None:
    model = Model(NETWORK, THETA, BinaryCrossEntropy())
    found = Predictor(model, form)(X)
    assert found.shape == shape
    positive = model.predict(X)[:, 0]
    np.testing.assert_array_equal(found.reshape(5, -1)[:, -1], positive)
    if form is OutputFormat.BOTH_CLASSES:
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-15)
    assert Predictor(model, form)(X[0]).shape == shape[1:]


def test_a_pickled_predictor_predicts_the_same() -> None:
    predict = Predictor(Model(NETWORK, THETA, BinaryCrossEntropy()), OutputFormat.FLAT)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(predict))(X), predict(X))


@pytest.mark.parametrize("shape", [(5, 3), (3,), (5, 2, 1), ()])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    predict = Predictor(Model(NETWORK, THETA, SquaredError()))
    with pytest.raises(ValueError, match=r"expected an array of shape \(n, 2\) or \(2,\)"):
        predict(np.zeros(shape))


def test_an_out_of_another_shape_is_refused() -> None:
    predict = Predictor(Model(NETWORK, THETA, SquaredError()))
    out = np.empty((5, 1))
    assert predict(X, out=out) is out
    with pytest.raises(ValueError, match=r"`out` must be an array of shape \(5, 1\)"):
        predict(X, out=np.empty(5))
