"""Fits under way: in pieces as in one go, and on some rows of a table as on copies of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_breast_cancer, make_regression

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.estimators.access import learn_targets
from rosenblatt.estimators.estimator_fit import EstimatorFit
from rosenblatt.fitting import Columns, ValidatedData, encoded

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_REAL, Y_REAL = make_regression(120, 5, noise=3.0, random_state=0)
Y_REAL = Y_REAL / Y_REAL.std()
ROWS = np.random.default_rng(0).permutation(len(X))[:400].astype(np.int64)

WAYS: dict[str, dict[str, Any]] = {
    "adam": {},
    "sgd, adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.01},
    "one cycle": {"solver": "adamw", "learning_rate": "one_cycle"},
    "early stopping": {"early_stopping": True, "n_iter_no_change": 3},
    "by a scorer": {"early_stopping": True, "scoring": "neg_log_loss"},
    "in order": {"shuffle": False},
    "dropout and batch normalisation": {"dropout": 0.3, "normalization": "batch"},
    "early stopping with batch normalisation": {
        "early_stopping": True,
        "normalization": "batch",
        "n_iter_no_change": 4,
        "learning_rate_init": 0.02,
    },
    "averages over epochs": {"averaging": "swa"},
    "averages over steps": {"averaging": "ema", "input_noise": 0.1},
    "K-FAC": {"solver": "kfac"},
}


def begun(est: Any, X: Any, y: Any, rows: Any = None, weights: Any = None) -> Any:
    table = ValidatedData(X, y, weights, Columns(X.shape[1]))
    targets = learn_targets(est, y if rows is None else y[rows])
    return EstimatorFit.begin(est, targets, table, encoded(targets, table, rows))


def same(one: Any, other: Any) -> None:
    for a, b in zip(
        [*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert one.n_iter_ == other.n_iter_
    assert one.stop_reason_ == other.stop_reason_
    np.testing.assert_array_equal(
        getattr(one, "loss_curve_", []), getattr(other, "loss_curve_", [])
    )
    np.testing.assert_array_equal(one.predict_proba(X[:20]), other.predict_proba(X[:20]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore")
def test_in_pieces_a_fit_comes_to_the_same_end(way: str) -> None:
    settings = {"random_state": 0, "max_iter": 12, "batch_size": 50, **WAYS[way]}
    whole = MLPClassifier((7,), **settings).fit(X, Y)
    pieces = MLPClassifier((7,), **settings)
    under_way = begun(pieces, X, Y)
    fit = under_way.fit
    for until in (0, 1, 5, 5):
        fit.run(until)
        assert fit.log.n_iter == min(until, whole.n_iter_)
    under_way.publish()  # which disturbs nothing
    pieces.predict(X)
    fit.run()
    assert fit.finished
    fit.run()  # has nothing left to do
    under_way.publish()
    same(pieces, whole)


@pytest.mark.filterwarnings("ignore")
def test_the_time_before_a_pause_counts() -> None:
    est = MLPClassifier((5,), max_iter=50, max_time=30.0, random_state=0)
    fit = begun(est, X, Y).fit
    fit.run(2)
    assert fit.loop.progress.seconds > 0
    fit.loop.progress.seconds = 31.0
    fit.run()
    assert fit.log.n_iter == 3
    assert fit.log.stop_reason.startswith("reached max_time=30")


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("way", [*WAYS, "lbfgs"])
@pytest.mark.filterwarnings("ignore")
def test_rows_of_a_table_are_learnt_like_copies_of_them(
    way: str, weighted: bool, sparse: bool
) -> None:
    settings = {"random_state": 0, "max_iter": 8, "batch_size": 50, "solver": "lbfgs"}
    settings |= {"solver": "adam", **WAYS[way]} if way in WAYS else {}
    if sparse and ("input_noise" in settings or settings["solver"] == "kfac"):
        pytest.skip("needs dense inputs")
    table = sp.csr_array(X) if sparse else X
    weights = np.random.default_rng(1).uniform(0.5, 2, len(X)) if weighted else None
    given = None if weights is None else weights[ROWS]
    copies = MLPClassifier((6, 4), **settings).fit(table[ROWS], Y[ROWS], sample_weight=given)
    rows = MLPClassifier((6, 4), **settings)
    under_way = begun(rows, table, Y, ROWS, weights)
    under_way.fit.run()
    under_way.publish()
    same(rows, copies)


@pytest.mark.parametrize("solver", ["lm", "gauss_newton"])
@pytest.mark.filterwarnings("ignore")
def test_least_squares_on_rows_of_a_table(solver: str) -> None:
    settings = {"activation": "tanh", "random_state": 0, "max_iter": 9, "solver": solver}
    rows = np.arange(0, 120, 2)
    copies = MLPRegressor(hidden_layer_sizes=(4,), **settings).fit(X_REAL[rows], Y_REAL[rows])
    est = MLPRegressor(hidden_layer_sizes=(4,), **settings)
    under_way = begun(est, X_REAL, Y_REAL, rows)
    under_way.fit.run()
    under_way.publish()
    np.testing.assert_array_equal(est.predict(X_REAL), copies.predict(X_REAL))


def test_classes_are_those_of_the_rows() -> None:
    y = np.where(Y == 1, "benign", "malignant")
    est = MLPClassifier((3,), max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        under_way = begun(est, X, y, np.flatnonzero(Y == 1))
        under_way.fit.run()
        under_way.publish()
    assert est.classes_.tolist() == ["benign"]
