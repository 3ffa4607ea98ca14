"""Permutation importance: the numbers of scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import inspection

from rosenblatt import MLPRegressor
from rosenblatt.errors import InputError
from rosenblatt.explain import permutation_importance
from rosenblatt.persistence import load_model
from tests.support.houses import FEATURES, classifier, houses, regressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def assert_same(model: Any, X: Any, y: Any, **options: Any) -> None:
    found = permutation_importance(model, X, y, n_repeats=3, random_state=7, **options)
    wanted = inspection.permutation_importance(model, X, y, n_repeats=3, random_state=7, **options)
    np.testing.assert_allclose(found.importances, wanted.importances, atol=1e-12)
    np.testing.assert_allclose(found.importances_mean, wanted.importances_mean, atol=1e-12)
    np.testing.assert_allclose(found.importances_std, wanted.importances_std, atol=1e-12)


@pytest.mark.parametrize("scoring", [None, "neg_log_loss", "roc_auc"])
def test_classifiers(scoring: str | None) -> None:
    frame = houses()
    model = classifier().fit(frame[FEATURES], frame["dear"])
    assert_same(model, frame[FEATURES], frame["dear"], scoring=scoring)


def test_regressors_with_weights() -> None:
    frame = houses()
    model = regressor().fit(frame[FEATURES], frame["price"])
    assert_same(model, frame[FEATURES], frame["price"])
    weights = np.random.default_rng(0).random(len(frame))
    assert_same(model, frame[FEATURES], frame["price"], sample_weight=weights)


def test_networks_of_arrays() -> None:
    X = np.random.default_rng(0).standard_normal((90, 3))
    model = MLPRegressor(hidden_layer_sizes=(4,), max_iter=30, random_state=0).fit(X, X[:, 0])
    before = X.copy()
    assert_same(model, X, X[:, 0])
    np.testing.assert_array_equal(X, before)


def test_rows_and_targets_of_different_lengths_are_refused() -> None:
    frame = houses()
    model = regressor().fit(frame[FEATURES], frame["price"])
    with pytest.raises(InputError, match="X has 240 rows, and y 3"):
        permutation_importance(model, frame[FEATURES], frame["price"][:3])
    with pytest.raises(ValueError, match="n_repeats"):
        permutation_importance(model, frame[FEATURES], frame["price"], n_repeats=0)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([None] * 240, "y has missing cells"),
        (pd.Series(pd.NaT, range(240)), "y has values of the type datetime64"),
        (pd.array([1.0, pd.NA] * 120, dtype=object), "y has missing cells"),
    ],
    ids=["none", "no dates", "NA"],
)
def test_targets_that_no_score_compares_are_refused(cells: Any, message: str) -> None:
    frame = houses()
    model = regressor().fit(frame[FEATURES], frame["price"])
    with pytest.raises(InputError, match=message):
        permutation_importance(model, frame[FEATURES], cells)


def test_a_model_file_has_no_scores(tmp_path: Path) -> None:
    frame = houses()
    regressor().fit(frame[FEATURES], frame["price"]).save(tmp_path / "m.safetensors")
    saved = load_model(tmp_path / "m.safetensors")
    with pytest.raises(TypeError, match="a model file has none") as refused:
        permutation_importance(saved, frame[FEATURES], frame["price"])
    assert len(str(refused.value)) < 200
