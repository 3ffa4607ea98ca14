"""Sets of `TableClassifier`: coverage, size, files; and calibration."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier, load
from rosenblatt.uncertainty import Reliability
from tests.support.houses import QUICK

LEVELS = (0.5, 0.8, 0.9, 0.95)


def blurred(n: int, seed: int, n_classes: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    scores = 2 * X.to_numpy() @ np.eye(3, n_classes) + rng.gumbel(size=(n, n_classes))
    return X, scores.argmax(axis=1)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_coverage_over_many_draws(n_classes: int) -> None:
    hits = np.zeros(len(LEVELS))
    draws, n_test = 10, 250
    for seed in range(draws):
        X, y = blurred(300 + n_test, seed, n_classes)
        model = TableClassifier(QUICK, random_state=seed).fit(X[:300], y[:300])
        for k, level in enumerate(LEVELS):
            sets = model.predict_set(X[300:], level)
            assert sets.shape == (n_test, n_classes)
            assert sets.dtype == bool
            hits[k] += sets[np.arange(n_test), y[300:]].sum()
    for level, found in zip(LEVELS, hits, strict=True):
        spread = np.sqrt(level * (1 - level) * (1 / 300 + 1 / n_test) / draws)
        # Nearer to half of the rows, networks that are surer together move the threshold more.
        most = 4 * spread + (0.02 if level > 0.5 else 0.05)
        assert found / (draws * n_test) == pytest.approx(level, abs=most), level


def test_sets_grow_with_the_coverage_and_hold_the_most_probable_classes() -> None:
    X, y = blurred(400, 1)
    model = TableClassifier(QUICK, random_state=0).fit(X, y)
    before = np.zeros((400, 3), bool)
    for level in LEVELS:
        sets = model.predict_set(X, level)
        assert (sets >= before).all()
        before = sets
        some = sets.any(axis=1)
        assert sets[np.arange(400), model.predict_proba(X).argmax(axis=1)][some].all()


def test_too_few_rows_give_all_classes() -> None:
    X, y = blurred(12, 2)
    model = TableClassifier(QUICK, random_state=0).fit(X, y)
    assert model.predict_set(X, 0.99).all()


def test_files_and_pickles_keep_them(tmp_path: Path) -> None:
    X, y = blurred(300, 3)
    labels = np.array(["x", "y", "z"])[y]
    model = TableClassifier(QUICK, random_state=0).fit(X, labels)
    model.save(tmp_path / "m.safetensors")
    for again in (load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict_set(X), model.predict_set(X))
        assert again.calibration_ == model.calibration_
        assert again.calibration_error_ == model.calibration_error_


def test_the_calibration_error_is_that_of_the_definition() -> None:
    rng = np.random.default_rng(0)
    p = np.sort(rng.uniform(0.5, 1, 1500))
    right = rng.uniform(size=1500) < p - 0.1
    made = Reliability.of(p, right, None)
    parts = np.arange(1500).reshape(15, 100)
    gaps = [abs(p[part].mean() - right[part].mean()) for part in parts]
    assert made.error == pytest.approx(np.mean(gaps))
    assert [one.share for one in made.bins] == pytest.approx([1 / 15] * 15)
    weights = rng.integers(1, 4, 1500)
    weighted = Reliability.of(p, right, weights.astype(float))
    repeated = Reliability.of(np.repeat(p, weights), np.repeat(right, weights), None)
    assert weighted.error == pytest.approx(repeated.error)


def test_rows_of_one_confidence_are_in_one_bin() -> None:
    made = Reliability.of(np.ones(100), np.arange(100) < 97, None)
    assert len(made.bins) == 1
    assert made.error == pytest.approx(0.03)


def test_calibration_is_plain_data_and_in_the_summary() -> None:
    X, y = blurred(600, 4)
    model = TableClassifier(QUICK, random_state=0).fit(X, y)
    table = pd.DataFrame(model.calibration_)
    assert list(table) == ["low", "high", "share", "confidence", "accuracy"]
    assert table["share"].sum() == pytest.approx(1)
    gap = (table["share"] * (table["confidence"] - table["accuracy"]).abs()).sum()
    assert model.calibration_error_ == pytest.approx(gap)
    assert f"calibration error {model.calibration_error_:.4f}" in model.summary()
