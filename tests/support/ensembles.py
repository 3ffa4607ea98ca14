"""Data and estimators for the tests of the ensembles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor

X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
X_REAL, Y_REAL = map(scale, load_diabetes(return_X_y=True))
X_IRIS, Y_IRIS = load_iris(return_X_y=True)
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, len(X))
# Stops well before it converges, which is not what most tests are about.
SMALL: dict[str, Any] = {"hidden_layer_sizes": (6,), "max_iter": 8, "batch_size": 50}
quietly = pytest.mark.filterwarnings("ignore:.*ended at a limit", "ignore:Stochastic Optimizer")


def classifiers(n: int = 3, **settings: Any) -> MLPEnsembleClassifier:
    network = MLPClassifier(**{**SMALL, **settings.pop("network", {})})
    return MLPEnsembleClassifier(network, n, **{"random_state": 0, **settings})


def regressors(n: int = 3, **settings: Any) -> MLPEnsembleRegressor:
    network = MLPRegressor(**{**SMALL, **settings.pop("network", {})})
    return MLPEnsembleRegressor(network, n, **{"random_state": 0, **settings})


def same(one: Any, other: Any) -> None:
    for a, b in zip(
        [*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert one.n_iter_ == other.n_iter_
