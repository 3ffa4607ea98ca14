"""R² of numbers whose squares are no floats, against exact fractions and scikit-learn's."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import r2_score

from rosenblatt import MLPAutoencoder, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.cli.scores import regression_scores
from rosenblatt.fitting.number_targets import NumberTargets, d2_of_levels
from rosenblatt.fitting.r_squared import r_squared
from rosenblatt.losses import Quantile

rng = np.random.default_rng(0)
Y = rng.standard_normal(30)
NEAR = Y + 0.3 * rng.standard_normal(30)
WEIGHTS = rng.random(30)
LARGEST = np.finfo(np.float64).max


def exact(y: Any, prediction: Any, weights: Any = None) -> float:
    """From rational numbers, of one target."""
    t, p = ([Fraction(float(v)) for v in a] for a in (y, prediction))
    w = [Fraction(1)] * len(t) if weights is None else [Fraction(float(v)) for v in weights]
    mean = sum(a * b for a, b in zip(w, t, strict=True)) / sum(w)
    errors = sum(a * (b - c) ** 2 for a, b, c in zip(w, t, p, strict=True))
    return float(1 - errors / sum(a * (b - mean) ** 2 for a, b in zip(w, t, strict=True)))


@pytest.mark.parametrize("scale", [1e305, 1e200, 1e155, 1e-155, 1e-200, 1e-300, 5e-322])
@pytest.mark.parametrize("heaviest", [None, 1.0, 1e300, 1e-300])
def test_any_scale_has_the_r_squared_of_fractions(scale: float, heaviest: float | None) -> None:
    y, p = Y * scale, NEAR * scale
    weights = None if heaviest is None else WEIGHTS * heaviest
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value = r_squared(y, p, weights)
        shown = regression_scores(y, p, weights)
    assert value == pytest.approx(exact(y, p, weights), rel=1e-12)
    assert shown["r2"] == pytest.approx(value, rel=1e-12)
    mean_square = np.average((Y - NEAR) ** 2, weights=None if heaviest is None else WEIGHTS)
    if scale > 1e-300:  # below, subnormal numbers have few digits
        assert shown["rmse"] == pytest.approx(np.sqrt(mean_square) * scale, rel=1e-12)


def test_the_largest_floats() -> None:
    y = np.where(Y > 0, LARGEST, -LARGEST)
    assert r_squared(y, y) == 1
    assert r_squared(y, np.zeros(30)) == pytest.approx(exact(y, np.zeros(30)), rel=1e-12)
    assert r_squared(y, -y) == pytest.approx(exact(y, -y), rel=1e-12)
    assert regression_scores(y, -y, None)["r2"] == pytest.approx(exact(y, -y), rel=1e-12)


def test_single_precision_has_small_squares() -> None:
    y, p = (Y * 1e30).astype(np.float32), (NEAR * 1e30).astype(np.float32)
    assert r_squared(y, p) == pytest.approx(exact(y, p), rel=1e-6)


def test_an_outlier_far_beyond_the_rest() -> None:
    y = np.r_[1e300, Y[1:]]
    assert r_squared(y, np.r_[0.9e300, Y[1:]]) == pytest.approx(0.99, abs=0.01)


def test_far_too_large_predictions() -> None:
    assert r_squared(Y, NEAR * 1e150) == pytest.approx(exact(Y, NEAR * 1e150), rel=1e-12)
    with pytest.warns(RuntimeWarning, match="R² is below all floats"):
        assert r_squared(Y * 1e-200, NEAR * 1e200) == -np.inf


@pytest.mark.filterwarnings("error::RuntimeWarning:numpy", "error::RuntimeWarning:sklearn")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("unit", range(-37, 36, 4))
def test_ratios_of_any_size(unit: int, dtype: Any) -> None:
    """Moderate squares may have a ratio that is no float."""
    scale = 10.0 ** (unit * (8 if dtype == np.float64 else 1))
    y, p = ((a * b).astype(dtype) for a, b in ((Y, 1 / scale), (NEAR, scale)))
    if np.log10(scale) < 77:  # a ratio of 1e308
        assert r_squared(y, p) == pytest.approx(exact(y, p), rel=1e-5, abs=1e-5)
    else:
        with pytest.warns(RuntimeWarning, match="R² is below all floats"):
            assert r_squared(y, p) == -np.inf


def test_several_targets_have_the_mean_or_the_share_of_all() -> None:
    y, p = np.column_stack([Y * 1e300, Y]), np.column_stack([NEAR * 1e300, NEAR[::-1]])
    one, other = exact(Y, NEAR), exact(Y, NEAR[::-1])
    assert r_squared(y, p) == pytest.approx((one + other) / 2, rel=1e-9)
    assert r_squared(y, p, multioutput="variance_weighted") == pytest.approx(one, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 1e300, 1e-300, LARGEST])
def test_constant_targets_are_as_scikit_learn_has_them(value: float) -> None:
    y = np.full(30, value)
    assert r_squared(y, y) == 1
    assert r_squared(y, np.zeros(30)) == (0 if value else 1)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_moderate_numbers_have_scikit_learns_bits(weights: Any) -> None:
    assert r_squared(Y, NEAR, weights) == r2_score(Y, NEAR, sample_weight=weights)
    y, p = (a.astype(np.float32) for a in (Y, NEAR))
    assert r_squared(y, p, weights) == r2_score(y, p, sample_weight=weights)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_estimators_score_large_numbers() -> None:
    X = np.column_stack([Y, NEAR])
    network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=2, random_state=0)
    ensemble = MLPEnsembleRegressor(network, 2, random_state=0)
    for model in (network.fit(X, Y), ensemble.fit(X, Y)):
        huge = Y * 1e305
        expected = exact(huge, model.predict(X))
        assert model.score(X, huge) == pytest.approx(expected, rel=1e-12)
    coder = MLPAutoencoder(1, (4,), max_iter=2, random_state=0).fit(X)
    assert coder.score(X * 1e200) == pytest.approx(
        1
        - ((X - coder.reconstruct(X * 1e200) * 1e-200) ** 2).sum()
        / ((X - X.mean(axis=0)) ** 2).sum(),
        rel=1e-9,
    )


def test_predictions_that_are_not_finite_have_no_score() -> None:
    bad = NEAR.copy()
    bad[:2] = np.inf, np.nan
    with pytest.raises(ValueError, match="the predictions of 2 of 30 rows are not finite, and"):
        r_squared(Y, bad)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_shares_of_the_pinball_loss_of_the_largest_numbers() -> None:
    """As those of the same numbers in another unit."""
    codec, loss = NumberTargets(loss="quantile"), 2.0**1022
    small = np.clip(Y, -1.9, 1.9)
    assert codec.score(NEAR[:, None] * loss / 2, small * loss / 2, None) == pytest.approx(
        codec.score(NEAR[:, None], small, None), rel=1e-12
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_reconstruction_errors_that_are_floats_are_found() -> None:
    X = np.column_stack([Y, NEAR])
    coder = MLPAutoencoder(1, (4,), max_iter=2, random_state=0).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        errors = coder.reconstruction_error(X * 1e153)
    exactly = ((X - coder.reconstruct(X * 1e153) * 1e-153) ** 2).mean(axis=1) * 1e306
    np.testing.assert_allclose(errors, exactly, rtol=1e-12)
    with pytest.warns(RuntimeWarning, match="The reconstruction errors of 30 of 30 rows"):
        assert np.isinf(coder.reconstruction_error(X * 1e200)).all()


def test_d2_of_quantiles_below_all_floats() -> None:
    y, prediction = np.array([1e-300, 2e-300, 4e-300]), np.full((3, 1), 1e10)
    with pytest.warns(RuntimeWarning, match="D² is below all floats") as told:
        assert d2_of_levels(y, prediction, Quantile((0.5,)), None) == -np.inf
    assert len(told) == 1
