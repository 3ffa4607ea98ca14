"""Candidates drawn by optuna."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning

from rosenblatt import StructureSearchCV
from rosenblatt.search.space import Space
from rosenblatt.support.optional_dependencies import install_command
from tests.support.searches import SIZES, X, Y, network, same_results

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_optuna_draws_the_candidates() -> None:
    pytest.importorskip("optuna")
    from optuna.distributions import FloatDistribution

    est = network(max_iter=27)
    grid = {"alpha": FloatDistribution(1e-6, 1.0, log=True), "solver": ["adam", "sgd"]}
    search = StructureSearchCV(
        est, SIZES, param_grid=grid, strategy="optuna", n_candidates=12, n_jobs=1, random_state=3
    ).fit(X, Y)
    table = pd.DataFrame(search.cv_results_)
    assert len(table) == 12
    assert set(table["param_hidden_layer_sizes"]) <= set(SIZES)
    assert table["param_alpha"].between(1e-6, 1.0).all()
    assert table["param_alpha"].nunique() == 12
    assert set(table["status"]) <= {"finished", "eliminated"}
    assert table["status"][search.best_index_] == "finished"
    again = clone(search).fit(X, Y)
    same_results(again, search)
    free = StructureSearchCV(est, strategy="optuna", n_candidates=6, cv=3, n_jobs=2).fit(X, Y)
    sizes = [p["hidden_layer_sizes"] for p in free.cv_results_["params"]]
    assert all(len(hidden) <= 2 and all(4 <= n <= 64 for n in hidden) for hidden in sizes)


def test_optuna_draws_from_arrays_as_from_lists() -> None:
    pytest.importorskip("optuna")
    alphas = np.array([1e-4, 1e-2, 1.0])
    search = StructureSearchCV(
        network(max_iter=2),
        SIZES,
        param_grid={"alpha": alphas},
        strategy="optuna",
        n_candidates=6,
        random_state=0,
        n_jobs=1,
    ).fit(X, Y)
    assert set(search.cv_results_["param_alpha"]) <= set(alphas)


def test_optuna_fits_whole_what_cannot_pause() -> None:
    pytest.importorskip("optuna")
    options: dict[str, Any] = {"strategy": "optuna", "n_candidates": 6, "random_state": 0}
    grid = {"solver": ["adam", "lbfgs"]}
    search = StructureSearchCV(network(), SIZES, param_grid=grid, n_jobs=2, **options)
    table = pd.DataFrame(search.fit(X, Y).cv_results_)
    whole = table[table["param_solver"] == "lbfgs"]
    assert 0 < len(whole) < len(table)
    assert set(whole["status"]) == {"finished"}
    alone = StructureSearchCV(network(solver="lbfgs"), SIZES, refit=False).fit(X, Y).cv_results_
    expected = dict(zip(alone["param_hidden_layer_sizes"], alone["mean_test_score"], strict=True))
    for _, row in whole.iterrows():
        assert row["mean_test_score"] == expected[row["param_hidden_layer_sizes"]]


@pytest.mark.parametrize("n_jobs", [1, 3])
@pytest.mark.parametrize("limit", [{"n_candidates": 40}, {"max_time": 100.0}])
def test_optuna_draws_no_candidate_twice(n_jobs: int, limit: dict[str, Any]) -> None:
    optuna = pytest.importorskip("optuna")
    grid = {
        "alpha": [1e-4, 1.0],
        "n_iter_no_change": optuna.distributions.IntDistribution(5, 9, step=2),
    }
    search = StructureSearchCV(
        network(), SIZES, param_grid=grid, strategy="optuna", cv=3, n_jobs=n_jobs, **limit
    ).fit(X, Y)
    tried = [tuple(sorted(p.items())) for p in search.cv_results_["params"]]
    assert len(tried) == len(set(tried)) == 3 * 2 * 3
    assert search.stop_reason_ == "every candidate was tried"


def test_the_points_of_a_space_are_counted() -> None:
    pytest.importorskip("optuna")
    from optuna.distributions import FloatDistribution, IntDistribution

    def count(free: bool, sizes: Any = ((2,), (3, 5)), **grid: Any) -> float:
        return Space(sizes, free, grid, "").n_points

    assert count(False) == 2
    assert count(False, alpha=[1, 2, 3], momentum=FloatDistribution(0.0, 0.9, step=0.3)) == 24
    assert count(False, max_iter=IntDistribution(1, 10)) == 20
    assert count(False, alpha=FloatDistribution(0, 1)) == math.inf
    assert count(True) == 4 + 4**2
    space = Space([(2,), (3, 5)], True, {}, "")
    drawn = {"depth": 1, "width 0": 3, "width 1": 5}
    assert space.point(drawn) == space.point({**drawn, "width 1": 2})
    assert space.point(drawn) != space.point({**drawn, "depth": 2})


def test_optuna_candidate_too_large_for_memory_fails_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("optuna")
    monkeypatch.setattr("rosenblatt.search.cost.available_bytes", lambda: 1.5e5)
    options: dict[str, Any] = {"strategy": "optuna", "random_state": 0, "n_jobs": 1, "cv": 3}
    with pytest.raises(ValueError, match="takes about"):  # named, and so known before
        StructureSearchCV(network(), [(2,), (400,)], **options).fit(X, Y)
    with pytest.warns(FitFailedWarning, match="parameters and takes about"):
        search = StructureSearchCV(network(), n_candidates=20, **options).fit(X, Y)
    table = pd.DataFrame(search.cv_results_)
    assert set(table["status"]) >= {"failed", "finished"}
    failed = table["status"] == "failed"
    assert table["n_parameters"][failed].min() > table["n_parameters"][~failed].max()


def test_optuna_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from rosenblatt.search import exploration

    monkeypatch.setattr(exploration, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=re.escape(install_command("optuna"))):
        StructureSearchCV(network(), SIZES, strategy="optuna").fit(X, Y)
