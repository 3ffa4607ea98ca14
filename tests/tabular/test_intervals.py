"""Intervals of `TableRegressor`: coverage, width by row, limits, files."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from rosenblatt import TableRegressor, load
from rosenblatt.errors import InputError
from rosenblatt.tabular import Preset
from tests.support.houses import FEATURES, QUICK, classifier, houses, regressor

LEVELS = (0.5, 0.8, 0.9, 0.95)


def noisy(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A number whose noise grows with x."""
    rng = np.random.default_rng(seed)
    x, kind = rng.uniform(0, 1, n), rng.choice(["a", "b"], n)
    y = 3 * x + (kind == "a") + rng.normal(size=n) * (0.05 + x)
    return pd.DataFrame({"x": x, "kind": kind}), y


def covered(model: Any, X: pd.DataFrame, y: np.ndarray, coverage: float) -> np.ndarray:
    lower, upper = model.predict_interval(X, coverage).T
    return (lower <= y) & (y <= upper)


def test_coverage_over_many_draws() -> None:
    hits = np.zeros(len(LEVELS))
    draws, n_test = 12, 250
    for seed in range(draws):
        X, y = noisy(300 + n_test, seed)
        model = TableRegressor(QUICK, random_state=seed).fit(X[:300], y[:300])
        hits += [covered(model, X[300:], y[300:], level).sum() for level in LEVELS]
    for level, found in zip(LEVELS, hits, strict=True):
        # Rows of one draw share a threshold, whose own share has a beta distribution of 300 rows.
        spread = np.sqrt(level * (1 - level) * (1 / 300 + 1 / n_test) / draws)
        assert found / (draws * n_test) == pytest.approx(level, abs=4 * spread + 0.02), level


def test_intervals_are_as_wide_as_the_noise_of_the_row() -> None:
    X, y = noisy(3000, 0)
    model = TableRegressor(QUICK, random_state=0).fit(X[:1500], y[:1500])
    rows, numbers = X[1500:], y[1500:]
    is_quiet = (rows["x"] < 0.3).to_numpy()
    width = np.diff(model.predict_interval(rows, 0.9), axis=1)[:, 0]
    assert width[~is_quiet].mean() > 2 * width[is_quiet].mean()
    inside = covered(model, rows, numbers, 0.9)
    for part in (is_quiet, ~is_quiet):
        low, high = binom.interval(1 - 1e-6, part.sum(), 0.9)
        assert low <= inside[part].sum() <= high


def test_intervals_grow_with_the_coverage_and_hold_the_prediction() -> None:
    X, y = noisy(400, 1)
    model = TableRegressor(QUICK, random_state=0).fit(X, y)
    predicted, before = model.predict(X), np.zeros(len(X))
    for level in LEVELS:
        lower, upper = model.predict_interval(X, level).T
        assert (lower <= predicted).all()
        assert (predicted <= upper).all()
        assert (upper - lower >= before).all()
        before = upper - lower


def test_they_stay_within_the_range_of_the_training_where_rows_make_up_for_it() -> None:
    X, y = noisy(400, 2)
    y = np.maximum(y, 0)
    lower, upper = TableRegressor(QUICK, random_state=0).fit(X, y).predict_interval(X, 0.9).T
    assert lower.min() == 0
    assert upper.max() <= y.max()
    few = TableRegressor(QUICK, random_state=0).fit(X[:15], y[:15])
    lower, upper = few.predict_interval(X, 0.9).T
    assert ((lower < y[:15].min()) | (upper > y[:15].max())).any()


def test_too_few_rows_give_infinite_intervals() -> None:
    X, y = noisy(8, 3)
    model = TableRegressor(QUICK, random_state=0).fit(X, y)
    assert np.isinf(model.predict_interval(X, 0.9)).all()
    assert np.isfinite(model.predict_interval(X, 0.5)).all()


def test_rows_of_a_group_count_as_one() -> None:
    X, y = noisy(240, 4)
    groups = np.arange(240) // 30
    model = TableRegressor(QUICK, random_state=0).fit(X, y, groups=groups)
    assert np.isinf(model.predict_interval(X, 0.9)).all()
    assert np.isfinite(model.predict_interval(X, 0.7)).all()


