"""The bound on the norm of a unit's incoming weights (Srivastava et al. 2014)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.constraints import MaxNorm, NoConstraint


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


def test_it_is_the_nearest_matrix_within_the_bound() -> None:
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


def test_nan_passes() -> None:
    W = np.array([[np.nan, 3.0], [1.0, 4.0]])
    MaxNorm(1.0).project(W)
    assert np.isnan(W[:, 0]).any()
    np.testing.assert_allclose(W[:, 1], [0.6, 0.8])
