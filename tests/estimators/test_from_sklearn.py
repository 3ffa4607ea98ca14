"""Networks that scikit-learn has fitted, taken over."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import sklearn.neural_network as sk
from sklearn.datasets import make_classification, make_multilabel_classification, make_regression
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from rosenblatt import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

OURS: dict[type, Any] = {sk.MLPClassifier: MLPClassifier, sk.MLPRegressor: MLPRegressor}


def rows(kind: str) -> tuple[Any, Any]:
    if kind == "multilabel":
        return make_multilabel_classification(120, 6, n_classes=4, random_state=0)
    if kind in ("number", "several numbers"):
        X, y = make_regression(120, 6, n_targets=1 if kind == "number" else 3, random_state=0)
        return X, y / 100
    n = 2 if kind == "binary" else 4
    X, codes = make_classification(
        120, 6, n_informative=6, n_redundant=0, n_classes=n, random_state=0
    )
    return X, np.array(["ant", "bee", "cat", "dog"])[codes]


def theirs(kind: str) -> type:
    return sk.MLPRegressor if "number" in kind else sk.MLPClassifier


def outputs(est: Any, X: Any) -> list[Any]:
    out = [est.predict(X)]
    return [*out, est.predict_proba(X)] if hasattr(est, "predict_proba") else out


def assert_alike(ours: Any, fitted: Any, X: Any, rtol: float = 1e-9) -> None:
    for mine, other in zip(outputs(ours, X), outputs(fitted, X), strict=True):
        assert mine.dtype == other.dtype
        if mine.dtype.kind == "f":
            np.testing.assert_allclose(mine, other, rtol, rtol)
        else:
            np.testing.assert_array_equal(mine, other)


KINDS = ["binary", "multiclass", "multilabel", "number", "several numbers"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_predictions_are_scikit_learns(kind: str, activation: str, dtype: Any) -> None:
    X, y = rows(kind)
    X = X.astype(dtype)
    fitted = theirs(kind)(
        hidden_layer_sizes=(7, 5), activation=activation, max_iter=5, random_state=0
    ).fit(X, y)
    ours = OURS[theirs(kind)].from_sklearn(fitted)
    assert ours.coefs_[0].dtype == dtype
    for mine, other in zip(ours.coefs_, fitted.coefs_, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert_alike(ours, fitted, X, 1e-9 if dtype is np.float64 else 2e-5)
    assert_alike(pickle.loads(pickle.dumps(ours)), ours, X)
    assert ours.score(X, y) == pytest.approx(fitted.score(X, y), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "solver",
    [
        {"solver": "adam"},
        {"solver": "sgd", "learning_rate_init": 0.05},
        {"solver": "sgd", "learning_rate_init": 0.05, "momentum": 0.0},
        {"solver": "sgd", "learning_rate_init": 0.05, "learning_rate": "invscaling"},
        {
            "solver": "sgd",
            "learning_rate_init": 0.05,
            "learning_rate": "adaptive",
            "tol": 0.2,
            "n_iter_no_change": 2,
        },
    ],
    ids=["adam", "sgd", "no momentum", "invscaling", "adaptive"],
)
def test_partial_fit_goes_on(kind: str, solver: dict[str, Any]) -> None:
    X, y = rows(kind)
    fitted = theirs(kind)(hidden_layer_sizes=8, max_iter=12, random_state=0, **solver).fit(X, y)
    ours = OURS[theirs(kind)].from_sklearn(fitted)
    for _ in range(4):
        fitted.partial_fit(X, y)
        ours.partial_fit(X, y)
    np.testing.assert_allclose(ours.loss_curve_, fitted.loss_curve_, 1e-8)
    assert (ours.t_, ours.n_iter_) == (fitted.t_, fitted.n_iter_)
    assert_alike(ours, fitted, X, 1e-7)


@pytest.mark.parametrize("early", [False, True])
def test_warm_start_goes_on(early: bool) -> None:
    X, y = rows("multiclass")
    fitted = sk.MLPClassifier(
        8, max_iter=4, random_state=0, warm_start=True, early_stopping=early
    ).fit(X, y)
    ours = MLPClassifier.from_sklearn(fitted)
    fitted.fit(X, y)
    ours.fit(X, y)
    np.testing.assert_allclose(ours.loss_curve_, fitted.loss_curve_, 1e-8)
    assert ours.validation_scores_ == fitted.validation_scores_
    assert_alike(ours, fitted, X, 1e-7)


@pytest.mark.parametrize("kind", ["binary", "number"])
def test_lbfgs_and_its_parameters(kind: str) -> None:
    X, y = rows(kind)
    settings = {"solver": "lbfgs", "alpha": 0.5, "max_iter": 20, "random_state": 3, "tol": 1e-3}
    fitted = theirs(kind)(hidden_layer_sizes=[6], activation="tanh", **settings).fit(X, y)
    ours = OURS[theirs(kind)].from_sklearn(fitted)
    assert settings.items() <= ours.get_params().items()
    assert ours.loss_ == fitted.loss_
    assert "scikit-learn" in ours.stop_reason_
    assert_alike(ours, fitted, X)


def test_poisson_and_column_names() -> None:
    pd = pytest.importorskip("pandas")
    X, _ = rows("number")
    frame = pd.DataFrame(X, columns=list("abcdef"))
    counts = np.random.default_rng(0).poisson(np.exp(X[:, 0]).clip(0, 5))
    fitted = sk.MLPRegressor("poisson", 5, max_iter=5, random_state=0).fit(frame, counts)
    ours = MLPRegressor.from_sklearn(fitted)
    assert ours.out_activation_ == "exp"
    assert list(ours.feature_names_in_) == list("abcdef")
    assert_alike(ours, fitted, frame)


@pytest.mark.parametrize(("before", "after"), [("adam", "sgd"), ("sgd", "adam"), ("lbfgs", "adam")])
def test_another_solver_begins_anew(before: str, after: str) -> None:
    X, y = rows("multiclass")
    fitted = sk.MLPClassifier(5, solver=before, max_iter=3, random_state=0).fit(X, y)
    ours = MLPClassifier.from_sklearn(fitted.set_params(solver=after))
    assert_alike(ours, fitted, X)
    loss = log_loss(y, ours.predict_proba(X))
    for _ in range(20):
        ours.partial_fit(X, y)
    assert log_loss(y, ours.predict_proba(X)) < loss


def test_converted_estimator_shares_no_array() -> None:
    X, y = rows("binary")
    fitted = sk.MLPClassifier(5, max_iter=3, random_state=0).fit(X, y)
    before, curve = fitted.predict_proba(X), list(fitted.loss_curve_)
    MLPClassifier.from_sklearn(fitted).partial_fit(X, y)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)
    assert fitted.loss_curve_ == curve


def test_anything_else_is_refused() -> None:
    X, y = rows("number")
    regressor = sk.MLPRegressor(hidden_layer_sizes=3, max_iter=2).fit(X, y)
    with pytest.raises(TypeError, match=r"takes a fitted sklearn\.neural_network\.MLPClassifier"):
        MLPClassifier.from_sklearn(regressor)
    with pytest.raises(TypeError, match=r"MLPRegressor, got an object of sklearn\.linear"):
        MLPRegressor.from_sklearn(LogisticRegression())
    with pytest.raises(NotFittedError, match="not fitted"):
        MLPRegressor.from_sklearn(sk.MLPRegressor())
