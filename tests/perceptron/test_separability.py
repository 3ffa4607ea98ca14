"""Separability by linear program, and the widest margin, against independent means (P2, P3)."""

import numpy as np
import pytest
from scipy.optimize import minimize

from rosenblatt.perceptron.separability import is_linearly_separable, largest_margin


def blobs(seed, *, n_rows, n_features, gap):
    """Normal rows on both sides of a random hyperplane, none nearer to it than ``gap``."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_features))
    normal = rng.normal(size=n_features)
    distances = X @ normal / np.linalg.norm(normal) - rng.normal() / 2
    far = np.abs(distances) > gap
    return X[far], (distances[far] > 0).astype(float)


def augmented(X, targets):
    return np.column_stack([X, np.ones(len(X))]) * (2 * targets - 1)[:, None]


@pytest.mark.parametrize(
    ("zeros", "ones", "separable"),
    [
        pytest.param([[0.0]], [[1.0]], True, id="two points"),
        pytest.param([[1.0]], [[1.0]], False, id="one point with both targets"),
        pytest.param([[0, 0], [1, 1]], [[0, 1], [1, 0]], False, id="XOR"),
        pytest.param([[0, 0], [0, 1], [1, 0]], [[1, 1]], True, id="AND"),
        pytest.param([[0.1, 0.1], [0.3, 0.3]], [[0.2, 0.2]], False, id="between, on a line"),
        pytest.param([[0, 0], [2, 0], [0, 2]], [[1, 1], [2, 2]], False, id="hulls touch"),
        pytest.param([[0, 0], [2, 0], [0, 2]], [[1, 1 + 1e-6]], True, id="hulls nearly touch"),
        pytest.param([[0, 0], [2, 0], [0, 2]], [[0.7, 0.7]], False, id="inside the hull"),
        pytest.param([[5, 1], [5, 2]], [[5, 3]], True, id="a constant column"),
        pytest.param([[0, 0], [0, 0]], [[1e-3, 0], [1e-3, 0]], True, id="repeated rows"),
        pytest.param([[1.6e9]], [[1.6e9 + 1]], True, id="far from the origin"),
        pytest.param([[1e-9, 1e9]], [[2e-9, 1e9]], True, id="columns of unlike scale"),
        pytest.param([[3.0, 4.0]], np.empty((0, 2)), True, id="one class, target 0"),
        pytest.param(np.empty((0, 2)), [[3.0, 4.0]], True, id="one class, target 1"),
    ],
)
def test_known_answers(zeros, ones, separable):
    X = np.vstack([np.asarray(zeros, float), np.asarray(ones, float)])
    targets = np.repeat([0.0, 1.0], [len(zeros), len(ones)])
    assert is_linearly_separable(X, targets) is separable
    assert is_linearly_separable(X, 1 - targets) is separable
    if not separable:
        assert largest_margin(X, targets) == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_one_swapped_label_among_thousands_is_noticed(seed):
    X, targets = blobs(seed, n_rows=4000, n_features=3, gap=0.01)
    assert is_linearly_separable(X, targets)
    assert largest_margin(X, targets) > 0
    deep_inside = np.argmin(np.linalg.norm(X - X[targets == 1].mean(axis=0), axis=1))
    targets[deep_inside] = 0
    assert not is_linearly_separable(X, targets)
    assert largest_margin(X, targets) == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_margin_equals_a_search_over_every_angle(seed):
    X, targets = blobs(seed, n_rows=30, n_features=1, gap=0.1)
    rows = augmented(X, targets)
    angles = np.linspace(0, 2 * np.pi, 200_001)
    by_search = (rows @ [np.cos(angles), np.sin(angles)]).min(axis=0).max()
    step = np.linalg.norm(rows, axis=1).max() * (angles[1] - angles[0])
    assert by_search - 1e-12 <= largest_margin(X, targets) <= by_search + step


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize(("n_rows", "n_features"), [(60, 3), (1500, 5)])
@pytest.mark.parametrize("seed", range(3))
def test_margin_equals_a_general_solver_s(seed, n_rows, n_features, scale):
    X, targets = blobs(seed, n_rows=n_rows, n_features=n_features, gap=0.2)
    X *= scale
    margin = largest_margin(X, targets)
    rows = augmented(X, targets) / margin  # the shortest v with rows @ v ≥ 1 has length ≈ 1
    shortest = minimize(
        lambda v: v @ v / 2,
        x0=np.zeros(n_features + 1),
        jac=lambda v: v,
        constraints={"type": "ineq", "fun": lambda v: rows @ v - 1, "jac": lambda v: rows},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert shortest.success
    assert np.linalg.norm(shortest.x) == pytest.approx(1, rel=1e-5)


def test_margin_of_one_class_is_that_of_a_bias_alone_or_better():
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert largest_margin(X, np.zeros(2)) == pytest.approx(1.0)
    assert largest_margin(X + 2, np.ones(2)) == pytest.approx(np.linalg.norm([1, 2, 1]))
