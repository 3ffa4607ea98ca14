"""Fitted estimators and all that they predict."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import sklearn.neural_network

from rosenblatt import MLPClassifier, MLPRegressor

X = np.random.default_rng(0).standard_normal((1300, 6))
TARGETS: dict[str, Any] = {
    "binary": np.where(X[:, 0] > 0, "yes", "no"),
    "multiclass": 10 * (X[:, 0] > 0) + (X[:, 1] > 0),
    "multilabel": (X[:, :3] > 0).astype(int),
    "regression": X[:, 0] + X[:, 1] ** 2,
    "outputs": X[:, :2] ** 2,
}
each_kind = pytest.mark.parametrize("kind", TARGETS)


def both(kind: str, dtype: Any = np.float64, **settings: Any) -> tuple[Any, Any]:
    """Our estimator, fitted, and scikit-learn's with the same weights."""
    settings = {"hidden_layer_sizes": (9, 8), "max_iter": 2, "random_state": 0} | settings
    name = "MLPRegressor" if kind in ("regression", "outputs") else "MLPClassifier"
    ours = {"MLPRegressor": MLPRegressor, "MLPClassifier": MLPClassifier}[name](**settings)
    theirs = getattr(sklearn.neural_network, name)(**settings)
    for model in (ours, theirs):
        model.fit(X.astype(dtype), TARGETS[kind])
    theirs.coefs_ = [W.copy() for W in ours.coefs_]
    theirs.intercepts_ = [b.copy() for b in ours.intercepts_]
    return ours, theirs


def fitted(kind: str = "binary", dtype: Any = np.float64, **settings: Any) -> Any:
    return both(kind, dtype, **settings)[0]


def results(model: Any, X: Any) -> list[npt.NDArray[Any]]:
    """What comes out of the methods that predict."""
    names = ("predict", "predict_proba")
    return [getattr(model, name)(X) for name in names if hasattr(model, name)]


def assert_same(ours: list[Any], theirs: list[Any], dtype: Any = np.float64) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.dtype.kind == "f":
            tolerance = 1e-5 if dtype == np.float32 else 1e-12
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(a, b)
