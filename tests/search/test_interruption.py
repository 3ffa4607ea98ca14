"""A search that a time limit or Ctrl-C ends, and fits that met their own limits."""

from __future__ import annotations

import _thread
import math
import signal
import threading
import time
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score

from rosenblatt import MLPRegressor, StructureSearchCV
from rosenblatt.averaging import SWA
from rosenblatt.engine import stoppable
from rosenblatt.search.run import SearchRun
from rosenblatt.search.selection import (
    eligible,
)
from rosenblatt.search.trials import Candidate, Trial, folds_in_common
from tests.support.searches import SIZES, X_REAL, Y_REAL, X, Y, network

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_time_limit_too_short_for_one_candidate_returns_what_there_is() -> None:
    est = network(max_iter=10_000, n_iter_no_change=10_000)
    search = StructureSearchCV(est, [(32, 32), (4,)], max_time=1e-6)
    with pytest.warns(UserWarning, match="were short: the best so far"):
        search.set_params(refit=False).fit(X, Y)
    assert search.best_params_ == {"hidden_layer_sizes": (32, 32)}
    assert search.cv_results_["status"].tolist() == ["cut"]
    assert search.cv_results_["mean_n_epochs"].tolist() == [1]
    assert search.not_reached_ == [{"hidden_layer_sizes": (4,)}]
    assert search.stop_reason_.startswith("reached max_time=1e-06")


def test_the_summary_names_what_was_not_reached_and_what_begins_with_all() -> None:
    est = network(max_iter=10_000, n_iter_no_change=10_000)
    search = StructureSearchCV(est, [(32, 32), (), (4,)], max_time=1e-6, refit=False)
    with pytest.warns(UserWarning, match="were short"):
        told = " ".join(search.fit(X, Y).summary().split())
    assert "2 candidates not reached within max_time=1e-06 seconds: none; 4." in told
    assert "strategy='halving' begins with all candidates" in told
    search.set_params(strategy="halving", candidates=[(4,), (2,)], max_time=1e-6)
    with pytest.warns(UserWarning, match="were short"):
        told = " ".join(search.fit(X, Y).summary().split())
    assert "1 candidate not reached" in told
    assert "halving" not in told


@pytest.mark.parametrize("strategy", ["all", "halving"])
def test_a_time_limit_ends_long_fits(strategy: Any) -> None:
    est = network(max_iter=1_000_000, n_iter_no_change=1_000_000)
    search = StructureSearchCV(est, [(3,)], max_time=0.3, strategy=strategy, refit=False)
    with pytest.warns(UserWarning, match="were short"):
        search.fit(X, Y)
    assert search.search_time_ < 30
    assert search.cv_results_["mean_n_epochs"][0] > 1


class Interrupting:
    """A scorer in whose n-th call Ctrl-C is pressed."""

    def __init__(self, call: int, waits: float = 0.0) -> None:
        self.left, self.lock, self.waits = call, threading.Lock(), waits

    def __call__(self, est: Any, X: Any, y: Any) -> float:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                _thread.interrupt_main()
                time.sleep(self.waits)  # for the thread that is to hear of it
        return float(est.score(X, y))


def test_ctrl_c_returns_the_best_so_far() -> None:
    sizes = [(n,) for n in range(1, 40)]
    scoring = Interrupting(2 * 5 * 3)
    search = StructureSearchCV(network(max_iter=40), sizes, n_jobs=2, scoring=scoring)
    with pytest.warns(UserWarning, match="interrupted by the user"):
        search.fit(X, Y)
    assert search.stop_reason_ == "interrupted by the user"
    reached = len(search.cv_results_["params"])
    assert 1 <= reached < len(sizes)
    assert len(search.not_reached_) == len(sizes) - reached
    assert search.best_estimator_.predict(X).shape == Y.shape


def test_interrupted_candidate_competes_with_finished_ones() -> None:
    status = np.array(["finished", "cut", "failed", "eliminated", "paused"])
    assert eligible(np.array([0, 1, 2, 3, 1]), status).tolist() == [0, 1, 4]
    status = np.array(["failed", "eliminated", "eliminated"])
    assert eligible(np.array([2, 0, 1]), status).tolist() == [2]


def test_a_better_candidate_that_was_cut_is_the_best_so_far() -> None:
    est = network(max_iter=10**7, n_iter_no_change=10**7, solver="sgd")
    grid = {"max_iter": [1, 10**7]}
    options: dict[str, Any] = {"cv": 2, "n_jobs": 2, "refit": False}
    search = StructureSearchCV(est, [(4,)], param_grid=grid, max_time=1.0, **options)
    with pytest.warns(ConvergenceWarning, match="max_time=1 seconds were short"):
        search.fit(X, Y)
    assert search.cv_results_["status"].tolist() == ["finished", "cut"]
    assert search.best_index_ == 1


