"""Cells near the largest float are numbers like others to the checks of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    HiddenFeatures,
    MLPAutoencoder,
    MLPClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    Perceptron,
    TableRegressor,
)
from rosenblatt.array_checks import check_array, column_or_1d

pytestmark = pytest.mark.filterwarnings(
    "error::RuntimeWarning:numpy",
    "error::RuntimeWarning:sklearn",
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:The predictions of .* are not finite:UserWarning",
)

LARGEST = np.finfo(np.float64).max
X = np.random.default_rng(0).standard_normal((60, 3))
FAR = np.where(X > 0, LARGEST, -LARGEST)
SMALL = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0}
MODELS: dict[str, Any] = {
    "classifier": lambda: MLPClassifier(**SMALL),
    "regressor": lambda: MLPRegressor(**SMALL),
    "ensemble": lambda: MLPEnsembleRegressor(MLPRegressor(**SMALL), 2, random_state=0),
    "perceptron": Perceptron,
    "table learner": lambda: TableRegressor("fast", time_limit=1, random_state=0, n_jobs=1),
}
CODERS: dict[str, Any] = {
    "autoencoder": lambda: MLPAutoencoder(1, (4,), max_iter=3, random_state=0).fit(X),
    "hidden features": lambda: HiddenFeatures(MLPRegressor(**SMALL)).fit(X, X[:, 0]),
}


def test_sums_that_are_none() -> None:
    assert check_array(FAR) is FAR
    assert column_or_1d(FAR[:, 0]).shape == (60,)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rows", [FAR, X * 1e300], ids=["largest", "beyond float32"])
def test_rows_of_models(name: str, rows: Any) -> None:
    model = MODELS[name]().fit(X, X[:, 0] > 0)
    assert len(model.predict(rows)) == len(rows)


@pytest.mark.parametrize("name", MODELS)
def test_targets(name: str) -> None:
    with pytest.raises(ValueError, match=r"diverged|to be scaled|a classifier predicts classes"):
        MODELS[name]().fit(X, FAR[:, 0])


@pytest.mark.parametrize("name", CODERS)
def test_rows_of_coders(name: str) -> None:
    coder = CODERS[name]()
    assert coder.transform(FAR).shape[0] == len(FAR)
