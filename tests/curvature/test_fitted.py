"""The objective of a fitted estimator: what it minimises, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPRegressor
from rosenblatt.curvature import largest_eigenvalue, objective_of
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.regularization.penalties import L2, ElasticNet

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3))
LABELS = np.where(X[:, 0] + 0.5 * X[:, 1] > 0, "yes", "no")
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])
NUMBERS = np.sin(X.sum(1))


def fitted(kind: Any, y: Any, **parameters: Any) -> Any:
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "solver": "lbfgs", "random_state": 0}
    return kind(**given | {"max_iter": 3000, "tol": 1e-7} | parameters).fit(X, y)


@pytest.mark.parametrize(
    ("kind", "y", "parameters"),
    [
        (MLPClassifier, LABELS, {"alpha": 0.5}),
        (MLPClassifier, CLASSES, {"alpha": 0.5}),
        (MLPClassifier, LABELS, {"alpha": 0.5, "class_weight": {"yes": 3.0, "no": 1.0}}),
        (MLPClassifier, np.eye(3, dtype=int)[CLASSES], {"alpha": 0.5}),
        (MLPRegressor, NUMBERS, {"alpha": 0.5}),
        (MLPRegressor, np.abs(NUMBERS), {"alpha": 0.5, "loss": "poisson"}),
        (MLPRegressor, np.column_stack([NUMBERS, X[:, 0]]), {"alpha": 0.5}),
    ],
)
def test_a_fit_ends_where_its_gradient_is_zero_and_it_curves_up(
    kind: Any, y: Any, parameters: Any
) -> None:
    """A wrong loss, penalty or weight would leave a gradient."""
    est = fitted(kind, y, **parameters)
    J, theta = objective_of(est, X, y)
    assert np.abs(J.gradient(theta)).max() < 1e-4
    assert largest_eigenvalue(J, theta) > 0


def test_members_are_those_of_the_parameters() -> None:
    J, theta = objective_of(fitted(MLPClassifier, LABELS, alpha=0.5), X, LABELS)
    assert J.loss == BinaryCrossEntropy()
    assert J.penalty == L2(0.5)
    assert theta.dtype == np.float64
    est = fitted(MLPClassifier, CLASSES, solver="adam", l1=0.1, alpha=0.2, max_iter=200, tol=0.1)
    J, _ = objective_of(est, X, CLASSES)
    assert J.loss == CategoricalCrossEntropy()
    assert J.penalty == ElasticNet(0.2, 0.1)


def test_a_linear_model_has_the_closed_form() -> None:
    est = fitted(MLPRegressor, NUMBERS, hidden_layer_sizes=(), alpha=0.0)
    J, theta = objective_of(est, X, NUMBERS)
    ols = LinearRegression().fit(X, NUMBERS)
    np.testing.assert_allclose(theta, [*ols.coef_, ols.intercept_], atol=1e-5)
    with_ones = np.column_stack([X, np.ones(60)])
    expected = np.linalg.eigvalsh(with_ones.T @ with_ones / 60)[-1]
    assert largest_eigenvalue(J, theta) == pytest.approx(expected, rel=1e-9)


def test_weights_count() -> None:
    est = fitted(MLPRegressor, NUMBERS, alpha=0.5)
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    weighted, theta = objective_of(est, X, NUMBERS, weights)
    rows = np.r_[0:60, 0:20]
    twice, _ = objective_of(est, X[rows], NUMBERS[rows])
    np.testing.assert_allclose(weighted.gradient(theta), twice.gradient(theta), rtol=1e-12)


def test_float32_and_sparse() -> None:
    est = fitted(MLPRegressor, NUMBERS, dtype="float32", solver="adam", max_iter=50, tol=0.1)
    J, theta = objective_of(est, sp.csr_array(X), NUMBERS)
    dense, _ = objective_of(est, X, NUMBERS)
    v = np.ones_like(theta)
    assert theta.dtype == np.float64
    np.testing.assert_allclose(
        J.hessian_vector_product(theta, v), dense.hessian_vector_product(theta, v), rtol=1e-10
    )


def test_what_is_refused() -> None:
    est = fitted(MLPClassifier, LABELS)
    with pytest.raises(NotFittedError):
        objective_of(MLPClassifier(), X, LABELS)
    with pytest.raises(TypeError, match="MLPEnsembleClassifier: make an `Objective`"):
        objective_of(MLPEnsembleClassifier(), X, LABELS)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="classes not in"):
        objective_of(est, X, np.where(LABELS == "yes", "maybe", "no"))
    with pytest.raises(ValueError, match="X has 2 features"):
        objective_of(est, X[:, :2], LABELS)
    random = fitted(MLPClassifier, LABELS, solver="adam", dropout=0.2, max_iter=20, tol=0.1)
    with pytest.raises(ValueError, match="dropout or input noise"):
        objective_of(random, X, LABELS)
