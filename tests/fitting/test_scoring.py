"""Early stopping on any scorer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import balanced_accuracy_score, get_scorer, make_scorer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)
X_CANCER, Y_CANCER = scale(X_CANCER), np.array(["malignant", "benign"])[Y_CANCER]
X_DIGITS, Y_DIGITS = load_digits(return_X_y=True)
X_DIABETES, Y_DIABETES = (scale(a) for a in load_diabetes(return_X_y=True))
CANCER = train_test_split(X_CANCER, Y_CANCER, random_state=0)
DIGITS = train_test_split(X_DIGITS / 16, Y_DIGITS, random_state=0)
DIABETES = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
PAIRS = train_test_split(X_DIABETES, np.c_[Y_DIABETES, Y_DIABETES**2], random_state=0)
SMALL: dict[str, Any] = {"hidden_layer_sizes": 12, "random_state": 0, "early_stopping": True}


def weighted_and_counting(estimator: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
    right = estimator.predict(X) == y
    return float(np.average(right, weights=sample_weight))


@pytest.mark.parametrize(
    ("estimator", "rows", "scoring"),
    [
        (MLPClassifier, CANCER, "balanced_accuracy"),
        (MLPClassifier, CANCER, "roc_auc"),
        (MLPClassifier, CANCER, "neg_log_loss"),
        (MLPClassifier, CANCER, weighted_and_counting),
        (MLPClassifier, DIGITS, "roc_auc_ovr"),
        (MLPClassifier, DIGITS, "f1_macro"),
        (MLPRegressor, DIABETES, "neg_mean_absolute_error"),
        (MLPRegressor, PAIRS, "neg_root_mean_squared_error"),
        (MLPRegressor, PAIRS, "r2"),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_best_by_the_scorer_is_restored(
    estimator: Any, rows: Any, scoring: Any, weighted: bool
) -> None:
    X, X_val, y, y_val = rows
    weights = np.random.default_rng(0).uniform(0.1, 2, len(X_val)) if weighted else None
    model = estimator(**SMALL, scoring=scoring, max_iter=30, learning_rate_init=0.01)
    model.fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=weights)
    scorer = get_scorer(scoring) if isinstance(scoring, str) else scoring
    given = {"sample_weight": weights} if weighted else {}
    assert scorer(model, X_val, y_val, **given) == pytest.approx(max(model.validation_scores_))
    assert model.validation_scores_ == [h["validation_score"] for h in model.history_]
    assert model.best_validation_score_ == max(model.validation_scores_)


def test_scikit_learns_score_by_its_name_is_the_default() -> None:
    X, X_val, y, y_val = CANCER
    default = MLPClassifier(**SMALL, max_iter=15).fit(X, y, X_val=X_val, y_val=y_val)
    named = MLPClassifier(**SMALL, max_iter=15, scoring="accuracy")
    named.fit(X, y, X_val=X_val, y_val=y_val)
    assert named.validation_scores_ == pytest.approx(default.validation_scores_)
    # And on rows that are split off, whose labels have to be found again.
    default, named = (
        MLPClassifier(**SMALL, max_iter=15, scoring=scoring).fit(X, y)
        for scoring in (None, "accuracy")
    )
    assert named.validation_scores_ == pytest.approx(default.validation_scores_)


def test_multilabel_targets() -> None:
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (300, 3))
    X = Y @ rng.standard_normal((3, 6)) + 0.3 * rng.standard_normal((300, 6))
    model = MLPClassifier(**SMALL, scoring="f1_micro", max_iter=20).fit(X, Y, X_val=X, y_val=Y)
    assert get_scorer("f1_micro")(model, X, Y) == pytest.approx(max(model.validation_scores_))


def test_sparse_rows() -> None:
    X, X_val, y, y_val = DIGITS
    model = MLPClassifier(**SMALL, scoring="balanced_accuracy", max_iter=10)
    model.fit(sp.csr_array(X), y, X_val=sp.csr_array(X_val), y_val=y_val)
    expected = balanced_accuracy_score(y_val, model.predict(X_val))
    assert max(model.validation_scores_) == pytest.approx(expected)


def test_rows_with_named_columns() -> None:
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(X_DIABETES, columns=[f"column {i}" for i in range(10)])
    model = MLPRegressor(**SMALL, scoring="neg_mean_absolute_error", max_iter=5)
    model.fit(X, Y_DIABETES, X_val=X, y_val=Y_DIABETES)
    assert list(model.feature_names_in_) == list(X.columns)


def test_without_early_stopping_the_score_is_recorded() -> None:
    X, X_val, y, y_val = CANCER
    model = MLPClassifier(12, random_state=0, scoring="roc_auc", max_iter=4)
    model.fit(X, y, X_val=X_val, y_val=y_val)
    last = model.history_[-1]["validation_score"]
    assert last == pytest.approx(get_scorer("roc_auc")(model, X_val, y_val))
    assert model.validation_scores_ is None


def test_a_scorer_sees_one_estimator_whose_weights_move() -> None:
    seen = []

    def scorer(estimator: Any, X: Any, y: Any) -> float:
        seen.append((id(estimator), id(estimator.coefs_[0]), float(estimator.coefs_[0].sum())))
        return estimator.score(X, y)

    X, X_val, y, y_val = CANCER
    MLPClassifier(**SMALL, scoring=scorer, max_iter=5).fit(X, y, X_val=X_val, y_val=y_val)
    assert len({(a, b) for a, b, _ in seen}) == 1
    assert len({total for _, _, total in seen}) == 5


def test_a_score_of_nan_is_never_the_best() -> None:
    def scorer(estimator: Any, X: Any, y: Any) -> float:
        calls.append(1)
        return float("nan") if len(calls) in (1, 4) else float(len(calls) == 3)

    calls: list[int] = []
    X, X_val, y, y_val = CANCER
    reached: list[Any] = []
    model = MLPClassifier(
        **SMALL,
        scoring=scorer,
        max_iter=6,
        callbacks=[lambda e: reached.append(e.estimator.coefs_[0].copy())],
    ).fit(X, y, X_val=X_val, y_val=y_val)
    assert np.isnan(model.validation_scores_).tolist() == [True, False, False, True, False, False]
    np.testing.assert_array_equal(model.coefs_[0], reached[2])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_diverging_run_does_not_ask_the_scorer() -> None:
    """Which would refuse predictions that are no numbers."""
    model = MLPRegressor(
        **SMALL,
        scoring="neg_mean_absolute_error",
        solver="sgd",
        activation="identity",
        learning_rate_init=5.0,
    ).fit(X_DIABETES, Y_DIABETES)
    assert np.isnan(model.validation_scores_[-1])
    assert "diverged in epoch" in model.stop_reason_


def test_weights_that_a_scorer_does_not_take() -> None:
    def scorer(estimator: Any, X: Any, y: Any) -> float:
        return estimator.score(X, y)

    model = MLPClassifier(**SMALL, scoring=scorer, max_iter=2)
    with pytest.warns(UserWarning, match="takes no sample_weight") as seen:
        model.fit(X_CANCER, Y_CANCER, sample_weight=np.ones(len(Y_CANCER)))
    assert [w.filename for w in seen if w.category is UserWarning] == [__file__]


def test_class_weights_that_a_scorer_does_not_take() -> None:
    def scorer(estimator: Any, X: Any, y: Any) -> float:
        return estimator.score(X, y)

    model = MLPClassifier(**SMALL, scoring=scorer, max_iter=2, class_weight="balanced")
    with pytest.warns(UserWarning, match="count the same, whatever class_weight says") as seen:
        model.fit(X_CANCER, Y_CANCER)
    assert [w.filename for w in seen if w.category is UserWarning] == [__file__]


def test_nan_scores_warn() -> None:
    def scorer(est: Any, X: Any, y: Any) -> float:
        return math.nan

    X, y = X_CANCER, Y_CANCER
    model = MLPClassifier(**SMALL, scoring=scorer, max_iter=3)
    with pytest.warns(UserWarning, match="gave no number in any epoch"):
        model.fit(X, y)
    assert model.best_validation_score_ == -math.inf


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"scoring": "roc_auk"},
            r"scoring='roc_auk' is not known \(did you mean 'roc_auc'\?\). Known are 'loss' and",
        ),
        ({"scoring": "los"}, r"did you mean 'loss'\?"),
        ({"scoring": 3}, "'scoring' parameter"),
        (
            {"scoring": "roc_auc", "early_stopping": False},
            "does not go with early_.*it needs validation rows",
        ),
        (
            {"scoring": "loss", "early_stopping": False},
            "does not go with early_.*it needs validation rows",
        ),
    ],
)
def test_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**(SMALL | settings)).fit(X_CANCER, Y_CANCER)


def test_a_scorer_that_returns_something_else() -> None:
    model = MLPClassifier(**SMALL, scoring=lambda estimator, X, y: {"accuracy": 1.0})
    with pytest.raises(TypeError, match="must return one number"):
        model.fit(X_CANCER, Y_CANCER)
    model = MLPClassifier(**SMALL, scoring=make_scorer(lambda y, p: "good"))
    with pytest.raises((TypeError, ValueError)):
        model.fit(X_CANCER, Y_CANCER)


@pytest.mark.parametrize(
    ("scoring", "said"),
    [(None, "Validation score"), ("roc_auc", "Validation score"), ("loss", "Validation loss")],
)
def test_the_reason_names_what_was_watched(scoring: str | None, said: str) -> None:
    model = MLPClassifier(
        early_stopping=True, scoring=scoring, n_iter_no_change=1, tol=1.0, random_state=0
    )
    assert model.fit(X_CANCER, Y_CANCER).stop_reason_.startswith(f"{said} did not improve")


@pytest.mark.parametrize("scoring", ["roc_auc", "neg_log_loss"])
def test_a_score_of_classes_is_refused_for_numbers(scoring: str) -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    regressor = MLPRegressor(max_iter=2, early_stopping=True, scoring=scoring)
    with pytest.raises(ValueError, match=f"scoring='{scoring}' is of another kind of predictions"):
        regressor.fit(X, X[:, 0])
