"""Searches and ensembles in real processes of Ray: the bits of threads of one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, StructureSearchCV
from rosenblatt.parallel.ray_cluster import connected
from tests.support.clusters import QUIET

pytest.importorskip("ray")
pytestmark = QUIET

X, Y = load_iris(return_X_y=True)
NETWORK = MLPClassifier((8,), max_iter=9, batch_size=20, random_state=0)


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with connected(None, processes=2) as connection:
        yield connection


@pytest.mark.parametrize("strategy", ["all", "halving"])
def test_a_search_finds_the_same(ray: Any, strategy: Any) -> None:
    sizes = [(3,), (6,), (4, 4)]
    own, far = (
        StructureSearchCV(NETWORK, sizes, cv=2, strategy=strategy, backend=backend).fit(X, Y)
        for backend in ("threads", "ray")
    )
    for name in (
        "mean_test_score",
        "mean_train_score",
        "mean_n_epochs",
        "status",
    ):
        assert np.array_equal(own.cv_results_[name], far.cv_results_[name])
    assert np.array_equal(own.predict_proba(X), far.predict_proba(X))


def test_an_ensemble_has_the_same_members(ray: Any) -> None:
    own, far = (
        MLPEnsembleClassifier(NETWORK, 3, mode="bagging", random_state=0, backend=backend).fit(X, Y)
        for backend in ("threads", "ray")
    )
    for one, other in zip(own.estimators_, far.estimators_, strict=True):
        assert np.array_equal(one.model_.parameters, other.model_.parameters)
