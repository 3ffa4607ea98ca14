"""Weights of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from rosenblatt import MLPClassifier, MLPRegressor
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence


@ignore_convergence
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_weight_two_is_the_row_twice_and_weight_zero_its_absence(solver: str) -> None:
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 3, len(Y_DIABETES)).astype(float)
    rows = np.repeat(np.arange(len(Y_DIABETES)), weight.astype(int))
    settings = {
        "hidden_layer_sizes": 5,
        "solver": solver,
        "random_state": 0,
        "max_iter": 15,
        "activation": "tanh",
    }
    weighted = MLPRegressor(batch_size=len(weight), **settings).fit(
        X_DIABETES, Y_DIABETES, sample_weight=weight
    )
    repeated = MLPRegressor(batch_size=len(rows), **settings).fit(
        X_DIABETES[rows], Y_DIABETES[rows]
    )
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


@ignore_convergence
def test_weights_matter_at_batch_size_one() -> None:
    weight = np.where(Y_CANCER == 1, 5.0, 1.0)
    settings = {"hidden_layer_sizes": 4, "batch_size": 1, "random_state": 0, "max_iter": 2}
    plain = MLPClassifier(**settings).fit(X_CANCER, Y_CANCER)
    weighted = MLPClassifier(**settings).fit(X_CANCER, Y_CANCER, sample_weight=weight)
    assert (
        weighted.predict_proba(X_CANCER)[:, 1].mean() > plain.predict_proba(X_CANCER)[:, 1].mean()
    )


@pytest.mark.parametrize(
    ("weight", "message"),
    [(np.zeros(569), "at least one non-zero"), (np.r_[-1.0, np.ones(568)], "row 0 has -1")],
)
def test_weights_that_mean_nothing(weight: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier().fit(X_CANCER, Y_CANCER, sample_weight=weight)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@ignore_convergence
def test_a_row_of_weight_zero_is_absent_even_if_its_loss_is_infinite(solver: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 3))
    y = rng.poisson(1.0, 50).astype(float)
    X[0], weight = 1e8, np.r_[0.0, np.ones(49)]
    model = MLPRegressor("poisson", 4, solver=solver, max_iter=20, random_state=0)
    model.fit(X, y, sample_weight=weight)
    assert np.isfinite(model.loss_)
    assert all(np.isfinite(w).all() for w in model.coefs_)


@pytest.mark.parametrize("absent", ["training", "validation"])
def test_weights_that_leave_a_part_empty(absent: str) -> None:
    rows = np.arange(len(Y_DIABETES))
    rng = np.random.RandomState(0)
    rng.uniform(size=10 * 2 + 2 + 2 * 1 + 1)  # the initial weights come before the split
    train, validation = train_test_split(rows, test_size=0.1, random_state=rng)
    weight = np.ones(len(rows))
    weight[train if absent == "training" else validation] = 0
    model = MLPRegressor(random_state=0, hidden_layer_sizes=2, early_stopping=True)
    with pytest.raises(ValueError, match=f"rows of the {absent} part have sample weight 0"):
        model.fit(X_DIABETES, Y_DIABETES, sample_weight=weight)
