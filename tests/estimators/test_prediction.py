"""Predictions: as scikit-learn's of the same weights, never stale, and refused in its words."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Elementwise
from rosenblatt.backprop import forward
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from rosenblatt.model import Model, OutputFormat, Predictor
from rosenblatt.network import Dense, Network
from tests.support.members import parameters

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).standard_normal((1300, 6))
TARGETS: dict[str, Any] = {
    "binary": np.where(X[:, 0] > 0, "yes", "no"),
    "multiclass": 10 * (X[:, 0] > 0) + (X[:, 1] > 0),
    "multilabel": (X[:, :3] > 0).astype(int),
    "regression": X[:, 0] + X[:, 1] ** 2,
    "outputs": X[:, :2] ** 2,
}
ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]
each_kind = pytest.mark.parametrize("kind", TARGETS)


def both(kind: str, dtype: Any = np.float64, **settings: Any) -> tuple[Any, Any]:
    """Our estimator, fitted, and scikit-learn's with the same weights."""
    settings = {"hidden_layer_sizes": (9, 8), "max_iter": 2, "random_state": 0} | settings
    name = "MLPRegressor" if kind in ("regression", "outputs") else "MLPClassifier"
    ours = {"MLPRegressor": MLPRegressor, "MLPClassifier": MLPClassifier}[name](**settings)
    theirs = getattr(sklearn.neural_network, name)(**settings)
    for model in (ours, theirs):
        model.fit(X.astype(dtype), TARGETS[kind])
    theirs.coefs_ = [W.copy() for W in ours.coefs_]
    theirs.intercepts_ = [b.copy() for b in ours.intercepts_]
    return ours, theirs


def fitted(kind: str = "binary", dtype: Any = np.float64, **settings: Any) -> Any:
    return both(kind, dtype, **settings)[0]


def results(model: Any, X: Any) -> list[npt.NDArray[Any]]:
    """What comes out of the methods that predict."""
    names = ("predict", "predict_proba")
    return [getattr(model, name)(X) for name in names if hasattr(model, name)]


def assert_same(ours: list[Any], theirs: list[Any], dtype: Any = np.float64) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.dtype.kind == "f":
            tolerance = 1e-5 if dtype == np.float32 else 1e-12
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(a, b)


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_as_scikit_learns(kind: str, dtype: Any, activation: str) -> None:
    ours, theirs = both(kind, dtype, activation=activation)
    predictor = ours.predictor()
    for n in (1, 2, 64, 65, 1300):
        rows = X[:n].astype(dtype)
        assert_same(results(ours, rows), results(theirs, rows), dtype)
        same = ours.predict_proba(rows) if hasattr(ours, "predict_proba") else ours.predict(rows)
        np.testing.assert_array_equal(predictor(rows), same)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel"])
def test_logarithms_are_the_probabilities(kind: str) -> None:
    model = fitted(kind)
    model.coefs_[-1] *= 5000  # so that some round to 0
    p = model.predict_proba(X)
    assert (p == 0).any()
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(model.predict_log_proba(X), np.log(p))


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_ties_go_to_the_first_class(kind: str) -> None:
    ours, theirs = both(kind)
    for model in (ours, theirs):
        for array in (*model.coefs_, *model.intercepts_):
            array[...] = 0
    assert_same(results(ours, X[:5]), results(theirs, X[:5]))
    assert (ours.predict(X[:5]) == ours.classes_[0]).all()


def test_one_class_alone() -> None:
    y = np.full(20, "only")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPClassifier(3, max_iter=2).fit(X[:20], y)
        assert (model.predict(X[:20]) == y).all()


