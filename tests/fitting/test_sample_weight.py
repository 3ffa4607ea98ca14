"""Weights of any size: they count by their ratios, or are refused by their name."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.estimators import MLPRegressor

SOLVERS = ["adam", "lbfgs", "kfac", "lm"]


def data(dtype: type) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(40, 3)).astype(dtype)
    return X, X @ np.array([1.0, -2.0, 0.5], dtype)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("dtype", "exponent"), [(np.float64, -1060), (np.float64, -200), (np.float32, -140)]
)
def test_tiny_weights_count_by_their_ratios(solver: str, dtype: type, exponent: int) -> None:
    X, y = data(dtype)
    weights = np.resize([1.0, 2.0, 3.0], len(X))
    model = MLPRegressor(hidden_layer_sizes=(4,), solver=solver, max_iter=20, random_state=0)
    expected = model.fit(X, y, sample_weight=weights / 4).predict(X)
    got = model.fit(X, y, sample_weight=np.ldexp(weights, exponent)).predict(X)
    np.testing.assert_array_equal(got, expected)  # of weights that are powers of two apart


def test_weights_beyond_the_type_are_named() -> None:
    X, y = data(np.float32)
    with pytest.raises(ValueError, match=r"sample_weight has 1e\+39 in row 0, which float32"):
        MLPRegressor(hidden_layer_sizes=(4,)).fit(X, y, sample_weight=np.full(len(X), 1e39))
