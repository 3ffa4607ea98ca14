"""The bound on the norm of a unit's incoming weights (Srivastava et al. 2014)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.errors import DivergenceError
from rosenblatt.regularization.constraints import MaxNorm, NoConstraint


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_by_hand(dtype: Any) -> None:
    """Columns of norm 5, 1 and 0 within 2: the first alone is scaled, by 2/5."""
    W = np.array([[3.0, 0.6, 0.0], [-4.0, 0.8, 0.0]], dtype)
    kept = W.copy()
    MaxNorm(2.0).project(W)
    np.testing.assert_allclose(W[:, 0], [1.2, -1.6], rtol=1e-6)
    np.testing.assert_array_equal(W[:, 1:], kept[:, 1:])
    assert W.dtype == dtype
    NoConstraint().project(kept)
    assert kept[0, 0] == 3


def test_projection_is_the_nearest_matrix_within_the_bound() -> None:
    """A projection: no other matrix within the bound is nearer, and a second changes nothing."""
    rng = np.random.default_rng(0)
    W = rng.standard_normal((4, 30))
    nearest = W.copy()
    MaxNorm(1.5).project(nearest)
    distance = np.linalg.norm(W - nearest)
    for _ in range(200):
        other = nearest + 0.1 * rng.standard_normal(W.shape)
        other /= np.maximum(1, np.linalg.norm(other, axis=0) / 1.5)
        assert np.linalg.norm(W - other) > distance
    again = nearest.copy()
    MaxNorm(1.5).project(again)
    np.testing.assert_allclose(again, nearest, rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_norms_whose_squares_overflow_or_which_do_themselves(dtype: Any) -> None:
    """Columns (3, -4) times what is given, within 2, beside one that is within it."""
    largest = float(np.finfo(dtype).max)
    sizes = [np.sqrt(largest) / 3, np.sqrt(largest), 1e3 * np.sqrt(largest), largest / 4, 0.1]
    W = (np.array([[3.0], [-4.0]]) * np.array(sizes)).astype(dtype)
    kept = W[:, -1].copy()
    MaxNorm(2.0).project(W)
    np.testing.assert_allclose(W[:, :-1], np.tile([[1.2], [-1.6]], 4), 4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(W[:, -1], kept)


def test_a_unit_of_any_norm_within_the_limit_is_left() -> None:
    W = np.array([[3e200], [-4e200]])
    kept = W.copy()
    for limit in (6e200, np.inf):
        MaxNorm(limit).project(W)
        np.testing.assert_array_equal(W, kept)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("dtype", "rate"), [("float32", 1e21), ("float64", 1e160)])
def test_a_step_as_long_as_that_leaves_units_of_the_limits_norm(dtype: str, rate: float) -> None:
    X = np.random.default_rng(0).standard_normal((60, 4)).astype(dtype)
    norms: list[Any] = []
    model = MLPRegressor(
        hidden_layer_sizes=(5,),
        random_state=0,
        solver="sgd",
        momentum=0.0,
        learning_rate_init=rate,
        activation="tanh",
        max_norm=1.0,
        max_iter=1,
        callbacks=[lambda end: norms.append(np.linalg.norm(end.estimator.coefs_[0], axis=0))],
    )
    # The output layer, which has no such limit, predicts what no loss holds.
    with pytest.raises(DivergenceError, match="after its step"):
        model.fit(X, X @ [1, 2, -1, 0.5])
    np.testing.assert_allclose(norms, np.ones((1, 5)), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_infinity_passes() -> None:
    """As NaN, where it stands."""
    W = np.array([[np.inf, 3.0], [1.0, 4.0]])
    MaxNorm(1.0).project(W)
    np.testing.assert_array_equal(W[:, 0], [np.nan, 0])
    np.testing.assert_allclose(W[:, 1], [0.6, 0.8])


def test_nan_passes() -> None:
    W = np.array([[np.nan, 3.0], [1.0, 4.0]])
    MaxNorm(1.0).project(W)
    assert np.isnan(W[:, 0]).any()
    np.testing.assert_allclose(W[:, 1], [0.6, 0.8])
