"""scikit-learn's own checks of estimators: none is expected to fail, but what chance forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    Perceptron,
)

ESTIMATORS = [
    MLPClassifier(max_iter=100),
    MLPRegressor(max_iter=100),
    Perceptron(),
]
SOLVERS_AND_ENSEMBLES = [
    MLPClassifier(solver="lbfgs", max_iter=100),
    MLPRegressor(solver="sgd", max_iter=100, learning_rate_init=0.01),
    MLPRegressor(solver="lm", hidden_layer_sizes=8, max_iter=100),
    MLPEnsembleClassifier(MLPClassifier(max_iter=100), 3),
    MLPEnsembleRegressor(MLPRegressor(max_iter=100), 3),
]


@pytest.mark.filterwarnings("ignore")  # short fits on small data do not converge
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


@pytest.mark.product(every=5)
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(SOLVERS_AND_ENSEMBLES)
def test_scikit_learn_checks_of_solvers_and_ensembles(
    estimator: Any, check: Callable[[Any], None]
) -> None:
    check(estimator)


DRAWS = {
    f"check_sample_weight_equivalence_on_{kind}_data": "a target is drawn for each row: a row given"
    " twice has two, one of weight 2 has one"
    for kind in ("dense", "sparse")
}


@pytest.mark.product(every=5)
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [MLPClassifier(solver="kfac", max_iter=50)], expected_failed_checks=lambda _: DRAWS
)
def test_scikit_learn_checks_of_kfac(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


BAGS = {
    f"check_sample_weight_equivalence_on_{kind}_data": "a bag is drawn from the rows: those with a"
    " row given twice and those with one of weight 2 are different ones"
    for kind in ("dense", "sparse")
}


@pytest.mark.product(every=5)
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        MLPEnsembleClassifier(MLPClassifier(max_iter=100), 3, mode="bagging"),
        MLPEnsembleRegressor(MLPRegressor(max_iter=100), 3, mode="bagging"),
    ],
    expected_failed_checks=lambda _: BAGS,
)
def test_scikit_learn_checks_of_bagging(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
