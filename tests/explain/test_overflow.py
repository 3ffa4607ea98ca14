"""Explanations and scores of rows far beyond the training's say so, and end."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPRegressor, TableRegressor
from rosenblatt.errors import InputError
from rosenblatt.explain import ShapExplainer, integrated_gradients, permutation_importance

pytestmark = pytest.mark.filterwarnings(
    "error::RuntimeWarning", "ignore::sklearn.exceptions.ConvergenceWarning"
)

X = np.random.default_rng(0).standard_normal((60, 3))
Y = X[:, 0] + X[:, 1]
FAR = np.where(X[:5] > 0, 1.0, -1.0) * np.finfo(np.float64).max
NOT_FINITE = r"The values of \d of 5 rows, or their standard errors, are not finite"


@pytest.fixture(scope="module")
def model() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MLPRegressor(hidden_layer_sizes=(5,), max_iter=5, random_state=0).fit(X, Y)


@pytest.mark.parametrize("tolerance", [None, 1e-6])
def test_shap_values_that_overflow(model: Any, tolerance: float | None) -> None:
    explainer = ShapExplainer(model, X[:10], tolerance=tolerance)
    with pytest.warns(RuntimeWarning, match=NOT_FINITE):
        explainer(FAR)
    assert np.isfinite(explainer(X[:5]).values).all()


def test_a_background_that_overflows(model: Any) -> None:
    explainer = ShapExplainer(model, FAR)
    with pytest.warns(
        RuntimeWarning, match="The values of 5 of 5 rows, or their standard errors, are not finite"
    ):
        explainer(X[:5])


def test_errors_that_are_infinite_end_the_rounds() -> None:
    """Of more columns than all coalitions are met of."""
    rng = np.random.default_rng(1)
    wide, y = rng.standard_normal((60, 25)), rng.standard_normal(60)
    model = MLPRegressor(hidden_layer_sizes=(5,), max_iter=5, random_state=0).fit(wide, y)
    explainer = ShapExplainer(model, wide[:4], tolerance=1e-6)
    with pytest.warns(RuntimeWarning, match="The values of 2 of 2 rows, or their standard"):
        explainer(wide[:2] * 1e160)


def test_gradients_that_overflow(model: Any) -> None:
    with pytest.warns(RuntimeWarning, match=NOT_FINITE):
        integrated_gradients(model, FAR, X[:3])


def test_exponentials_that_overflow() -> None:
    counts = np.random.default_rng(1).poisson(3, 60)
    model = MLPRegressor("poisson", (5,), max_iter=5, random_state=0).fit(X, counts)
    with pytest.warns(RuntimeWarning, match=NOT_FINITE):
        integrated_gradients(model, X[:5] * 1e8, X[:3])


def test_a_score_that_is_not_finite_is_compared_with_nothing(model: Any) -> None:
    with (
        pytest.warns(RuntimeWarning, match="R² is below all floats"),
        pytest.raises(InputError, match="the score of these rows is -inf"),
    ):
        permutation_importance(model, X * 1e200, Y)


def test_importances_of_large_targets() -> None:
    table = TableRegressor("fast", random_state=0, n_jobs=1).fit(X, Y)
    large = permutation_importance(table, X, Y * 1e200, random_state=0)
    # 1 - Σ(y - ŷ)² / Σ(y - ȳ)² with ŷ far below y.
    assert large.score == pytest.approx(1 - (Y**2).sum() / ((Y - Y.mean()) ** 2).sum(), rel=1e-9)


@pytest.mark.parametrize("scoring", ["explained_variance", "neg_mean_squared_error"])
def test_scores_of_the_largest_targets(model: Any, scoring: str) -> None:
    """scikit-learn's metrics warn of each overflow on the way to a score that is refused."""
    largest = np.where(X[:, 0] > 0, 1.0, -1.0) * 1.7e308
    with pytest.raises(InputError, match=r"the score of these rows is -?(inf|nan)"):
        permutation_importance(model, X, largest, scoring=scoring)


def test_a_scorer_that_does_not_take_the_targets_says_so(model: Any) -> None:
    """Not that a classifier predicts classes."""
    with pytest.raises(ValueError, match="non-negative y"):
        permutation_importance(model, X, -np.abs(Y), scoring="neg_mean_poisson_deviance")
