"""The structure search: scikit-learn's results, exact resumption, limits, and what goes wrong."""

from __future__ import annotations

import _thread
import math
import signal
import sys
import threading
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, FitFailedWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import MLPClassifier, MLPRegressor, StructureSearchCV, engine
from rosenblatt.averaging import SWA
from rosenblatt.network import Dense, Network
from rosenblatt.search.default_candidates import ladder
from rosenblatt.search.memory_budget import available_bytes, fit_bytes
from rosenblatt.search.run import Work
from rosenblatt.search.selection import (
    eligible,
    smallest_within_one_standard_error,
    standard_error,
)
from rosenblatt.search.space import Space
from rosenblatt.search.strategies import rungs
from rosenblatt.search.trials import Candidate, Trial, folds_in_common

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
RAW = load_breast_cancer(return_X_y=True)[0]
X_REAL, Y_REAL = load_diabetes(return_X_y=True)
X_REAL, Y_REAL = X_REAL / X_REAL.std(), Y_REAL / Y_REAL.std()
SIZES = [(2,), (6,), (8, 4)]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(**settings: Any) -> MLPClassifier:
    return MLPClassifier(**{"max_iter": 6, "batch_size": 50, "random_state": 0, **settings})


def same_results(ours: Any, theirs: Any) -> None:
    for name, expected in theirs.cv_results_.items():
        if "time" in name:
            continue
        found = ours.cv_results_[name]
        if name == "params":
            assert found == expected
        else:
            assert_array_equal(np.asarray(found), np.asarray(expected), err_msg=name)
    assert ours.best_params_ == theirs.best_params_
    assert ours.best_score_ == theirs.best_score_
    assert ours.n_splits_ == theirs.n_splits_


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({}, {}),
        ({"dtype": np.float32}, {"scoring": "neg_log_loss"}),
        ({"early_stopping": True}, {"cv": KFold(3, shuffle=True, random_state=1)}),
        ({"solver": "lbfgs"}, {"scoring": "roc_auc", "cv": 3}),
        ({"dropout": 0.2, "normalization": "batch"}, {}),
        ({"class_weight": "balanced", "shuffle": False}, {"scoring": "balanced_accuracy"}),
    ],
    ids=str,
)
def test_the_results_are_those_of_grid_search(
    settings: dict[str, Any], options: dict[str, Any], sparse: bool
) -> None:
    table = sp.csr_array(X) if sparse else X
    est, grid = network(**settings), {"alpha": [1e-4, 1.0]}
    ours = StructureSearchCV(est, SIZES, param_grid=grid, **options).fit(table, Y)
    theirs = GridSearchCV(
        est, {**grid, "hidden_layer_sizes": SIZES}, return_train_score=True, **options
    ).fit(table, Y)
    same_results(ours, theirs)
    assert_array_equal(ours.predict_proba(table), theirs.predict_proba(table))
    assert ours.score(table, Y) == theirs.score(table, Y)


def test_regression_several_metrics_and_weights() -> None:
    est = MLPRegressor(max_iter=5, random_state=0, dtype=np.float64)
    options: dict[str, Any] = {"scoring": ["r2", "neg_mean_absolute_error"], "refit": "r2"}
    weights = np.random.default_rng(0).uniform(0.5, 2, len(X_REAL))
    ours = StructureSearchCV(est, SIZES, cv=3, **options)
    ours.fit(X_REAL, Y_REAL, sample_weight=weights)
    theirs = GridSearchCV(
        est, {"hidden_layer_sizes": SIZES}, cv=3, return_train_score=True, **options
    ).fit(X_REAL, Y_REAL, sample_weight=weights)
    same_results(ours, theirs)
    assert ours.multimetric_
    assert set(ours.scorer_) == set(theirs.scorer_)


def test_a_pipeline_is_searched_with_its_earlier_steps_fitted_in_each_fold() -> None:
    pipeline = make_pipeline(StandardScaler(), network())
    ours = StructureSearchCV(
        pipeline, SIZES, param_grid={"mlpclassifier__alpha": [1e-4, 0.1]}, cv=4
    ).fit(RAW, Y)
    theirs = GridSearchCV(
        pipeline,
        {"mlpclassifier__alpha": [1e-4, 0.1], "mlpclassifier__hidden_layer_sizes": SIZES},
        cv=4,
        return_train_score=True,
    ).fit(RAW, Y)
    same_results(ours, theirs)
    assert_array_equal(ours.predict(RAW), theirs.predict(RAW))