# Which arrays need no validation.


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What scikit-learn was asked to validate."""
    seen: list[Any] = []

    def noted(estimator: Any, X: Any, **given: Any) -> Any:
        seen.append(X)
        return validate(estimator, X, **given)

    from rosenblatt.estimators import fitted as module

    validate = module.validate_data  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "validate_data", noted)
    return seen


@each_kind
def test_plain_arrays_need_none(kind: str, validations: list[Any]) -> None:
    model = fitted(kind, np.float32)
    rows = X[:3].astype(np.float32)
    expected = results(model, rows)
    rows.flags.writeable = False
    assert_same(results(model, rows), expected)
    assert not validations


@pytest.mark.parametrize(
    "form",
    [
        lambda X: X.tolist(),
        lambda X: X.astype(np.float64),
        lambda X: X.astype(">f4"),
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: sp.csr_array(X),
        lambda X: sp.csc_matrix(X),
        lambda X: np.frombuffer(b"x" + X.tobytes(), np.uint8)[1:].view(np.float32).reshape(X.shape),
    ],
    ids=["list", "float64", "big-endian", "fortran", "strided", "rows", "csr", "csc", "misaligned"],
)
def test_all_others_are_validated_and_mean_the_same(form: Any, validations: list[Any]) -> None:
    model = fitted("multiclass", np.float32)
    rows = X[:4].astype(np.float32)
    expected = model.predict_proba(rows)
    np.testing.assert_allclose(model.predict_proba(form(rows)), expected, rtol=1e-5)
    assert len(validations) == 1


@pytest.mark.parametrize(
    "rows",
    [
        np.where(np.arange(6) == 4, np.nan, X[:1]),
        np.where(np.arange(6) == 0, np.inf, X[:3]),
        np.where(np.arange(6) == 5, -np.inf, X[:1000]),
        X[0],
        X[0].tolist(),
        X[:2, :5].copy(),
        X[:0],
        X[None, :2],
        np.array(1.0),
        X[:2] + 1j,
    ],
    ids=[
        "nan",
        "inf",
        "-inf",
        "vector",
        "list",
        "features",
        "empty",
        "cube",
        "number",
        "complex",
    ],
)
@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_refused_in_scikit_learns_words(kind: str, rows: Any) -> None:
    ours, theirs = both(kind)
    with pytest.raises((ValueError, TypeError)) as expected:
        theirs.predict(rows)
    with pytest.raises(type(expected.value), match=f"^{re.escape(str(expected.value))}$"):
        ours.predict(rows)


def test_infinity_passes_where_scikit_learn_is_told_so() -> None:
    model = fitted("regression", activation="tanh")
    rows = X[:2].copy()
    rows[0, 0] = np.inf
    with sklearn.config_context(assume_finite=True):
        assert np.isfinite(model.predict(rows)).all()


def test_names_missing_are_told_of() -> None:
    names = list("abcdef")
    model = MLPClassifier(4, max_iter=2, random_state=0)
    model.fit(pd.DataFrame(X, columns=names), TARGETS["binary"])
    frame = pd.DataFrame(X[:2], columns=names)
    expected = model.predict_proba(frame)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(model.predict_proba(X[:2]), expected)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict_proba(frame[names[::-1]])
    np.testing.assert_array_equal(model.predictor()(X[:2]), expected)


def test_not_fitted() -> None:
    model = MLPClassifier()
    for call in (model.predict_proba, model.predict, lambda _: model.predictor()):
        with pytest.raises(NotFittedError):
            call(X)
    gone = fitted()
    gone.predict(X)
    del gone.coefs_
    with pytest.raises(NotFittedError):
        gone.predict(X)


# Whatever is done to a fitted estimator shows in its next prediction.


def as_set_by_hand(model: Any) -> list[npt.NDArray[Any]]:
    """What scikit-learn makes of the weights that are there now."""
    theirs = clone(sklearn.neural_network.MLPClassifier(max_iter=1, random_state=0))
    theirs.fit(X, TARGETS["multiclass"])
    theirs.activation = model.activation
    theirs.n_layers_ = len(model.coefs_) + 1
    theirs.coefs_, theirs.intercepts_ = list(model.coefs_), list(model.intercepts_)
    return results(theirs, X[:3])


def set_in_place(model: Any) -> None:
    model.coefs_[1][2, 3] += 5


def set_a_bias_in_place(model: Any) -> None:
    model.intercepts_[-1][1] += 1


def replace_an_array(model: Any) -> None:
    model.coefs_[0] = model.coefs_[0] * 2


def replace_a_bias_by_a_list(model: Any) -> None:
    model.intercepts_[3] = [1.0, 0.0, 2.0, 3.0]


def replace_by_another_view(model: Any) -> None:
    model.coefs_[1] = model.coefs_[1][::-1]


def exchange_arrays(model: Any) -> None:
    model.coefs_[1], model.coefs_[2] = model.coefs_[2], model.coefs_[1]


def replace_the_lists(model: Any) -> None:
    model.coefs_ = [-W for W in model.coefs_]
    model.intercepts_ = [b + 1 for b in model.intercepts_]


def set_in_what_was_replaced(model: Any) -> None:
    model.coefs_[0] = model.coefs_[0].copy()
    model.predict(X[:3])
    model.coefs_[0][0] += 3


def take_a_layer_away(model: Any) -> None:
    del model.coefs_[1], model.intercepts_[1]


def append_a_layer(model: Any) -> None:
    model.coefs_.append(np.eye(4)[::-1].copy())
    model.intercepts_.append(np.zeros(4))


def set_the_activation(model: Any) -> None:
    model.set_params(activation="tanh")


CHANGES = [
    set_in_place,
    set_a_bias_in_place,
    replace_an_array,
    replace_a_bias_by_a_list,
    replace_by_another_view,
    exchange_arrays,
    replace_the_lists,
    set_in_what_was_replaced,
    take_a_layer_away,
    append_a_layer,
    set_the_activation,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
@pytest.mark.parametrize(
    "how",
    [lambda m: m, copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],
    ids=["itself", "copy", "deepcopy", "pickle"],
)
def test_changes_show(change: Any, how: Any) -> None:
    original = fitted("multiclass", hidden_layer_sizes=(8, 8, 8))
    before = results(original, X[:3])
    model = how(original)
    assert_same(results(model, X[:3]), before)
    change(model)
    after = results(model, X[:3])
    assert not np.allclose(after[1], before[1]), "a change that can be seen"
    assert_same(after, as_set_by_hand(model))
    np.testing.assert_allclose(model.model_.predict(X[:3]), after[1], rtol=1e-12)
    if model is not original:
        assert_same(results(original, X[:3]), before)


def test_another_fit_shows() -> None:
    model = fitted("multiclass")
    for rows, y, dtype in (
        (X, TARGETS["binary"], np.float64),
        (X[:, :4], TARGETS["multiclass"], np.float32),
    ):
        given = rows.astype(dtype)
        model.fit(given, y)
        p = model.predict_proba(given)
        assert p.shape == (len(rows), len(model.classes_))
        assert p.dtype == dtype
        np.testing.assert_allclose(p[:, -1], model.model_.predict(given)[:, -1], rtol=1e-5)
        before = p[:2]
        model.partial_fit(given, y)
        assert not np.array_equal(model.predict_proba(given[:2]), before)


def test_a_failed_fit_changes_nothing() -> None:
    model = fitted("regression")
    before = model.predict(X[:3])
    with pytest.raises(ValueError, match="NaN"):
        model.fit(X, np.full(len(X), np.nan))
    np.testing.assert_array_equal(model.predict(X[:3]), before)


def test_n_jobs_set_after_a_fit() -> None:
    model = fitted("multiclass", hidden_layer_sizes=(80, 80))
    many = np.tile(X, (4, 1))
    one = model.set_params(n_jobs=1).predict_proba(many)
    np.testing.assert_allclose(model.set_params(n_jobs=2).predict_proba(many), one, rtol=1e-12)


def test_several_threads_at_once() -> None:
    model = fitted("multiclass", hidden_layer_sizes=(50, 50))
    predictor = model.predictor()
    cases = [np.tile(X, (3, 1))[:n] for n in (1, 2, 30, 64, 100, 1300, 3900)] * 30
    expected = [model.predict_proba(rows) for rows in cases]
    with ThreadPoolExecutor(8) as pool:
        for call in (model.predict_proba, predictor):
            for p, e in zip(pool.map(call, cases), expected, strict=True):
                np.testing.assert_array_equal(p, e)


# A predictor of its own.


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
