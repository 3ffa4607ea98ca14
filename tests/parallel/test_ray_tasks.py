"""Searches and ensembles in processes of a cluster: the same bits as in threads.

Ray's part is played by threads that work on pickled copies; tests/cluster/test_ray_searches.py has
real processes.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    StructureSearchCV,
)
from rosenblatt.errors import InputError
from tests.support.stand_in_ray import StandInRay, installed

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
NETWORK = MLPClassifier((8,), max_iter=9, batch_size=20, random_state=0)
PIPELINE = make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=6, random_state=0))


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> StandInRay:
    return installed(monkeypatch)


def results_of(search: Any) -> dict[str, Any]:
    """All that a search has found but times."""
    return {k: v for k, v in search.cv_results_.items() if "time" not in k and k != "params"}


@pytest.mark.parametrize("estimator", [NETWORK, PIPELINE], ids=["network", "pipeline"])
@pytest.mark.parametrize("strategy", ["all", "halving"])
def test_a_search_finds_the_same(ray: StandInRay, strategy: Any, estimator: Any) -> None:
    given = [(3,), (6,), (4, 4), (8,)], {"cv": 3, "strategy": strategy}
    own = StructureSearchCV(estimator, given[0], **given[1]).fit(X, Y)
    far = StructureSearchCV(estimator, given[0], **given[1], backend="ray").fit(X, Y)
    assert own.best_params_ == far.best_params_
    for name, values in results_of(own).items():
        np.testing.assert_array_equal(results_of(far)[name], values, err_msg=name)
    assert np.array_equal(own.predict_proba(X), far.predict_proba(X))
    # One table for all; a task for each candidate and fold, and for those that went on.
    assert len(ray.stored) == 1
    if strategy == "all":
        assert ray.calls == 12
    else:
        assert ray.calls > 12


@pytest.mark.parametrize("mode", ["seeds", "bagging"])
def test_an_ensemble_has_the_same_members(ray: StandInRay, mode: Any) -> None:
    options: dict[str, Any] = {"mode": mode, "random_state": 0, "oob_score": mode == "bagging"}
    own = MLPEnsembleClassifier(NETWORK, 3, **options).fit(X, Y)
    far = MLPEnsembleClassifier(NETWORK, 3, **options, backend="ray").fit(X, Y)
    assert len(ray.stored) == 1
    assert ray.calls == 3
    for one, other in zip(own.estimators_, far.estimators_, strict=True):
        assert np.array_equal(one.model_.parameters, other.model_.parameters)
        assert [entry["loss"] for entry in one.history_] == [e["loss"] for e in other.history_]
    if mode == "bagging":
        assert own.oob_score_ == far.oob_score_


def test_a_regressor_too(ray: StandInRay) -> None:
    network = MLPRegressor(hidden_layer_sizes=4, max_iter=4, random_state=0)
    own, far = (
        MLPEnsembleRegressor(network, 2, backend=backend, random_state=0).fit(X[:, :3], X[:, 3])
        for backend in ("threads", "ray")
    )
    assert np.array_equal(own.predict(X[:, :3]), far.predict(X[:, :3]))


def test_a_candidate_that_fails_and_a_member_that_diverges_are_reported_as_ever(
    ray: StandInRay,
) -> None:
    network = MLPClassifier((4,), solver="sgd", learning_rate_init=1e300, max_iter=3)
    with pytest.raises(ValueError, match="diverge"):
        MLPEnsembleClassifier(network, 2, backend="ray").fit(1e10 * X, Y)
    with pytest.raises(ValueError, match="failed"):
        StructureSearchCV(network, [(3,)], cv=2, backend="ray").fit(1e10 * X, Y)


def test_a_search_ends_when_its_time_is_over(ray: StandInRay) -> None:
    network = MLPClassifier((4,), max_iter=10**6, n_iter_no_change=10**6, tol=0)
    with pytest.warns(UserWarning, match="max_time=0.5 seconds were short"):
        search = StructureSearchCV(
            network, [(3,)], cv=2, backend="ray", max_time=0.5, refit=False
        ).fit(X, Y)
    assert search.stop_reason_.startswith("reached max_time")


def test_what_cannot_travel_is_refused_in_one_sentence(ray: StandInRay) -> None:
    lock = threading.Lock()

    def callback(event: Any) -> None:
        with lock:
            pass

    network = MLPClassifier((4,), max_iter=2, callbacks=[callback])
    with pytest.raises(InputError, match=r"cannot travel to other processes .*callback"):
        StructureSearchCV(network, [(3,)], cv=2, backend="ray").fit(X, Y)


def test_without_ray_the_command_that_installs_it_is_named(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ImportError, match=r"needs ray .*pip install .*\[cluster\]"):
        MLPEnsembleClassifier(NETWORK, 2, backend="ray").fit(X, Y)


def test_other_backends_are_refused() -> None:
    with pytest.raises(ValueError, match="backend"):
        MLPEnsembleClassifier(NETWORK, 2, backend="dask").fit(X, Y)  # type: ignore[arg-type]