@pytest.mark.parametrize("before", [[], [StandardScaler()]])
@pytest.mark.parametrize("named", ["masks", "from the end"])
def test_folds_may_be_masks_or_count_from_the_end(named: str, before: list[Any]) -> None:
    splits = list(KFold(3).split(X))
    if named == "masks":
        cv = [tuple(np.isin(np.arange(len(X)), rows) for rows in split) for split in splits]
    else:
        cv = [tuple(rows - len(X) for rows in split) for split in splits]
    est = make_pipeline(*before, network()) if before else network()
    step = "mlpclassifier__" if before else ""
    ours = StructureSearchCV(est, SIZES, cv=cv).fit(X, Y)
    grid = {f"{step}hidden_layer_sizes": SIZES}
    theirs = GridSearchCV(est, grid, cv=cv, return_train_score=True).fit(X, Y)
    same_results(ours, theirs)


def test_a_pipeline_takes_weights_by_the_name_of_the_networks_step() -> None:
    weights = np.random.default_rng(0).uniform(0.5, 2, len(Y))
    pipeline = make_pipeline(StandardScaler(), network())
    ours = StructureSearchCV(pipeline, SIZES, cv=3)
    ours.fit(RAW, Y, mlpclassifier__sample_weight=weights)
    theirs = GridSearchCV(
        pipeline, {"mlpclassifier__hidden_layer_sizes": SIZES}, cv=3, return_train_score=True
    ).fit(RAW, Y, mlpclassifier__sample_weight=weights)
    same_results(ours, theirs)
    for stray in ("sample_weight", "mlpclassifier__y_val", "scaler__sample_weight"):
        with pytest.raises(ValueError, match=rf"given \['{stray}'\].*mlpclassifier__sample_weight"):
            ours.fit(RAW, Y, **{stray: weights})


@pytest.mark.parametrize("scorer_weighs", [True, False])
@pytest.mark.parametrize("scaler_weighs", [True, False])
def test_metadata_is_routed_through_a_pipeline(scaler_weighs: bool, scorer_weighs: bool) -> None:
    rng = np.random.default_rng(0)
    weights, others = rng.uniform(0.5, 2, len(Y)), rng.integers(0, 3, len(Y))
    with sklearn.config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight="steep" if scaler_weighs else False)
        est = make_pipeline(scaler, network().set_fit_request(sample_weight=True))
        scorer = make_scorer(accuracy_score).set_score_request(sample_weight=scorer_weighs)
        options: dict[str, Any] = {"cv": GroupKFold(3), "scoring": scorer}
        params = {"sample_weight": weights, "groups": others}
        if scaler_weighs:
            params["steep"] = weights**4
        ours = StructureSearchCV(est, SIZES, **options).fit(RAW, Y, **params)
        grid = {"mlpclassifier__hidden_layer_sizes": SIZES}
        theirs = GridSearchCV(est, grid, return_train_score=True, **options).fit(RAW, Y, **params)
        same_results(ours, theirs)
        assert_array_equal(ours.predict(RAW), theirs.predict(RAW))
        plain = StructureSearchCV(est, SIZES, **options).fit(RAW, Y, groups=others)
        assert plain.cv_results_["mean_test_score"].tolist() != [
            *ours.cv_results_["mean_test_score"]
        ]


def test_metadata_goes_to_the_steps_of_a_pipeline_by_name() -> None:
    weights = np.random.default_rng(0).uniform(0.5, 2, len(Y)) ** 4
    pipeline = make_pipeline(StandardScaler(), network())
    params = {"standardscaler__sample_weight": weights, "mlpclassifier__sample_weight": weights}
    ours = StructureSearchCV(pipeline, SIZES, cv=3).fit(RAW, Y, **params)
    grid = {"mlpclassifier__hidden_layer_sizes": SIZES}
    theirs = GridSearchCV(pipeline, grid, cv=3, return_train_score=True).fit(RAW, Y, **params)
    same_results(ours, theirs)


