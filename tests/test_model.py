"""A trained network as a value, and its predictor: by hand, as a snapshot, and what it refuses."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Tanh
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.model import EnsembleModel, Model, OutputFormat, Predictor
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


OTHER = Network(2, (Dense(4, Tanh()), Dense(2, Tanh()), Dense(1)))


def ensemble(loss: Any, dtype: Any = np.float64) -> EnsembleModel:
    """Of two chains, one of them twice, with other weights."""
    rng = np.random.default_rng(3)
    networks = (NETWORK, OTHER, NETWORK)
    thetas = [rng.standard_normal(network.n_parameters).astype(dtype) for network in networks]
    return EnsembleModel(
        tuple(Model(net, theta, loss) for net, theta in zip(networks, thetas, strict=True))
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_ensemble_predicts_the_mean_of_probabilities_not_of_scores(dtype: Any) -> None:
    model, rows = ensemble(BinaryCrossEntropy(), dtype), X.astype(dtype)
    scores = np.stack([member.scores(rows) for member in model.members])
    found = model.predict(rows)
    assert found.dtype == dtype
    assert found.shape == (5, 1)
    np.testing.assert_allclose(found, (1 / (1 + np.exp(-scores))).mean(axis=0), rtol=1e-5)
    assert np.abs(found - 1 / (1 + np.exp(-scores.mean(axis=0)))).max() > 0.01
    np.testing.assert_allclose(model.predict(sp.csr_array(rows)), found, rtol=1e-5)


def test_a_single_network_is_its_own_member() -> None:
    model = Model(NETWORK, THETA, SquaredError())
    assert model.members == (model,)
    alone = EnsembleModel(model.members)
    np.testing.assert_array_equal(alone.predict(X), model.predict(X))
    for one in (model, alone):
        assert (one.n_inputs, one.n_outputs, one.n_parameters) == (2, 1, 13)
        assert (one.loss, one.dtype) == (SquaredError(), np.float64)
    assert ensemble(SquaredError()).n_parameters == 13 + (2 * 4 + 4 + 4 * 2 + 2 + 2 + 1) + 13


def test_a_loss_without_a_kernel_is_averaged_too() -> None:
    class Cubed(SquaredError):
        def inverse_link(self, z: Any) -> Any:
            return z**3

    model = ensemble(Cubed())
    expected = np.mean([member.scores(X) ** 3 for member in model.members], axis=0)
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-12)
    np.testing.assert_allclose(Predictor(model)(X), expected, rtol=1e-12)


@pytest.mark.parametrize("form", OutputFormat)
def test_the_predictor_of_an_ensemble_is_a_snapshot_in_every_form(form: OutputFormat) -> None:
    model = ensemble(BinaryCrossEntropy())
    expected = np.mean([Predictor(member, form)(X) for member in model.members], axis=0)
    predict = Predictor(model, form)
    for member in model.members:
        member.parameters[:] = 0
    out = np.full(expected.shape, np.nan)
    assert predict(X, out=out) is out
    for found in (out, predict(X), predict(X.tolist()), pickle.loads(pickle.dumps(predict))(X)):
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    np.testing.assert_allclose(predict(X[0]), expected[0], rtol=1e-14)


def test_an_ensemble_warns_once_of_predictions_that_are_not_finite() -> None:
    model = ensemble(SquaredError(), np.float32)
    for member in model.members:
        member.parameters[-1] = 3e38  # each is finite, their sum is not
    with pytest.warns(UserWarning, match="5 of 5 rows are not finite") as caught:
        model.predict(X)
    assert len(caught) == 1
    with pytest.warns(UserWarning, match="5 of 5 rows are not finite"):
        Predictor(model)(X.astype(np.float32))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"loss": SquaredError()}, "differ in their loss"),
        ({"parameters": THETA.astype(np.float32)}, "differ in their float type"),
        ({"network": Network(3, (Dense(3),)), "parameters": np.zeros(12)}, "differ in their inp"),
        ({"network": Network(2, (Dense(3),)), "parameters": np.zeros(9)}, "differ in their outp"),
    ],
)
def test_networks_that_do_not_belong_together_are_refused(changes: Any, reason: str) -> None:
    model = Model(NETWORK, THETA, BinaryCrossEntropy())
    with pytest.raises(ValueError, match=reason):
        EnsembleModel((model, model, replace(model, **changes)))


def test_an_ensemble_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one network"):
        EnsembleModel(())


def test_a_predictor_warns_of_rows_beyond_float32_in_one_way() -> None:
    network = Network(1, (Dense(1),))
    model = Model(network, np.ones(2, np.float32), SquaredError())
    predict = Predictor(model)
    with pytest.warns(UserWarning, match="not finite") as warned:
        assert predict(np.array([[1e300]])) == np.inf
    assert len(warned) == 1
