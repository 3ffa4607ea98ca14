"""`predictor()`: a snapshot that predicts into given arrays."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Elementwise
from rosenblatt.backprop import forward
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from rosenblatt.model import Model, OutputFormat, Predictor
from rosenblatt.network import Dense, Network
from tests.support.members import parameters
from tests.support.predictions import TARGETS, X, each_kind, fitted, results

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@each_kind
def test_a_predictor_is_a_snapshot(kind: str) -> None:
    model = fitted(kind)
    predictor = model.predictor()
    before = predictor(X[:3])
    model.coefs_[0][...] = 0
    model.set_params(activation="tanh")
    model.fit(X[:, :2], TARGETS[kind])
    np.testing.assert_array_equal(predictor(X[:3]), before)


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_predictor_of_rows_and_vectors(kind: str, dtype: Any) -> None:
    model = fitted(kind, dtype)
    predictor = model.predictor()
    rows = X[:3].astype(dtype)
    predictions = results(model, rows)
    expected = predictions[1] if len(predictions) > 1 else predictions[0]
    assert predictor.n_inputs == 6
    assert predictor.n_outputs == (expected.shape[1] if expected.ndim == 2 else 1)
    assert predictor.dtype == dtype
    for given in (
        rows,
        rows.tolist(),
        np.asfortranarray(rows),
        np.repeat(rows, 2, axis=1)[:, ::2],
        rows.astype(np.longdouble),
    ):
        p = predictor(given)
        np.testing.assert_allclose(p, expected, rtol=1e-5)
        assert p.dtype == dtype
        out = np.empty(expected.shape, dtype)
        assert predictor(given, out=out) is out
        np.testing.assert_array_equal(out, p)
    for given in (rows[0], rows[0].tolist(), np.repeat(rows[0], 2)[::2]):
        p = predictor(given)
        assert isinstance(p, np.ndarray)
        assert p.shape == expected.shape[1:]
        np.testing.assert_allclose(p, expected[0], rtol=1e-5)
        out = np.empty(expected.shape[1:], dtype)
        assert predictor(given, out=out) is out
        np.testing.assert_array_equal(out, p)
    assert predictor(np.empty((0, 6), dtype)).shape == (0, *expected.shape[1:])


def test_an_out_of_another_type_or_layout() -> None:
    predictor = fitted("multiclass").predictor()
    expected = predictor(X[:3])
    for out in (np.empty((3, 4), order="F"), np.empty((3, 8))[:, ::2], np.empty((3, 4), "f4")):
        if out.dtype == np.float64:
            assert predictor(X[:3], out=out) is out
        else:
            predictor(X[:3], out=out)
        np.testing.assert_allclose(out, expected, rtol=1e-6)
    for bad in (np.empty((3, 3)), np.empty(4), [0.0] * 4):
        with pytest.raises(ValueError, match=r"`out` must be an array of shape \(3, 4\)"):
            predictor(X[:3], out=bad)


@pytest.mark.parametrize("rows", [X[:, :5], X[0, :5], X[None], 1.0, X[:0, :2]])
def test_a_predictor_names_the_shape_it_takes(rows: Any) -> None:
    with pytest.raises(ValueError, match=r"expected an array of shape \(n, 6\) or \(6,\), got"):
        fitted().predictor()(rows)


def test_a_predictor_lets_nan_through() -> None:
    predictor = fitted("regression", activation="tanh").predictor()
    rows = X[:2].copy()
    rows[0, 0] = np.nan
    p = predictor(rows)
    assert np.isnan(p[0])
    assert np.isfinite(p[1])


@each_kind
def test_a_predictor_may_be_pickled(kind: str) -> None:
    predictor = fitted(kind, np.float32).set_params(n_jobs=1).predictor()
    for same in (
        pickle.loads(pickle.dumps(predictor)),
        copy.copy(predictor),
        copy.deepcopy(predictor),
    ):
        np.testing.assert_array_equal(same(X), predictor(X))
        assert (same.n_inputs, same.n_outputs, same.dtype) == (6, predictor.n_outputs, np.float32)


@dataclass(frozen=True)
class Foreign(Elementwise):
    """An activation that no kernel exists for."""

    def value(self, z: Any) -> Any:
        return np.sin(z)

    def derivative(self, z: Any, a: Any) -> Any:
        return np.cos(z)


class ForeignLoss(Loss):
    """A loss that no kernel exists for."""

    def value(self, scores: Any, y: Any) -> Any:
        return (scores - y)[:, 0]

    def gradient(self, scores: Any, y: Any) -> Any:
        return np.ones_like(scores)

    def inverse_link(self, scores: Any) -> Any:
        return np.tanh(scores)


def test_members_without_kernels_predict_in_numpy() -> None:
    binary = Network(6, (Dense(4, Foreign()), Dense(1)))
    theta = parameters(binary)
    scores = forward(binary, theta, X).scores
    model = Model(binary, theta, BinaryCrossEntropy())
    p = 1 / (1 + np.exp(-scores))
    np.testing.assert_allclose(model.predict(X), p, rtol=1e-12)
    predictor = Predictor(model, OutputFormat.BOTH_CLASSES)
    np.testing.assert_allclose(predictor(X), np.hstack([1 - p, p]), rtol=1e-12)
    np.testing.assert_allclose(predictor(X[0]), [1 - p[0, 0], p[0, 0]], rtol=1e-12)
    np.testing.assert_allclose(Predictor(model, OutputFormat.FLAT)(X[0]), p[0, 0], rtol=1e-12)

    other = Model(Network(6, (Dense(2),)), np.ones(14), ForeignLoss())
    np.testing.assert_allclose(other.predict(X), np.tanh(other.scores(X)), rtol=1e-12)


def test_one_output_is_needed_where_two_classes_are_asked_for() -> None:
    model = Model(Network(2, (Dense(2),)), np.zeros(6), CategoricalCrossEntropy())
    for form in (OutputFormat.BOTH_CLASSES, OutputFormat.FLAT):
        with pytest.raises(ValueError, match="one output"):
            Predictor(model, form)
