"""Predictions: as scikit-learn's of the same weights, never stale, and refused in its words."""

from __future__ import annotations

import copy
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import sklearn.neural_network
from sklearn.base import clone

from rosenblatt import MLPClassifier
from tests.support.predictions import TARGETS, X, assert_same, both, each_kind, fitted, results

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predictions_equal_scikit_learns(kind: str, dtype: Any, activation: str) -> None:
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
def test_changed_parameters_change_predictions(change: Any, how: Any) -> None:
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


def test_refit_changes_predictions() -> None:
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