def test_ctrl_c_does_not_blame_the_time_limit() -> None:
    est = network(max_iter=10**7, n_iter_no_change=10**7)
    search = StructureSearchCV(est, [(4,)], cv=2, n_jobs=2, max_time=1000, refit=False)
    main = threading.main_thread().ident
    threading.Timer(1.0, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.warns(UserWarning, match="interrupted by the user") as said:
        search.fit(X, Y)
    told = [str(w.message) for w in said]
    assert any("interrupted: the best so far" in message for message in told)
    assert not any("max_time" in message for message in told)


@pytest.mark.parametrize("strategy", ["all", "halving"])
def test_ctrl_c_before_a_candidate_has_all_its_folds(strategy: Any) -> None:
    scoring = Interrupting(3, waits=1.0)
    options: dict[str, Any] = {"n_jobs": 1, "scoring": scoring, "strategy": strategy}
    search = StructureSearchCV(network(), SIZES, **options)
    with pytest.warns(
        UserWarning, match=r"interrupted by the user.*best of 1 candidate.*of 5 folds"
    ):
        search.fit(X, Y)
    assert 2 <= search.n_splits_ < 5
    first = SIZES[-1] if strategy == "all" else SIZES[0]  # the largest, or as they come
    assert search.best_params_ == {"hidden_layer_sizes": first}
    assert len(search.not_reached_) == len(SIZES) - 1
    found = [search.cv_results_[f"split{k}_test_score"][0] for k in range(search.n_splits_)]
    est = network(hidden_layer_sizes=first, max_iter=6 if strategy == "all" else 2)
    assert found[:2] == cross_val_score(est, X, Y)[:2].tolist()  # which were over
    assert search.best_score_ == np.mean(found)
    assert f"{search.n_splits_} folds" in search.summary()


def test_scores_of_many_rows_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of wide networks take as long as an epoch."""
    monkeypatch.setattr(stoppable, "WORK", 1.0)  # blocks of 256 rows
    scoring = Interrupting(3, waits=1.0)
    search = StructureSearchCV(network(), SIZES, n_jobs=1, scoring=scoring)
    with pytest.warns(UserWarning, match="interrupted by the user"):
        search.fit(np.tile(X, (20, 1)), np.tile(Y, 20))
    assert search.n_splits_ == 1  # and not the fold in whose scores it was


def test_interrupted_search_compares_the_most_folds_in_common() -> None:
    def candidate(*done: int, failed: tuple[int, ...] = ()) -> Candidate:
        trials = [Trial(k, test=0.5 if k in done else None) for k in range(4)]
        for k in failed:
            trials[k].test, trials[k].error = math.nan, "no"
        return Candidate({}, 1, 1, trials)

    assert folds_in_common([candidate(0), candidate(0, 2, 3), candidate(1, 2)]) == [0, 2, 3]
    assert folds_in_common([candidate(0), candidate(0, 1, 2, 3), candidate()]) == [0, 1, 2, 3]
    assert folds_in_common([candidate(3, failed=(0, 1)), candidate(1, 2)]) == [1, 2]
    assert folds_in_common([candidate(), candidate(failed=(2,))]) == [2]
    assert folds_in_common([candidate(), candidate()]) == []


def test_ctrl_c_before_any_fold_is_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchRun, "advance", lambda self, item: _thread.interrupt_main())
    with pytest.raises(KeyboardInterrupt):
        StructureSearchCV(network(), SIZES, n_jobs=1).fit(X, Y)


def test_one_warning_for_all_fits_that_met_a_limit() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        StructureSearchCV(network(), SIZES, refit=False).fit(X, Y)
    (said,) = (w for w in seen if w.category is ConvergenceWarning)
    assert "15 of 15 fits" in str(said.message)
    assert said.filename == __file__


@pytest.mark.parametrize("solver", ["lbfgs", "lm"])
def test_solvers_in_one_piece_warn_together(solver: str) -> None:
    est = MLPRegressor(max_iter=2, solver=solver, random_state=0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        StructureSearchCV(est, [(2,), (3,)], refit=False).fit(X_REAL, Y_REAL)
    (said,) = (w for w in seen if w.category is ConvergenceWarning)
    assert "10 of 10 fits" in str(said.message)
    assert said.filename == __file__


def test_swa_that_never_begins_warns_once() -> None:
    grid = {"averaging": [None, SWA(start=0.9)], "max_iter": [3, 200]}
    est = network(n_iter_no_change=1, tol=10.0)  # which ends in the third epoch
    search = StructureSearchCV(est, [(3,)], param_grid=grid, cv=4, refit=False)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        search.fit(X, Y)
    (said,) = (w for w in seen if "averaged" in str(w.message))
    assert str(said.message).startswith("4 of 16 fits: averaging=SWA(")
    assert said.filename == __file__
