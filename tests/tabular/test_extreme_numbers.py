"""Weights, cells and targets near the ends of floating point; warnings are errors here."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import MLPClassifier, TableClassifier, TableRegressor
from rosenblatt.errors import InputError

N = 40
RNG = np.random.default_rng(0)
Z = RNG.normal(size=(N, 3))
CODES = (Z[:, 0] > 0).astype(int)
NUMBERS = 2 * Z[:, 0] + 1
WEIGHTS = 10.0 ** np.linspace(-300, 300, N)


def regressor() -> TableRegressor:
    return TableRegressor("fast", random_state=0, n_jobs=1)


def test_weights_of_all_magnitudes() -> None:
    assert np.isfinite(regressor().fit(Z, NUMBERS, WEIGHTS).predict(Z)).all()
    classifier = TableClassifier("fast", random_state=0, n_jobs=1)
    assert np.isfinite(classifier.fit(Z, CODES, WEIGHTS).predict_proba(Z)).all()


def test_nearly_all_weight_on_one_row() -> None:
    """A constant column stays one where its cells are large."""
    X = np.c_[Z[:, 0], np.full(N, 1e300)]
    weights = np.where(np.arange(N) == 3, 1e190, 1e-190)
    assert np.isfinite(regressor().fit(X, NUMBERS, weights).predict(X)).all()


def test_numbers_at_the_end_of_float32() -> None:
    X = np.clip(Z * 1e38, -3e38, 3e38).astype(np.float32)
    assert np.isfinite(regressor().fit(X, NUMBERS).predict(X)).all()


@pytest.mark.parametrize("factor", [1e39, 1e160, 1e300, -1e308])
def test_validation_targets_in_another_unit(factor: float) -> None:
    with pytest.raises(InputError, match=r"y_val has .* in the same unit"):
        regressor().fit(Z, NUMBERS, X_val=Z, y_val=NUMBERS / 4 * factor)


@pytest.mark.parametrize("weight", [1e307, 1.7e308])
def test_balanced_classes_of_the_largest_weights(weight: float) -> None:
    model = MLPClassifier(class_weight="balanced", max_iter=2)
    with pytest.raises(ValueError, match="add up to more than"):
        model.fit(Z, CODES, sample_weight=np.full(N, weight))


def test_numbers_that_differ_too_much() -> None:
    with pytest.raises(InputError, match="choose another unit"):
        regressor().fit(Z, NUMBERS / np.abs(NUMBERS).max() * 1e308)


@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("size", [3e38, 1e39, 1e100])
def test_counts_that_float32_does_not_hold(loss: str, size: float) -> None:
    counts = np.floor(np.linspace(0, 1, N) * size)
    with pytest.raises(InputError, match=r"the counts 'target' reach .* count in another unit"):
        TableRegressor("fast", loss=loss, random_state=0, n_jobs=1).fit(Z, counts)
