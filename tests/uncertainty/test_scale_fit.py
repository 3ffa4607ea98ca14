"""The scale of errors: found where there is one, and left out where there is none (theory U2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import minimize

from rosenblatt.uncertainty import ErrorScale
from rosenblatt.uncertainty.scale_fit import fitted_scale, minimised


def made(n: int, slope: float, seed: int = 0) -> tuple[npt.NDArray[Any], ...]:
    """Features, predictions and errors whose scale grows with the first feature."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    errors = np.abs(rng.laplace(size=n)) * np.exp(slope * X[:, 0].astype(np.float64))
    return X, rng.normal(size=n), errors


def test_slopes_are_those_of_the_noise() -> None:
    X, predicted, errors = made(6000, 0.5)
    found = fitted_scale(X, predicted, errors, None, np.arange(6000))
    assert found.scale is not None
    true = np.exp(0.5 * X[:, 0])
    assert np.std(np.log(found.at_rows / true)) < 0.1
    assert np.std(np.log(found.scale.at(X, predicted) / true)) < 0.1


def test_noise_that_is_the_same_everywhere_needs_hardly_any_scale() -> None:
    X, predicted, errors = made(3000, 0.0)
    found = fitted_scale(X, predicted, errors, None, np.arange(3000))
    assert np.std(np.log(found.at_rows)) < 0.05


def test_a_few_rows_have_no_scale() -> None:
    X, predicted, errors = made(60, 0.5)
    found = fitted_scale(X, predicted, errors, None, np.arange(60))
    assert found.scale is None
    assert (found.at_rows == 1).all()


@pytest.mark.parametrize("errors", [np.zeros(200), np.full(200, np.inf)])
def test_errors_without_a_size_have_no_scale(errors: np.ndarray) -> None:
    X, predicted, _ = made(200, 0.5)
    assert fitted_scale(X, predicted, errors, None, np.arange(200)).scale is None


def test_the_minimum_is_scipys() -> None:
    X, _, errors = made(300, 0.5)
    basis, w = X.astype(np.float64), np.random.default_rng(1).uniform(0.5, 2, 300)

    def objective(b: np.ndarray) -> float:
        eta = b[0] + basis @ b[1:]
        return float(w @ (eta + errors * np.exp(-eta)) + 0.5 * 100 * b[1:] @ b[1:])

    wanted = minimize(objective, np.zeros(5), method="BFGS").x
    np.testing.assert_allclose(minimised(basis, errors, w, 100.0), wanted, atol=1e-3)


def test_far_away_the_scale_is_bounded() -> None:
    X, predicted, errors = made(2000, 1.0)
    scale = fitted_scale(X, predicted, errors, None, np.arange(2000)).scale
    assert scale is not None
    far = np.array([[1e30, 0, 0, 0], [-1e30, 0, 0, 0]], np.float32)
    assert np.isfinite(scale.at(far, np.array([0.0, 1e300]))).all()


@pytest.mark.parametrize(
    "fields",
    [
        (0.0, (1.0,), (1.0,), (), (), ()),
        (0.0, (), (), (), (0.0, 1.0), ()),
        (0.0, (1.0,), (0.0,), (1.0,), (), ()),
        (0.0, (), (), (), (1.0, 0.0), (1.0,)),
    ],
)
def test_forged_scales_are_refused(fields: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"scale|spread|edges"):
        ErrorScale(*fields)
