"""The command line's scores against scikit-learn's, and against rows given twice."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from rosenblatt.cli.scores import classification_scores, regression_scores


def class_data(n: int, n_classes: int, seed: int):
    rng = np.random.default_rng(seed)
    codes = rng.integers(n_classes, size=n)
    logits = rng.normal(size=(n, n_classes)) + 1.5 * (codes[:, None] == np.arange(n_classes))
    p = np.exp(logits)
    return codes, p / p.sum(axis=1, keepdims=True), rng.integers(0, 4, size=n).astype(float)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_class_scores_equal_scikit_learns(n_classes: int, weighted: bool) -> None:
    codes, p, w = class_data(200, n_classes, seed=n_classes)
    weights = w if weighted else None
    scores = classification_scores(codes, p, weights)
    predicted = p.argmax(axis=1)
    auc_of = p[:, 1] if n_classes == 2 else p
    assert scores == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(codes, predicted, sample_weight=weights),
            "balanced_accuracy": metrics.balanced_accuracy_score(
                codes, predicted, sample_weight=weights
            ),
            "log_loss": metrics.log_loss(codes, p, sample_weight=weights),
            "roc_auc": metrics.roc_auc_score(
                codes, auc_of, multi_class="ovr", sample_weight=weights
            ),
        }
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_number_scores_equal_scikit_learns(weighted: bool) -> None:
    rng = np.random.default_rng(3)
    y, noise, w = rng.normal(50, 10, size=(3, 100))
    weights = np.abs(w) if weighted else None
    predicted = y + noise / 5
    scores = regression_scores(y, predicted, weights)
    assert scores == pytest.approx(
        {
            "r2": metrics.r2_score(y, predicted, sample_weight=weights),
            "rmse": metrics.root_mean_squared_error(y, predicted, sample_weight=weights),
            "mae": metrics.mean_absolute_error(y, predicted, sample_weight=weights),
        }
    )


def test_weight_2_is_the_row_twice_and_weight_0_its_absence() -> None:
    codes, p, w = class_data(120, 3, seed=9)
    rows = np.repeat(np.arange(len(codes)), w.astype(int))
    assert classification_scores(codes, p, w) == pytest.approx(
        classification_scores(codes[rows], p[rows], None)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_area_counts_equal_probabilities_half(weighted: bool, dtype: type) -> None:
    codes, p, w = class_data(300, 2, seed=5)
    coarse = np.round(p, 1).astype(dtype)
    weights = w if weighted else None
    area = metrics.roc_auc_score(codes, coarse[:, 1], sample_weight=weights)
    assert classification_scores(codes, coarse, weights)["roc_auc"] == pytest.approx(area, 1e-12)
    constant = np.full_like(coarse, 0.5)
    assert classification_scores(codes, constant, weights)["roc_auc"] == 0.5


def test_a_sure_and_wrong_prediction_costs_much_and_not_infinitely() -> None:
    scores = classification_scores(np.array([0, 1]), np.array([[0.0, 1.0], [1.0, 0.0]]), None)
    assert scores["log_loss"] == pytest.approx(-np.log(np.finfo(float).eps))


def test_scores_that_the_rows_do_not_define_are_none() -> None:
    codes, p, _ = class_data(20, 3, seed=1)
    two_of_three = codes < 2
    assert classification_scores(codes[two_of_three], p[two_of_three], None)["roc_auc"] is None
    assert regression_scores(np.ones(3), np.zeros(3), None) == {"r2": None, "rmse": 1, "mae": 1}
    none, nothing = np.array([], dtype=int), np.zeros((0, 3))
    assert set(classification_scores(none, nothing, None).values()) == {None}
    assert set(regression_scores(np.ones(2), np.ones(2), np.zeros(2)).values()) == {None}
