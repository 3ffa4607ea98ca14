"""Quantiles by the estimators' parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import d2_pinball_score
from sklearn.model_selection import train_test_split

from rosenblatt import MLPRegressor
from rosenblatt.losses import (
    Quantile,
)
from tests.support.data import X_DIABETES, Y_DIABETES, ignore_convergence


@ignore_convergence
def test_quantiles_cover_what_they_promise_on_rows_not_seen() -> None:
    """Four levels at once, of y with noise that grows with x: the shares below them, held out."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (6000, 1))
    y = np.sin(3 * X[:, 0]) + (0.1 + 0.3 * (X[:, 0] + 1)) * rng.standard_normal(6000)
    levels = (0.05, 0.25, 0.75, 0.95)
    model = MLPRegressor(
        Quantile(levels), 32, activation="tanh", learning_rate_init=0.003, random_state=0
    ).fit(X[:4000], y[:4000])
    prediction = model.predict(X[4000:])
    assert prediction.shape == (2000, 4)
    coverage = (y[4000:, None] < prediction).mean(axis=0)
    np.testing.assert_allclose(coverage, levels, atol=0.03)
    # Also within either half, because the spread is learnt and not only the mean.
    for half in (X[4000:, 0] < 0, X[4000:, 0] >= 0):
        coverage = (y[4000:][half, None] < prediction[half]).mean(axis=0)
        np.testing.assert_allclose(coverage, levels, atol=0.05)


@ignore_convergence
def test_quantiles_of_real_data_cover_near_their_level() -> None:
    X, X_test, y, y_test = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
    model = MLPRegressor(Quantile((0.1, 0.5, 0.9)), 8, alpha=3.0, max_iter=500, random_state=0)
    below = (y_test[:, None] < model.fit(X, y).predict(X_test)).mean(axis=0)
    # 111 rows: two standard deviations are 0.06 to 0.09.
    np.testing.assert_allclose(below, [0.1, 0.5, 0.9], atol=0.1)


@ignore_convergence
def test_shapes_of_several_levels_and_targets() -> None:
    Y = np.column_stack([Y_DIABETES, 2 * Y_DIABETES])
    shapes = {}
    for n_targets, y in ((1, Y_DIABETES), (2, Y)):
        for levels in ((0.5,), (0.1, 0.5, 0.9)):
            model = MLPRegressor(Quantile(levels), 6, max_iter=2, random_state=0)
            shapes[n_targets, len(levels)] = model.fit(X_DIABETES, y).predict(X_DIABETES).shape
            assert model.n_outputs_ == n_targets * len(levels)
    assert shapes == {(1, 1): (442,), (1, 3): (442, 3), (2, 1): (442, 2), (2, 3): (442, 2, 3)}


@ignore_convergence
def test_levels_of_a_target_lie_side_by_side() -> None:
    """Two targets that are constants: each level of either is the constant."""
    Y = np.tile([3.0, -5.0], (50, 1))
    settings: dict[str, Any] = {"learning_rate_init": 0.05, "max_iter": 1000}
    model = MLPRegressor(Quantile((0.2, 0.8)), (), n_iter_no_change=1000, **settings)
    prediction = model.fit(np.zeros((50, 1)), Y).predict(np.zeros((1, 1)))
    np.testing.assert_allclose(prediction, [[[3, 3], [-5, -5]]], atol=0.05)


@ignore_convergence
def test_the_score_of_quantiles_is_the_pinball_losss() -> None:
    weight = np.random.default_rng(0).uniform(size=442)
    levels = (0.1, 0.9)
    Y = np.column_stack([Y_DIABETES, X_DIABETES[:, 0]])
    for y in (Y_DIABETES, Y):
        model = MLPRegressor(Quantile(levels), 6, max_iter=50, random_state=0).fit(X_DIABETES, y)
        prediction = model.predict(X_DIABETES)
        expected = [
            d2_pinball_score(y, prediction[..., i], alpha=level, sample_weight=weight)
            for i, level in enumerate(levels)
        ]
        assert model.score(X_DIABETES, y, weight) == pytest.approx(np.mean(expected))
    median = MLPRegressor("quantile", 6, max_iter=50, random_state=0).fit(X_DIABETES, Y_DIABETES)
    expected = d2_pinball_score(Y_DIABETES, median.predict(X_DIABETES))
    assert median.score(X_DIABETES, Y_DIABETES) == pytest.approx(expected)


def test_early_stopping_watches_the_score_of_quantiles() -> None:
    X, X_val, y, y_val = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
    model = MLPRegressor(Quantile((0.1, 0.9)), 30, early_stopping=True, random_state=0)
    model.set_params(learning_rate_init=0.02).fit(X, y, X_val=X_val, y_val=y_val)
    assert model.best_validation_score_ == pytest.approx(model.score(X_val, y_val))


@ignore_convergence
def test_another_number_of_levels_is_another_network() -> None:
    model = MLPRegressor(Quantile((0.1, 0.9)), 4, max_iter=1, warm_start=True)
    model.fit(X_DIABETES, Y_DIABETES).set_params(loss="quantile")
    assert model.predict(X_DIABETES).shape == (442, 2)  # until the next fit
    with pytest.raises(ValueError, match="set warm_start=False"):
        model.fit(X_DIABETES, Y_DIABETES)