def test_a_pipeline_of_the_network_alone() -> None:
    ours = StructureSearchCV(make_pipeline(network()), SIZES).fit(X, Y)
    theirs = StructureSearchCV(network(), SIZES).fit(X, Y)
    assert_array_equal(ours.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"])


@pytest.mark.parametrize("settings", [{"activation": ["relu", "tanh"]}, {"dropout": [0.1, 0.2]}])
def test_settings_may_be_lists_for_the_layers_of_the_candidates(settings: dict[str, Any]) -> None:
    est, sizes = network(**settings), [(8, 4), (4, 4)]
    theirs = GridSearchCV(est, {"hidden_layer_sizes": sizes}, return_train_score=True).fit(X, Y)
    same_results(StructureSearchCV(est, sizes).fit(X, Y), theirs)
    with pytest.warns(FitFailedWarning, match=r"hidden_layer_sizes=\(3,\)"):
        StructureSearchCV(est, [(3,), *sizes]).fit(X, Y)


def test_within_a_pipeline_with_column_names_and_after_cloning() -> None:
    frame = pd.DataFrame(RAW, columns=[f"c{i}" for i in range(RAW.shape[1])])
    search = StructureSearchCV(network(), [(4,), 3], cv=3)
    whole = clone(make_pipeline(StandardScaler().set_output(transform="pandas"), search))
    whole.fit(frame, Y)
    assert whole[-1].feature_names_in_.tolist() == frame.columns.tolist()
    assert whole.score(frame, Y) > 0.5
    table = pd.DataFrame(whole[-1].cv_results_)
    assert table["param_hidden_layer_sizes"].tolist() == [(4,), (3,)]
    assert table["n_parameters"].tolist() == [30 * 4 + 4 + 5, 30 * 3 + 3 + 4]
    assert table["mean_n_epochs"].tolist() == [6, 6]
    assert table["status"].tolist() == ["finished", "finished"]


def test_every_fit_reads_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    trainer = engine.trainer

    def recorded(problem: Any, arrays: Any, *rest: Any) -> Any:
        seen.append((threading.current_thread(), arrays))
        return trainer(problem, arrays, *rest)

    monkeypatch.setattr(engine, "trainer", recorded)
    StructureSearchCV(network(early_stopping=True), SIZES, refit=False, n_jobs=2).fit(X, Y)
    assert len(seen) == 3 * 5
    assert all(arrays.X is seen[0][1].X for _, arrays in seen)
    assert np.shares_memory(seen[0][1].X, X)
    assert {len(arrays.rows) for _, arrays in seen} == {409, 410}  # 9 tenths of 455 and 456
    assert all(thread is not threading.main_thread() for thread, _ in seen)


def test_targets_are_encoded_once_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whatever they are made: labels and a table of validation rows."""
    seen: list[Any] = []
    trainer = engine.trainer

    def recorded(problem: Any, arrays: Any, *rest: Any) -> Any:
        seen.append(arrays)
        return trainer(problem, arrays, *rest)

    monkeypatch.setattr(engine, "trainer", recorded)
    labels = np.where(Y == 1, "benign", "malignant")
    grid = {"class_weight": [None, "balanced"]}
    options: dict[str, Any] = {"cv": 3, "refit": False, "strategy": "halving", "n_jobs": 2}
    search = StructureSearchCV(network(), SIZES, param_grid=grid, **options)
    weights = np.random.default_rng(0).uniform(0.5, 2, len(Y))
    search.fit(X, labels, sample_weight=weights, X_val=pd.DataFrame(X[:50]), y_val=labels[:50])
    assert len(seen) > 3 * 6
    assert len({id(arrays.y) for arrays in seen}) == 3
    # Their own weights are shared by those without weights of classes.
    assert len({id(arrays.weights) for arrays in seen}) <= 3 + 3 * 3


@pytest.mark.filterwarnings("ignore")
def test_a_loss_that_the_targets_do_not_suit_fails_its_candidates_alone() -> None:
    est = MLPRegressor(max_iter=2, random_state=0)
    options: dict[str, Any] = {"cv": 3, "refit": False, "n_jobs": 1}
    for losses in (["poisson", "squared_error"], ["squared_error", "poisson"]):
        search = StructureSearchCV(est, [(3,)], param_grid={"loss": losses}, **options)
        search.fit(X_REAL, Y_REAL - Y_REAL.mean())
        told = dict(
            zip(search.cv_results_["param_loss"], search.cv_results_["status"], strict=True)
        )
        assert told == {"poisson": "failed", "squared_error": "finished"}


def test_a_column_of_targets_is_told_once() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        StructureSearchCV(network(), SIZES, refit=False, scoring="accuracy").fit(X, Y[:, None])
    assert len([w for w in seen if w.category is DataConversionWarning]) == 1


def test_the_filters_of_warnings_are_left_as_they_were() -> None:
    """Threads inside scikit-learn set them, and put back what others had set in between."""
    before, interval = list(warnings.filters), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        StructureSearchCV(network(max_iter=1), SIZES, n_jobs=8, refit=False).fit(X, Y)
    finally:
        sys.setswitchinterval(interval)
    assert warnings.filters == before


def test_the_number_of_threads_changes_nothing() -> None:
    one, two = (
        StructureSearchCV(network(), SIZES, n_jobs=n, refit=False).fit(X, Y) for n in (1, 2)
    )
    same_results(one, two)


# Successive halving.


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
def test_what_cannot_pause_is_not_halved(solver: str) -> None:
    est = MLPRegressor(solver=solver, activation="tanh")
    with pytest.raises(ValueError, match=r"this strategy does not go with solver=.*strategy='all'"):
        StructureSearchCV(est, SIZES, strategy="halving").fit(X_REAL, Y_REAL)


def two_metrics(est: Any, X: Any, y: Any) -> dict[str, float]:
    accuracy = est.score(X, y)
    return {"acc": accuracy, "error": 1 - accuracy}


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


# Limits and interruptions.


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


def test_what_the_end_came_upon_competes_with_what_was_finished() -> None:
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


def test_the_folds_of_an_interrupted_search_are_those_of_whoever_has_most() -> None:
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
    monkeypatch.setattr(Work, "advance", lambda self, item: _thread.interrupt_main())
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


def test_averages_of_nothing_are_told_once() -> None:
    grid = {"averaging": [None, SWA(start=0.9)], "max_iter": [3, 200]}
    est = network(n_iter_no_change=1, tol=10.0)  # which ends in the third epoch
    search = StructureSearchCV(est, [(3,)], param_grid=grid, cv=4, refit=False)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        search.fit(X, Y)
    (said,) = (w for w in seen if "averaged" in str(w.message))
    assert str(said.message).startswith("4 of 16 fits: averaging=SWA(")
    assert said.filename == __file__


# Selection.


def test_the_one_standard_error_rule_by_hand() -> None:
    scores = np.array([[0.7, 0.8], [0.88, 0.90], [0.85, 0.97], [0.80, 0.94], [np.nan, 0.99]])
    # The highest mean is 0.91, its standard error |0.97 - 0.85| / 2 = 0.06: 0.87 is near, 0.75 not.
    assert standard_error(scores[2]) == pytest.approx(0.06)
    assert smallest_within_one_standard_error(scores, np.array([5, 40, 90, 20, 1])) == 3
    assert smallest_within_one_standard_error(scores, np.array([5, 20, 90, 20, 1])) == 1
    assert smallest_within_one_standard_error(scores, np.array([5, 40, 10, 20, 1])) == 2


def test_selection_takes_the_smaller_network_and_refits_it() -> None:
    sizes = [(1,), (2,), (8,), (32,)]
    search = StructureSearchCV(network(max_iter=40), sizes, selection="one_standard_error")
    search.fit(X, Y)
    results = search.cv_results_
    best = np.argmax(results["mean_test_score"])
    bound = results["mean_test_score"][best] - results["std_test_score"][best] / math.sqrt(5 - 1)
    within = [i for i in range(4) if results["mean_test_score"][i] >= bound]
    assert search.highest_index_ == best
    assert search.best_index_ == search.one_standard_error_index_ == min(within)
    assert search.best_estimator_.hidden_layer_sizes == sizes[min(within)]
    assert search.best_score_ == results["mean_test_score"][min(within)]


def test_refit_may_be_a_function_or_nothing() -> None:
    chosen = StructureSearchCV(network(), SIZES, cv=3, refit=lambda results: 1).fit(X, Y)
    assert chosen.best_params_ == {"hidden_layer_sizes": SIZES[1]}
    without = StructureSearchCV(network(), SIZES, cv=3, refit=False).fit(X, Y)
    assert not hasattr(without, "best_estimator_")
    with pytest.raises(AttributeError):
        without.predict(X)


# Candidates.


@pytest.mark.parametrize(("rows", "columns", "outputs"), [(100, 4, 3), (569, 30, 1), (10**6, 9, 1)])
def test_the_ladder_climbs_from_a_linear_model(rows: int, columns: int, outputs: int) -> None:
    sizes = ladder(rows, columns, outputs)
    n_parameters = [
        Network(columns, (*map(Dense, hidden), Dense(outputs))).n_parameters for hidden in sizes
    ]
    assert sizes[0] == ()
    assert n_parameters == sorted(n_parameters)
    assert len(set(sizes)) == len(sizes)
    widest = max(n for hidden in sizes for n in hidden)
    assert widest == 512 or widest * (columns + outputs) >= 4 * rows or widest == 16
    assert 7 <= len(sizes) <= 25


def test_the_ladder_is_the_default_and_told() -> None:
    search = StructureSearchCV(network(max_iter=2), cv=3, refit=False).fit(X, Y)
    assert search.candidates_ == ladder(379, 30, 1)
    assert [p["hidden_layer_sizes"] for p in search.cv_results_["params"]] == search.candidates_


def test_what_needs_a_hidden_layer_is_not_tried_without_one() -> None:
    search = StructureSearchCV(network(max_iter=1, dropout=0.1), cv=3, refit=False).fit(X, Y)
    assert search.candidates_ == ladder(379, 30, 1)[1:]


@pytest.mark.parametrize(
    ("candidates", "message"),
    [
        ([], "candidates is empty"),
        ([(4,), (0,)], r"candidate 2 is \(0,\).*at least 1 unit"),
        ([(4, -3)], r"candidate 1 is \(4, -3\)"),
        ([4, 2.5], "candidate 2 is 2.5: a candidate is a tuple of whole numbers"),
        (["64"], "candidate 1 is '64'"),
        ([(4, True)], "candidate 1"),
    ],
)
def test_wrong_candidates(candidates: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StructureSearchCV(network(), candidates).fit(X, Y)


def test_what_is_not_searched() -> None:
    with pytest.raises(TypeError, match=r"ends in one.*LogisticRegression"):
        StructureSearchCV(LogisticRegression(), SIZES).fit(X, Y)
    with pytest.raises(ValueError, match="give the hidden layers as candidates"):
        StructureSearchCV(network(), SIZES, param_grid={"hidden_layer_sizes": SIZES}).fit(X, Y)
    pipeline = make_pipeline(StandardScaler(), network())
    with pytest.raises(ValueError, match="standardscaler__with_mean, in a step before"):
        StructureSearchCV(
            pipeline, SIZES, param_grid={"standardscaler__with_mean": [True, False]}
        ).fit(X, Y)
    with pytest.raises(ValueError, match="in this Pipeline write mlpclassifier__alpha"):
        StructureSearchCV(pipeline, SIZES, param_grid={"alpha": [0.1]}).fit(X, Y)
    with pytest.raises(ValueError, match="n_candidates=3 is how many strategy='optuna' draws"):
        StructureSearchCV(network(), SIZES, n_candidates=3).fit(X, Y)
    watched = network().set_callbacks(ProgressBar())
    with pytest.raises(ValueError, match="given by set_callbacks"):
        StructureSearchCV(watched, SIZES).fit(X, Y)
    with pytest.raises(ValueError, match="requires y"):
        StructureSearchCV(network(), SIZES).fit(X)


def test_a_candidate_too_large_for_memory_is_refused_before_anything_is_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "trainer", None)  # nobody may call it
    with pytest.raises(ValueError, match=r"\(2000000, 2000000\).*GiB to train"):
        StructureSearchCV(network(), [(4,), (2_000_000, 2_000_000)]).fit(X, Y)


def test_memory_is_counted() -> None:
    net = Network(10, (Dense(20), Dense(1)))
    assert fit_bytes(net, 100, 4) == 4 * (5 * 241 + 2 * 100 * (10 + 2 * 21))
    assert 2**20 < available_bytes() < 2**50


# Failures.


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


def test_a_fold_that_lacks_a_class_is_told() -> None:
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


def test_what_cannot_be_scored_has_failed_and_is_told_in_one_warning() -> None:
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


def test_scores_that_are_not_finite_are_told() -> None:
    search = StructureSearchCV(network(), SIZES, cv=3, scoring=lambda *_: np.nan, refit=False)
    with pytest.warns(UserWarning, match="scores are non-finite"):
        search.fit(X, Y)


# optuna.


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


def test_what_optuna_draws_too_large_for_memory_fails_alone(
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
    from rosenblatt.search import structure_search

    monkeypatch.setattr(structure_search, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install \"rosenblatt\[search\]\""):
        StructureSearchCV(network(), SIZES, strategy="optuna").fit(X, Y)


@parametrize_with_checks(
    [
        StructureSearchCV(MLPClassifier(max_iter=100, random_state=0), [(5,), (50,)], cv=3),
        StructureSearchCV(MLPRegressor(max_iter=100, random_state=0), [(5,), (50,)], cv=3),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)


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
