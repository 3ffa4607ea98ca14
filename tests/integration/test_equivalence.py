"""Same seed, same float64 data: the curves and the weights are scikit-learn's."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
import sklearn.neural_network as theirs
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    make_multilabel_classification,
    make_regression,
)
from sklearn.preprocessing import scale

import rosenblatt as ours

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

Data = tuple[str, npt.NDArray[Any], npt.NDArray[Any]]


@cache
def problem(name: str) -> Data:
    if name == "binary":
        X, y = load_breast_cancer(return_X_y=True)
        return "MLPClassifier", scale(X), y
    if name == "multiclass":
        X, y = load_digits(return_X_y=True)
        return "MLPClassifier", X[:700] / 16, y[:700]
    if name == "multilabel":
        X, y = make_multilabel_classification(300, random_state=0)
        return "MLPClassifier", scale(X), y
    if name == "regression":
        X, y = load_diabetes(return_X_y=True)
        return "MLPRegressor", scale(X), scale(y)
    X, y = make_regression(300, 10, n_targets=3, noise=5, random_state=0)
    return "MLPRegressor", X, scale(y)


PROBLEMS = ["binary", "multiclass", "multilabel", "regression", "several outputs"]


def both(name: str, X: Any = None, sample_weight: Any = None, **parameters: Any) -> tuple[Any, Any]:
    estimator, X_full, y = problem(name)
    X = X_full if X is None else X
    settings = {"hidden_layer_sizes": (16, 8), "random_state": 5, "max_iter": 25} | parameters
    return (
        getattr(theirs, estimator)(**settings).fit(X, y, sample_weight=sample_weight),
        getattr(ours, estimator)(**settings).fit(X, y, sample_weight=sample_weight),
    )


def assert_same_run(a: Any, b: Any) -> None:
    assert a.n_iter_ == b.n_iter_
    assert len(a.loss_curve_) == len(b.loss_curve_)
    np.testing.assert_allclose(b.loss_curve_, a.loss_curve_, rtol=1e-6)
    for w, v in zip(a.coefs_ + a.intercepts_, b.coefs_ + b.intercepts_, strict=True):
        np.testing.assert_allclose(v, w, rtol=1e-6, atol=1e-9)
    assert a.t_ == b.t_
    if a.best_loss_ is None:
        assert b.best_loss_ is None
    else:
        assert b.best_loss_ == pytest.approx(a.best_loss_, rel=1e-6)
    assert a.n_layers_ == b.n_layers_
    assert a.n_outputs_ == b.n_outputs_
    assert a.out_activation_ == b.out_activation_


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_loss_curve(name: str, solver: str, activation: str, early_stopping: bool) -> None:
    # n_iter_no_change lies beyond max_iter, so that all 25 epochs are compared.
    a, b = both(
        name,
        solver=solver,
        activation=activation,
        early_stopping=early_stopping,
        n_iter_no_change=30,
        learning_rate_init=0.003,
    )
    assert a.n_iter_ == 25
    assert_same_run(a, b)
    if early_stopping:
        np.testing.assert_allclose(b.validation_scores_, a.validation_scores_, rtol=1e-6, atol=1e-9)
        assert a.best_validation_score_ == pytest.approx(b.best_validation_score_, rel=1e-6)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("learning_rate", ["constant", "invscaling", "adaptive"])
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_modes_of_sgd(
    learning_rate: str, nesterov: bool, momentum: float, early_stopping: bool
) -> None:
    a, b = both(
        "binary",
        solver="sgd",
        learning_rate=learning_rate,
        learning_rate_init=0.05,
        nesterovs_momentum=nesterov,
        momentum=momentum,
        early_stopping=early_stopping,
        n_iter_no_change=2,
        tol=1e-3,
        power_t=0.3,
        max_iter=60,
    )
    assert_same_run(a, b)


@pytest.mark.parametrize("batch_size", [1, 7, 64, 569])
@pytest.mark.parametrize("shuffle", [False, True])
def test_batches(batch_size: int, shuffle: bool) -> None:
    assert_same_run(*both("binary", batch_size=batch_size, shuffle=shuffle, max_iter=3))


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_sparse_input(solver: str) -> None:
    X = problem("multiclass")[1]
    assert_same_run(*both("multiclass", sp.csr_array(X), solver=solver))
    assert_same_run(*both("multiclass", sp.csc_array(X), solver=solver, max_iter=3))


def test_poisson() -> None:
    rng = np.random.RandomState(0)
    X = rng.standard_normal((200, 4))
    y = rng.poisson(np.exp(X[:, 0]))
    settings = {"loss": "poisson", "max_iter": 30, "random_state": 1, "hidden_layer_sizes": 10}
    assert_same_run(
        theirs.MLPRegressor(**settings).fit(X, y), ours.MLPRegressor(**settings).fit(X, y)
    )


def test_full_batch_weights() -> None:
    weight = np.random.RandomState(1).uniform(0, 3, 442)
    a, b = both("regression", sample_weight=weight, batch_size=442)
    assert_same_run(a, b)


def test_partial_fit() -> None:
    _, X, y = problem("multiclass")
    runs = []
    for module in (theirs, ours):
        model = module.MLPClassifier(random_state=0, hidden_layer_sizes=12, solver="sgd")
        for start in range(0, 700, 100):
            rows = slice(start, start + 100)
            model.partial_fit(X[rows], y[rows], classes=np.arange(10))
        runs.append(model)
    assert_same_run(*runs)


def test_warm_start() -> None:
    estimator, X, y = problem("binary")
    runs = []
    for module in (theirs, ours):
        model = getattr(module, estimator)(random_state=0, max_iter=4, warm_start=True)
        model.fit(X, y).fit(X, y)
        runs.append(model)
    a, b = runs
    np.testing.assert_allclose(b.loss_curve_, a.loss_curve_, rtol=1e-6)
    assert a.t_ == b.t_


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("name", ["binary", "multiclass", "regression"])
def test_lbfgs_weights(name: str, activation: str) -> None:
    # Rounding grows from iteration to iteration of a quasi-Newton method, on both sides alike.
    a, b = both(name, solver="lbfgs", activation=activation, max_iter=20)
    assert a.n_iter_ == b.n_iter_
    assert a.loss_ == pytest.approx(b.loss_, rel=1e-6)
    for w, v in zip(a.coefs_ + a.intercepts_, b.coefs_ + b.intercepts_, strict=True):
        np.testing.assert_allclose(v, w, rtol=1e-6, atol=1e-6)


def test_predictions() -> None:
    _, X, _ = problem("multiclass")
    a, b = both("multiclass")
    np.testing.assert_allclose(b.predict_proba(X), a.predict_proba(X), atol=1e-9)
    np.testing.assert_allclose(b.predict_log_proba(X), a.predict_log_proba(X), atol=1e-6)
    np.testing.assert_array_equal(b.predict(X), a.predict(X))


def test_float32_stays_close() -> None:
    X = problem("binary")[1].astype(np.float32)
    a, b = both("binary", X)
    assert b.coefs_[0].dtype == np.float32
    np.testing.assert_allclose(b.loss_curve_, a.loss_curve_, rtol=1e-4)


def test_parameters_and_their_defaults_are_theirs() -> None:
    for name in ("MLPClassifier", "MLPRegressor"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            a, b = getattr(theirs, name)().get_params(), getattr(ours, name)().get_params()
        assert a.items() <= b.items()
        own = {"loss", "class_weight"} if name == "MLPClassifier" else set()
        common = {
            "l1",
            "max_norm",
            "averaging",
            "clip_norm",
            "clip_value",
            "grad_tol",
            "max_time",
            "scoring",
            "n_jobs",
            "deterministic",
            "dtype",
            "dropout",
            "residual",
            "normalization",
            "input_noise",
            "initializer",
            "callbacks",
            "checkpoint",
            "on_divergence",
        }
        assert set(b) - set(a) == common | own
