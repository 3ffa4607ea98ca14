"""The linear models against scikit-learn's, solved to the end in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from rosenblatt.model import Model
from rosenblatt.tabular.linear_model import logistic_regression, ridge_regression


def rows(n: int, n_features: int, seed: int = 0) -> Any:
    """Standardised and correlated columns, and whole weights."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, n_features)) @ rng.standard_normal((n_features, n_features))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X.astype(np.float32), rng.integers(0, 4, n).astype(float)


def classes(X: Any, n_classes: int) -> Any:
    rng = np.random.default_rng(n_classes)
    scores = X @ rng.standard_normal((X.shape[1], n_classes)) + rng.gumbel(size=(len(X), n_classes))
    return scores.argmax(axis=1)


def weight_and_bias(model: Model) -> tuple[Any, Any]:
    named = model.network.named_parameters(model.parameters)
    return named["layers.0.weight"].T, named["layers.0.bias"]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3, 26])
def test_logistic_regression_is_scikit_learns(n_classes: int, weighted: bool) -> None:
    X, w = rows(1500, 6)
    codes, weights = classes(X, n_classes), w if weighted else None
    model, converged = logistic_regression(X, codes, weights, n_classes, max_iter=300, n_jobs=None)
    known = LogisticRegression(tol=1e-10, max_iter=10_000)
    known.fit(X.astype(np.float64), codes, weights)
    assert converged
    W, b = weight_and_bias(model)
    if n_classes > 2:  # a constant for all classes changes no probability
        b, known.intercept_ = b - b.mean(), known.intercept_ - known.intercept_.mean()
    np.testing.assert_allclose(W, known.coef_, rtol=0.02, atol=0.05)
    np.testing.assert_allclose(b, known.intercept_, rtol=0.02, atol=0.05)
    p = model.predict(X)
    p = np.hstack([1 - p, p]) if n_classes == 2 else p
    np.testing.assert_allclose(p, known.predict_proba(X), atol=0.01)
    assert objective(W, b, X, codes, weights) == pytest.approx(
        objective(known.coef_, known.intercept_, X, codes, weights), rel=1e-5
    )


def objective(W: Any, b: Any, X: Any, codes: Any, weights: Any) -> float:
    """Σ w_i L_i + ½ ‖W‖²."""
    scores = X.astype(np.float64) @ W.T + b
    if scores.shape[1] == 1:
        scores = np.hstack([np.zeros_like(scores), scores])
    ln_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    of_rows = -ln_p[np.arange(len(codes)), codes]
    return float(of_rows @ (np.ones(len(X)) if weights is None else weights) + (W**2).sum() / 2)


def test_logistic_regression_has_the_same_bits_for_any_number_of_threads() -> None:
    X, _ = rows(6000, 30)
    codes = classes(X, 5)
    one, two = (
        logistic_regression(X, codes, None, 5, max_iter=20, n_jobs=n)[0].parameters for n in (1, 2)
    )
    assert one.tobytes() == two.tobytes()


def test_logistic_regression_that_is_stopped_has_not_converged() -> None:
    X, _ = rows(300, 6)
    assert not logistic_regression(X, classes(X, 3), None, 3, max_iter=2, n_jobs=1)[1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(9000, 6), (40, 6), (30, 80)])
def test_ridge_regression_is_scikit_learns(shape: tuple[int, int], weighted: bool) -> None:
    X, w = rows(*shape)
    weights = w if weighted else None
    y = X @ np.linspace(-2, 2, shape[1]) + 5 + np.random.default_rng(1).standard_normal(len(X))
    model = ridge_regression(X, y.astype(np.float32), weights)
    known = Ridge().fit(X.astype(np.float64), y, weights)
    W, b = weight_and_bias(model)
    np.testing.assert_allclose(W[0], known.coef_, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(b, known.intercept_, rtol=1e-5)
    np.testing.assert_allclose(model.predict(X)[:, 0], known.predict(X), rtol=1e-4, atol=1e-4)
