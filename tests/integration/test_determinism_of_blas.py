"""BLAS's threads: bound to the estimator's, in fits, predictions and beside others."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from threadpoolctl import threadpool_info, threadpool_limits

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
)
from rosenblatt.engine.blas_threads import one_thread_blas
from tests.support.determinism import (
    N_JOBS,
    TARGET,
    WithoutKernel,
    X,
    Y,
    classifier,
    told,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.fixture
def three_blas_threads() -> Iterator[None]:
    with threadpool_limits(3, user_api="blas"):
        if blas_threads() != {3}:
            pytest.skip("this BLAS takes no limit from threadpoolctl")
        yield


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("three_blas_threads", "no_product_is_small")
@pytest.mark.parametrize("solver", ["adam", "kfac", "lbfgs", "lm", "gauss_newton"])
def test_blas_is_held_to_the_estimators_threads_for_the_whole_fit(solver: str) -> None:
    """Where NumPy computes: with 'adam' as well, for an activation without a kernel."""
    seen: list[set[int]] = []

    def watched(end: Any) -> None:
        seen.append(blas_threads())

    for deterministic, n_jobs, expected in ((True, 2, {1}), (False, 2, {2}), (False, 1, {1})):
        seen.clear()
        model = MLPRegressor(
            hidden_layer_sizes=5,
            activation=WithoutKernel() if solver == "adam" else "relu",
            solver=solver,
            max_iter=2,
            n_jobs=n_jobs,
            callbacks=[watched],
            deterministic=deterministic,
        )
        model.fit(X[:60], TARGET[:60])
        assert seen
        assert set(map(frozenset, seen)) == {frozenset(expected)}
        assert blas_threads() == {3}


def predictions(model: Any, n: int) -> Iterator[Callable[[], npt.NDArray[Any]]]:
    rows = np.tile(X, (6, 1))[:n]
    yield lambda: model.predict_proba(rows)
    yield lambda: model.predict_proba(sp.csr_array(rows))
    yield lambda: model.predictor()(rows)
    yield lambda: pickle.loads(pickle.dumps(model.predictor()))(rows)


ROWS = (1, 65, 901, 1802)
# What BLAS computes: a layer of more than 4,096 inputs, and an activation without a kernel.
OF_BLAS: dict[str, dict[str, Any]] = {
    "native": {"hidden_layer_sizes": (4200, 5)},
    "readable": {"hidden_layer_sizes": (200, 90), "activation": WithoutKernel()},
}


@pytest.mark.filterwarnings("ignore:.*readable")
@pytest.mark.usefixtures("no_product_is_small")
@pytest.mark.parametrize("members", OF_BLAS)
def test_predictions(members: str) -> None:
    def found(model: Any, n: int) -> list[list[bytes]]:
        """By the number of threads."""
        by_threads = []
        for n_jobs in N_JOBS:
            model.set_params(n_jobs=n_jobs)
            with threadpool_limits(n_jobs, user_api="blas"):
                by_threads.append([predict().tobytes() for predict in predictions(model, n)])
        return by_threads

    model = classifier(**OF_BLAS[members], max_iter=1).fit(X[:200], Y[:200])
    shown = False
    for n in ROWS:
        one, *others = found(model.set_params(deterministic=True), n)
        assert all(ours == one for ours in others)
        dense, _, plain, pickled = one
        assert dense == plain == pickled
        one, *others = found(model.set_params(deterministic=False), n)
        shown = shown or any(ours != one for ours in others)
    assert shown or not blas_rounds_by_share(model.coefs_, members == "native")


def blas_rounds_by_share(weights: list[npt.NDArray[Any]], in_rows: bool) -> bool:
    """Whether products by BLAS have other bits by the number of threads that share them.

    The engine's threads have rows each, while NumPy's products are shared out by BLAS itself. Some
    kernels, such as OpenBLAS's for Sandybridge, compute every number alike, wherever it stands.
    """

    def product(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        for W in weights:
            rows = np.tanh(rows @ W)
        return rows

    for n in ROWS:
        rows, found = np.tile(X, (6, 1))[:n], set()
        for threads in N_JOBS:
            parts = np.array_split(rows, threads) if in_rows else [rows]
            with threadpool_limits(1 if in_rows else threads, user_api="blas"):
                found.add(np.concatenate([product(part) for part in parts]).tobytes())
        if len(found) > 1:
            return True
    return False


def test_a_fit_beside_one_that_holds_blas() -> None:
    """Products that are small, and n_jobs=1, have one thread of BLAS in any case."""
    settings: list[dict[str, Any]] = [
        {"initializer": "orthogonal", "hidden_layer_sizes": (500, 400), "n_jobs": 1, "max_iter": 1},
        {"solver": "lbfgs", "hidden_layer_sizes": (300, 100), "n_jobs": 2},
        {"solver": "kfac", "batch_size": 901, "n_jobs": 2, "max_iter": 1},
        {
            "activation": WithoutKernel(),
            "hidden_layer_sizes": (300, 260),
            "n_jobs": 1,
            "max_iter": 1,
        },
    ]
    for given in settings:
        model = classifier(**given, deterministic=False)
        with threadpool_limits(2, user_api="blas"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*readable")
            alone = told(clone(model).fit(X, Y))
            with one_thread_blas():
                assert told(clone(model).fit(X, Y)) == alone, given


def test_members_side_by_side() -> None:
    """Of which each would hold BLAS for the others, were it not held for them all."""
    network = MLPClassifier((500, 400), initializer="orthogonal", solver="lbfgs", max_iter=2)
    for n_jobs in (None, 2):
        network.set_params(n_jobs=n_jobs)
        ensemble = MLPEnsembleClassifier(network, 4, n_jobs=2, random_state=0)
        with threadpool_limits(2, user_api="blas"):
            runs = [
                tuple(net.coefs_[0].tobytes() for net in ensemble.fit(X[:300], Y[:300]).estimators_)
                for _ in range(4)
            ]
        assert len(set(runs)) == 1
