"""Successive halving: candidates that pause, and those that cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import FitFailedWarning

from rosenblatt import MLPRegressor, StructureSearchCV
from rosenblatt.search.strategies import rungs
from tests.support.searches import SIZES, X_REAL, Y_REAL, X, Y, network, two_metrics

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_halving_goes_on_exactly_where_it_stopped() -> None:
    est = network(max_iter=18, solver="adamw", learning_rate="one_cycle", dropout=0.1)
    sizes = [(n,) for n in (1, 2, 3, 4, 6, 8, 12, 16, 24)]
    halving = StructureSearchCV(est, sizes, strategy="halving", cv=3, n_jobs=2).fit(X, Y)
    everything = StructureSearchCV(est, sizes, cv=3).fit(X, Y)
    table = pd.DataFrame(halving.cv_results_)
    assert table["rung"].value_counts().to_dict() == {0: 6, 1: 2, 2: 1}
    assert dict(zip(table["rung"], table["mean_n_epochs"], strict=True)) == {0: 2, 1: 6, 2: 18}
    # Those of the first rung are no better there than those that went on.
    (last,) = np.flatnonzero(table["rung"] == 2)
    assert table["status"][last] == "finished"
    assert set(table["status"][table["rung"] < 2]) == {"eliminated"}
    assert halving.best_index_ == last
    for column in ("mean_test_score", "mean_train_score", "std_test_score"):
        assert halving.cv_results_[column][last] == everything.cv_results_[column][last]


@pytest.mark.parametrize(
    ("n_candidates", "max_iter", "expected"),
    [(1, 100, 1), (3, 100, 2), (9, 100, 3), (10, 100, 4), (81, 27, 4), (81, 1, 1), (50, 2, 1)],
)
def test_rungs(n_candidates: int, max_iter: int, expected: int) -> None:
    assert rungs(n_candidates, max_iter) == expected


@pytest.mark.parametrize("solver", ["lbfgs", "lm"])
def test_solvers_that_cannot_pause_are_not_halved(solver: str) -> None:
    est = MLPRegressor(solver=solver, activation="tanh")
    with pytest.raises(ValueError, match=r"this strategy does not go with solver=.*strategy='all'"):
        StructureSearchCV(est, SIZES, strategy="halving").fit(X_REAL, Y_REAL)


def test_halving_compares_by_the_metric_that_refit_names() -> None:
    est, sizes = network(max_iter=18), [(n,) for n in (1, 2, 3, 4, 6, 8, 12, 16, 24)]
    one = StructureSearchCV(est, sizes, strategy="halving", cv=3).fit(X, Y)
    options: dict[str, Any] = {"strategy": "halving", "cv": 3, "refit": "acc"}
    for scoring in (two_metrics, {"acc": "accuracy", "auc": "roc_auc"}):
        several = StructureSearchCV(est, sizes, scoring=scoring, **options).fit(X, Y)
        assert_array_equal(several.cv_results_["rung"], one.cv_results_["rung"])
        assert several.best_params_ == one.best_params_


@pytest.mark.parametrize("refit", [False, lambda results: 0])
@pytest.mark.parametrize("scoring", [["accuracy", "roc_auc"], two_metrics])
@pytest.mark.parametrize("strategy", ["halving", "optuna"])
def test_candidates_are_not_given_up_by_no_metric(strategy: Any, scoring: Any, refit: Any) -> None:
    if strategy == "optuna":
        pytest.importorskip("optuna")
    search = StructureSearchCV(network(), SIZES, scoring=scoring, refit=refit, strategy=strategy)
    with pytest.raises(ValueError, match=r"compares candidates by one metric.*such as refit='acc"):
        search.fit(X, Y)


def test_neither_wrong_nor_short_candidates_switch_halving_off() -> None:
    sizes = [(n,) for n in (1, 2, 3, 4, 6)]
    grid = {"max_iter": [1, 18], "momentum": [0.9, 7.0]}
    search = StructureSearchCV(network(), sizes, param_grid=grid, strategy="halving", cv=3)
    with pytest.warns(FitFailedWarning, match="10 of 20"):
        search.fit(X, Y)
    table = pd.DataFrame(search.cv_results_)
    assert set(table["rung"]) == {0, 1, 2}
    trained = table[(table["param_max_iter"] == 18) & (table["status"] != "failed")]
    assert trained["mean_n_epochs"].min() == 2
