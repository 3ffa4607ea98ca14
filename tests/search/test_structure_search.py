"""The structure search: scikit-learn's results, exact resumption, limits, and what goes wrong."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import DataConversionWarning, FitFailedWarning
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import MLPClassifier, MLPRegressor, StructureSearchCV
from rosenblatt.engine import native
from tests.support.searches import SIZES, X_REAL, Y_REAL, X, Y, network, same_results

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


RAW = load_breast_cancer(return_X_y=True)[0]


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
    made = native.NativeTrainer.__init__

    def recorded(trainer: Any, problem: Any, arrays: Any, *given: Any, **named: Any) -> None:
        seen.append((threading.current_thread(), arrays))
        made(trainer, problem, arrays, *given, **named)

    monkeypatch.setattr(native.NativeTrainer, "__init__", recorded)
    StructureSearchCV(network(early_stopping=True), SIZES, refit=False, n_jobs=2).fit(X, Y)
    assert len(seen) == 3 * 5
    assert all(arrays.X is seen[0][1].X for _, arrays in seen)
    assert np.shares_memory(seen[0][1].X, X)
    assert {len(arrays.rows) for _, arrays in seen} == {409, 410}  # 9 tenths of 455 and 456
    assert all(thread is not threading.main_thread() for thread, _ in seen)


def test_targets_are_encoded_once_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whatever they are made: labels and a table of validation rows."""
    seen: list[Any] = []
    made = native.NativeTrainer.__init__

    def recorded(trainer: Any, problem: Any, arrays: Any, *given: Any, **named: Any) -> None:
        seen.append(arrays)
        made(trainer, problem, arrays, *given, **named)

    monkeypatch.setattr(native.NativeTrainer, "__init__", recorded)
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


def test_column_of_targets_warns_once() -> None:
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


@pytest.mark.product(every=4)
@parametrize_with_checks(
    [
        StructureSearchCV(MLPClassifier(max_iter=100, random_state=0), [(5,), (50,)], cv=3),
        StructureSearchCV(MLPRegressor(max_iter=100, random_state=0), [(5,), (50,)], cv=3),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_checks(estimator: Any, check: Any) -> None:
    check(estimator)
