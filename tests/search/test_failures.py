"""Candidates, folds and scores that fail, and what is then reported."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from rosenblatt import MLPClassifier, StructureSearchCV
from tests.support.searches import SIZES, X, Y, network, two_metrics

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_candidate_that_diverges_is_scored_as_failed_and_the_search_goes_on() -> None:
    est = network(solver="sgd", activation="identity")
    search = StructureSearchCV(est, [(4,)], param_grid={"learning_rate_init": [1e-3, 1e30]})
    told = r"(?s)1 of 2 candidates.*1e\+30.*diverged in epoch 1"
    with pytest.warns(FitFailedWarning, match=told):
        search.fit(X, Y)
    assert search.cv_results_["status"].tolist() == ["finished", "failed"]
    assert np.isnan(search.cv_results_["mean_test_score"][1])
    assert search.best_params_["learning_rate_init"] == 1e-3


def test_the_first_candidate_may_fail_where_a_function_returns_several_scores() -> None:
    search = StructureSearchCV(
        network(), [(4,)], param_grid={"momentum": [7.0, 0.5]}, scoring=two_metrics, refit="acc"
    )
    with pytest.warns(FitFailedWarning, match=r"momentum=7\.0"):
        search.fit(X, Y)
    assert search.multimetric_
    assert search.best_params_["momentum"] == 0.5
    assert np.isnan(search.cv_results_["mean_test_acc"][0])


def test_all_candidates_fail() -> None:
    with pytest.raises(ValueError, match=r"(?s)All 3 candidates failed.*solver.*adan"):
        StructureSearchCV(network(solver="adan"), SIZES).fit(X, Y)


def test_a_parameter_out_of_its_range_fails_its_candidate_alone() -> None:
    search = StructureSearchCV(network(), [(4,)], param_grid={"momentum": [0.5, 7.0]})
    with pytest.warns(FitFailedWarning, match=r"(?s)momentum=7.0: .*The 'momentum' parameter"):
        search.fit(X, Y)
    assert search.best_params_["momentum"] == 0.5


def test_fold_without_a_class_warns() -> None:
    x, y = load_iris(return_X_y=True)
    search = StructureSearchCV(network(), [(3,)], cv=KFold(3))
    with pytest.warns(UserWarning, match=r"Fold 0 trains without the class .*0"):
        search.fit(x, y)
    assert search.cv_results_["split0_test_score"][0] == 0


def test_verbose_says_a_line_a_candidate(capsys: pytest.CaptureFixture[str]) -> None:
    search = StructureSearchCV(network(), SIZES, cv=3, verbose=True).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for mean, std in zip(
        *(search.cv_results_[f"{k}_test_score"] for k in ("mean", "std")), strict=True
    ):
        assert any(f": {mean:.4f} ± {std / math.sqrt(2):.4f}, " in line for line in lines)
    assert any(line.startswith("hidden_layer_sizes=(8, 4): 0.") for line in lines)
    assert all("6 epochs, finished" in line for line in lines)


def test_verbose_says_a_line_a_candidate_in_halving_too(capsys: pytest.CaptureFixture[str]) -> None:
    search = StructureSearchCV(network(), SIZES, cv=3, strategy="halving", verbose=True)
    search.set_params(param_grid={"max_iter": [1, 9]}).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(set(lines)) == 6


def test_failed_scores_give_one_warning() -> None:
    def scoring(est: Any, X: Any, y: Any) -> float:
        if est.hidden_layer_sizes == (6,):
            raise RuntimeError("no six")
        return float(est.score(X, y))

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        search = StructureSearchCV(network(), SIZES, cv=3, scoring=scoring, refit=False).fit(X, Y)
    (told,) = (str(w.message) for w in seen if w.category is not ConvergenceWarning)
    assert "1 of 3 candidates failed" in told
    assert "RuntimeError: no six" in told
    assert search.cv_results_["status"].tolist() == ["finished", "failed", "finished"]
    rare = np.where(np.arange(len(Y)) == 3, "rare", "common")[:, None]
    pipeline = make_pipeline(OneHotEncoder(), network())
    with pytest.raises(ValueError, match=r"(?s)All 3 candidates failed.*unknown categories.*rare"):
        StructureSearchCV(pipeline, SIZES, cv=3).fit(rare, Y)


def test_nonfinite_scores_warn() -> None:
    search = StructureSearchCV(network(), SIZES, cv=3, scoring=lambda *_: np.nan, refit=False)
    with pytest.warns(UserWarning, match="scores are non-finite"):
        search.fit(X, Y)


@pytest.mark.parametrize("at", ["a fold", "the last fit"])
def test_a_search_that_fails_leaves_the_estimator_as_it_was(
    at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*told: Any) -> None:
        raise ValueError("broken")

    X, y = load_iris(return_X_y=True)
    network = MLPClassifier(max_iter=2, random_state=0)
    search = StructureSearchCV(network, [(3,), (4,)], cv=2).fit(X, y)
    broken = network
    if at == "a fold":
        broken = clone(network).set_params(callbacks=[breaks])
    else:
        monkeypatch.setattr(StructureSearchCV, "_fit_best", breaks)
    for est in (StructureSearchCV(network, cv=2), search):
        est.set_params(estimator=broken, candidates=[(5,), (6,), (7,)])
        before = vars(est).copy()
        with pytest.raises(ValueError, match="broken"):
            est.fit(X, y)
        assert vars(est).keys() == before.keys()
        for name, value in before.items():
            left = getattr(est, name)
            assert left == value if isinstance(value, list) else left is value


def test_the_best_network_is_replaced_when_the_new_one_is_trained() -> None:
    """So that other threads may predict all the while; callbacks see each moment of a fit."""
    seen: list[Any] = []

    def look(end: Any) -> None:
        if hasattr(search, "best_estimator_"):
            seen.append(search.predict(X))

    search = StructureSearchCV(network(callbacks=[look]), [(3,)], cv=2, n_jobs=1)
    first = search.fit(X, Y).predict(X)
    assert not seen
    search.fit(X, Y)
    assert len(seen) > 2
    assert all(np.array_equal(prediction, first) for prediction in seen)
