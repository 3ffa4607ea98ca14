"""Eigenvalues by Lanczos' method: dense Hessians, closed forms, and gradient descent (L5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, Tanh
from rosenblatt.curvature import (
    Objective,
    example_gradient_blocks,
    gradient_flow,
    gradient_noise,
    hessian,
    hessian_eigenpairs,
    hessian_eigenvalues,
    largest_eigenvalue,
    per_example_gradients,
)
from rosenblatt.losses import CategoricalCrossEntropy, SquaredError
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from tests.support.members import network, parameters, targets

WHICH = ("LA", "SA", "LM", "BE")


def small(units: tuple[int, ...], penalty: float = 0.1) -> tuple[Objective, Any]:
    net = network(Tanh(), *units)
    X = np.random.default_rng(0).standard_normal((20, units[0]))
    y = targets(CategoricalCrossEntropy(), 20, units[-1])
    J = Objective(net, CategoricalCrossEntropy(), L2(penalty), Arrays(X, y))
    return J, parameters(net, 3)


def picked(values: Any, k: int, which: str) -> Any:
    """What ARPACK's documentation says, of values in falling order."""
    n = len(values)
    if which == "BE":
        return np.concatenate([values[: k - k // 2], values[n - k // 2 :]])
    if which == "LM":
        return np.sort(values[np.argsort(-np.abs(values))[:k]])[::-1]
    return values[:k] if which == "LA" else values[n - k :]


# 17 parameters, whose Hessian is dense, and 87, for which ARPACK iterates.
@pytest.mark.parametrize("units", [(2, 2, 3), (4, 8, 5), (4, 8, 5, 3)])
@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("k", [1, 2, 5])
def test_values_are_those_of_the_dense_hessian(units: Any, which: Any, k: int) -> None:
    J, theta = small(units)
    H = hessian(J, theta)
    expected = picked(np.linalg.eigvalsh(H)[::-1], k, which)
    values, vectors = hessian_eigenpairs(J, theta, k, which)
    np.testing.assert_allclose(values, expected, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(H @ vectors, values * vectors, atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1)


def test_all_of_them() -> None:
    J, theta = small((4, 8, 5))
    values = hessian_eigenvalues(J, theta, J.n_parameters)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(hessian(J, theta))[::-1], atol=1e-12)


def least_squares(n_features: int) -> tuple[Objective, Any]:
    X = np.random.default_rng(0).standard_normal((300, n_features))
    y = np.random.default_rng(1).standard_normal((300, 1))
    net = network(Identity(), n_features, 1)
    return Objective(net, SquaredError(), L2(0.0), Arrays(X, y)), np.column_stack([X, np.ones(300)])


@pytest.mark.parametrize("n_features", [3, 100])
def test_sharpness_of_least_squares(n_features: int) -> None:
    """λ_max of XᵀX/N is the square of the largest singular value over N."""
    J, X = least_squares(n_features)
    expected = np.linalg.svd(X, compute_uv=False)[0] ** 2 / 300
    assert largest_eigenvalue(J, np.zeros(J.n_parameters)) == pytest.approx(expected, rel=1e-9)


def test_descent_converges_below_two_over_the_sharpness_alone() -> None:
    J, _ = least_squares(3)
    sharpness = largest_eigenvalue(J, np.zeros(4))
    for factor, converges in ((0.99, True), (1.01, False)):
        theta = np.ones(4)
        for _ in range(2000):
            theta = theta - factor * 2 / sharpness * J.gradient(theta)
        assert bool(np.linalg.norm(J.gradient(theta)) < 1e-10) is converges


def test_the_same_seed_gives_the_same_bits() -> None:
    J, theta = small((4, 8, 5))
    assert largest_eigenvalue(J, theta) == largest_eigenvalue(J, theta)
    other = largest_eigenvalue(J, theta, random_state=1)
    assert other == pytest.approx(largest_eigenvalue(J, theta), rel=1e-9)


def test_bad_requests() -> None:
    J, theta = small((2, 2, 3))
    with pytest.raises(ValueError, match=r"k=16 is not in 1 … 15"):
        hessian_eigenvalues(J, theta, 16)
    with pytest.raises(ValueError, match="k=0 is not in"):
        hessian_eigenvalues(J, theta, 0)
    with pytest.raises(ValueError, match="which='SM' is not known: take one of LA, SA, LM, BE"):
        hessian_eigenvalues(J, theta, 1, "SM")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": 1.5}, "k must be a whole number"),
        ({"k": None}, "k must be a whole number"),
        ({"which": ["LA"]}, "which=.* is not known"),
        ({"tol": float("nan")}, "tol must be a finite number of 0 or more"),
        ({"random_state": "x"}, "random_state must be a whole number"),
        ({"random_state": -1}, "random_state must be 0 or more"),
    ],
)
def test_arguments_of_other_kinds(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        hessian_eigenpairs(*small((2, 2, 3)), **given)


OF_POINTS = [
    hessian,
    hessian_eigenpairs,
    largest_eigenvalue,
    per_example_gradients,
    gradient_noise,
    lambda J, theta: list(example_gradient_blocks(J, theta)),
    lambda J, theta: gradient_flow(J, theta, [1.0]),
]


@pytest.mark.parametrize("function", OF_POINTS)
def test_points_and_objectives_of_other_kinds(function: Any) -> None:
    J, theta = small((2, 2, 3))
    for given, said in (
        ("here", "theta must be numbers, got 'here'"),
        (theta[1:], "must be a flat vector"),
        (np.full_like(theta, np.nan), "theta must be finite numbers"),
    ):
        with pytest.raises(ValueError, match=said):
            function(J, given)
    with pytest.raises(TypeError, match=r"objective must be an Objective, .* got None"):
        function(None, theta)


def test_fields_of_an_objective() -> None:
    J, _ = small((2, 2, 3))
    with pytest.raises(TypeError, match="loss must be of the type Loss, got 'squared_error'"):
        Objective(J.network, "squared_error", J.penalty, J.arrays)  # type: ignore[arg-type]


def test_a_dense_hessian_of_many_parameters_is_refused() -> None:
    net = network(Tanh(), 100, 100, 1)
    J = Objective(net, SquaredError(), L2(), Arrays(np.zeros((2, 100)), np.zeros((2, 1))))
    with pytest.raises(ValueError, match="the Hessian of 10,201 parameters"):
        hessian(J, np.zeros(J.n_parameters))


def test_no_convergence_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.sparse.linalg import ArpackNoConvergence

    def fails(*_: Any, **__: Any) -> Any:
        raise ArpackNoConvergence("none", np.array([1.0]), np.zeros((87, 1)))

    monkeypatch.setattr("rosenblatt.curvature.spectrum.eigsh", fails)
    J, theta = small((4, 8, 5))
    with pytest.raises(RuntimeError, match="found 1 of 2 eigenvalues"):
        hessian_eigenvalues(J, theta, 2)