def test_a_row_of_weight_two_is_a_row_given_twice() -> None:
    X, y = noisy(200, 5)
    twice = np.arange(200) % 3 == 0
    weighted = TableRegressor(QUICK, random_state=0).fit(X, y, 1.0 + twice)
    X2, y2 = pd.concat([X, X[twice]]), np.concatenate([y, y[twice]])
    given = TableRegressor(QUICK, random_state=0).fit(X2, y2)
    np.testing.assert_array_equal(weighted.predict_interval(X, 0.8), given.predict_interval(X, 0.8))


def test_rows_given_for_validation_say_it_in_place_of_folds() -> None:
    X, y = noisy(2000, 6)
    model = TableRegressor(QUICK, random_state=0)
    # Of a noise three times as large.
    y_val = y[500:1000] + 2 * (y[500:1000] - 3 * X["x"][500:1000] - (X["kind"][500:1000] == "a"))
    model.fit(X[:500], y[:500], X_val=X[500:1000], y_val=y_val)
    wide = np.diff(model.predict_interval(X[1000:], 0.8), axis=1).mean()
    model.fit(X[:500], y[:500], X_val=X[500:1000], y_val=y[500:1000])
    narrow = np.diff(model.predict_interval(X[1000:], 0.8), axis=1).mean()
    assert wide > 1.5 * narrow
    assert covered(model, X[1000:], y[1000:], 0.8).mean() == pytest.approx(0.8, abs=0.08)


def test_a_constant_target_is_certain() -> None:
    X, _ = noisy(60, 8)
    bounds = TableRegressor(QUICK, random_state=0).fit(X, np.full(60, 7.0)).predict_interval(X)
    assert (bounds == 7).all()


def test_files_and_pickles_keep_them(tmp_path: Path) -> None:
    X, y = noisy(300, 9)
    model = TableRegressor(QUICK, random_state=0).fit(X, y)
    model.save(tmp_path / "m.safetensors")
    for again in (load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict_interval(X), model.predict_interval(X))


def test_what_a_file_keeps_is_bounded(tmp_path: Path) -> None:
    sizes = []
    for n in (1800, 3600):
        X, y = noisy(n, 10)
        TableRegressor(QUICK, random_state=0).fit(X, y).save(tmp_path / "m.safetensors")
        sizes.append((tmp_path / "m.safetensors").stat().st_size)
    assert abs(sizes[1] - sizes[0]) < 200_000


@pytest.mark.parametrize(
    "coverage",
    [0, 1, 1.5, np.nan, "0.9", [0.9], pytest.param(10**400, id="huge"), Fraction(1, 10**400)],
    ids=lambda given: type(given).__name__,
)
def test_what_is_no_coverage_is_refused(coverage: Any) -> None:
    frame = houses()
    model = regressor().fit(frame[FEATURES], frame["price"])
    with pytest.raises(InputError, match="coverage must be one number between 0 and 1"):
        model.predict_interval(frame, coverage)


def test_each_estimator_names_the_method_of_its_kind() -> None:
    frame = houses()
    with pytest.raises(InputError, match="predict_interval"):
        regressor().fit(frame[FEATURES], frame["price"]).predict_set(frame)
    with pytest.raises(InputError, match="predict_set"):
        classifier().fit(frame[FEATURES], frame["dear"]).predict_interval(frame)


def test_a_model_without_rows_outside_says_so(tmp_path: Path) -> None:
    frame = houses()
    one_fold = Preset(n_folds=1, epochs=2, fewest_epochs=1, fewest_members=1, n_pieces=64)
    model = TableRegressor(one_fold, random_state=0).fit(frame[FEATURES], frame["price"])
    model.save(tmp_path / "m.safetensors")
    for one in (model, load(tmp_path / "m.safetensors")):
        with pytest.raises(InputError, match="no scores of rows outside its training"):
            one.predict_interval(frame)
