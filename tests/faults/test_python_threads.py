"""Estimators from several Python threads at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import MLPClassifier, MLPRegressor
from tests.support.child_processes import sanitized

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).standard_normal((600, 30))
Y = np.sin(X[:, 0]) + 0.1 * X[:, 1]
CLASSES = np.digitize(Y, [-0.5, 0.5])


@pytest.fixture(autouse=True)
def threads_that_alternate() -> Iterator[None]:
    """Python's lock changes hands a thousand times as often, so that more is met halfway."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


OPTIONS: list[dict[str, Any]] = [
    {"solver": "adam", "n_jobs": 2},
    {"solver": "sgd", "dropout": 0.2},
    {"solver": "adam", "normalization": "batch", "n_jobs": 2},
    {"solver": "lbfgs"},
    {"solver": "lm", "hidden_layer_sizes": (4,)},
    {"solver": "kfac"},
    {"solver": "adam", "early_stopping": True, "dtype": "float32"},
]


def fitted(options: dict[str, Any]) -> MLPRegressor:
    given = {"hidden_layer_sizes": (40, 20), "max_iter": 6, "random_state": 0} | options
    return MLPRegressor(**given).fit(X, Y)


def test_estimators_of_their_own() -> None:
    """The same bits as alone, whatever the others do."""
    alone = [fitted(options).coefs_ for options in OPTIONS]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(fitted, OPTIONS * 3))
    for i, est in enumerate(together):
        for W, other in zip(est.coefs_, alone[i % len(OPTIONS)], strict=True):
            np.testing.assert_array_equal(W, other)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_one_fitted_estimator_predicts_for_all(n_jobs: int) -> None:
    est = MLPClassifier(
        hidden_layer_sizes=(300, 300), max_iter=2, random_state=0, n_jobs=n_jobs
    ).fit(X, CLASSES)
    inputs: list[Any] = [X, X[:1], X[:3], X.astype(np.float32), sp.csr_array(X), X[::2], X.tolist()]
    expected = [est.predict_proba(x) for x in inputs]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(est.predict_proba, inputs * 20))
    for i, probabilities in enumerate(found):
        np.testing.assert_array_equal(probabilities, expected[i % len(inputs)])


@pytest.mark.skipif(sanitized("libtsan"), reason="TSan would tell of the races that are its point")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_one_estimator_that_several_threads_fit(solver: str) -> None:
    """Nobody promises which fit is kept: but nothing crashes, a fit that fails says why, and one
    more fit gives what it would have given anyway."""
    est = MLPRegressor(hidden_layer_sizes=(40,), solver=solver, max_iter=5, random_state=0)
    expected = [W.copy() for W in est.fit(X, Y).coefs_]

    def use(i: int) -> None:
        # Caught are the exceptions that the estimators document.
        try:
            if i % 3 == 2:
                assert est.predict(X).shape == Y.shape
            elif i % 3 == 1 and solver == "adam":
                est.partial_fit(X[:50], Y[:50])
            else:
                est.fit(X, Y)
        except (ValueError, AttributeError):
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(60)))
    assert np.isfinite(est.fit(X, Y).predict(X)).all()
    for W, other in zip(est.coefs_, expected, strict=True):
        np.testing.assert_array_equal(W, other)
