"""Hessian-vector products: differences, a complex step, closed forms, PyTorch's numbers (G3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.activations import Activation, Identity, ReLU, Softmax, Tanh
from rosenblatt.curvature import Objective, hessian
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense, Dropout, EnsembleDense, Network, Scale
from rosenblatt.normalizations import BatchNorm
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L1, L2, ElasticNet
from tests.support.members import (
    LOSSES,
    STRUCTURES,
    TRAINABLE,
    away_from_kinks,
    central_difference,
    network,
    parameters,
    targets,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "backprop.json").read_text())
MEMBERS = {cls.__name__: cls for classes in kernel_classes().values() for cls in classes}
PLAIN = ("plain", "residual", "layer norm", "layer norm, residual")
WEIGHTS = np.array([0.5, 2.0, 1.0, 0.0])
NO_PENALTY = L2(0.0)


def direction(objective: Objective, seed: int = 1) -> Any:
    return np.random.default_rng(seed).standard_normal(objective.n_parameters)


@pytest.mark.product(every=7)
@pytest.mark.parametrize("structure", PLAIN)
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("g", TRAINABLE, ids=repr)
def test_product_is_the_gradients_derivative(g: Activation, loss: Loss, structure: str) -> None:
    net = network(g, 2, 2, 3, 2, **STRUCTURES[structure])
    X, theta = away_from_kinks(net, loss, 4, margin=0.005)
    J = Objective(net, loss, ElasticNet(0.3, 0.2), Arrays(X, targets(loss, 4, 2), WEIGHTS))
    v = direction(J)
    numeric = central_difference(lambda h: J.gradient(theta + h * v), 0.0, 1e-4)
    error = np.linalg.norm(J.hessian_vector_product(theta, v) - numeric)
    assert error < 1e-7 * np.linalg.norm(numeric)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("structure", PLAIN)
def test_hessian_is_symmetric(structure: str, depth: int) -> None:
    """Column by column: no two of its halves come from the same sum."""
    net = network(Tanh(), 3, *[4] * (depth - 1), 3, **STRUCTURES[structure])
    X = np.random.default_rng(0).standard_normal((6, 3))
    y = targets(CategoricalCrossEntropy(), 6, 3)
    J = Objective(net, CategoricalCrossEntropy(), L2(0.3), Arrays(X, y))
    H = hessian(J, parameters(net))
    np.testing.assert_allclose(H, H.T, atol=1e-14 * np.abs(H).max() * 10)


def test_a_complex_step() -> None:
    """H v = Im ∇J(θ + ihv) / h, free of cancellation, of a gradient written down by itself."""
    net, h = network(Tanh(), 2, 3, 1), 1e-30
    rng = np.random.default_rng(0)
    X, y, theta = rng.standard_normal((5, 2)), rng.standard_normal((5, 1)), parameters(net)
    J = Objective(net, SquaredError(), NO_PENALTY, Arrays(X, y))
    v = direction(J)

    def gradient(t: Any) -> Any:
        (W1, b1), (W2, b2) = net.weights_and_biases(t)
        a = np.tanh(X @ W1 + b1)
        error = (a @ W2 + b2 - y) / len(X)
        delta = error @ W2.T * (1 - a * a)
        parts = X.T @ delta, delta.sum(0), a.T @ error, error.sum(0)
        return np.concatenate([part.ravel() for part in parts])

    np.testing.assert_allclose(J.gradient(theta), gradient(theta), rtol=1e-13)
    exact = gradient(theta + 1j * h * v).imag / h
    np.testing.assert_allclose(J.hessian_vector_product(theta, v), exact, rtol=1e-13, atol=1e-15)


def test_closed_form_of_least_squares() -> None:
    """H = [X 1]ᵀ diag(w) [X 1] / Σ w + λ/Σ w on the weights, at any θ (L4)."""
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((7, 3)), rng.standard_normal((7, 1)), rng.random(7)
    net = network(Identity(), 3, 1)
    J = Objective(net, SquaredError(), L2(0.3), Arrays(X, y, w))
    with_ones = np.column_stack([X, np.ones(7)])
    expected = (with_ones.T * w) @ with_ones / w.sum()
    expected += np.diag([0.3, 0.3, 0.3, 0]) / w.sum()
    for seed in range(2):
        np.testing.assert_allclose(hessian(J, parameters(net, seed)), expected, rtol=1e-12)


def test_closed_form_of_logistic_regression() -> None:
    """H = [X 1]ᵀ diag(p(1 - p)) [X 1] / N."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((7, 3)), rng.integers(0, 2, (7, 1)).astype(float)
    net = network(Identity(), 3, 1)
    theta = parameters(net)
    J = Objective(net, BinaryCrossEntropy(), NO_PENALTY, Arrays(X, y))
    with_ones = np.column_stack([X, np.ones(7)])
    p = 1 / (1 + np.exp(-with_ones @ theta))
    expected = (with_ones.T * (p * (1 - p))) @ with_ones / 7
    np.testing.assert_allclose(hessian(J, theta), expected, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize(
    "run", GOLDEN["runs"], ids=lambda run: f"{run['activation']}-{run['loss']}"
)
def test_numbers_are_pytorchs(run: dict[str, Any]) -> None:
    g, loss = (GOLDEN["members"][run[concept]] for concept in ("activation", "loss"))
    weights = np.array(GOLDEN["weights"])
    arrays = Arrays(np.array(GOLDEN["X"]), np.array(GOLDEN["targets"][loss["targets"]]), weights)
    J = Objective(
        network(MEMBERS[g["name"]](**g["fields"]), *GOLDEN["units"]),
        MEMBERS[loss["name"]](**loss["fields"]),
        L2(GOLDEN["strength"] * weights.sum()),  # there the penalty is not divided
        arrays,
    )
    found = J.hessian_vector_product(np.array(GOLDEN["theta"]), np.array(GOLDEN["direction"]))
    np.testing.assert_allclose(found, run["hessian_product"], rtol=1e-10, atol=1e-13)


def test_the_best_step_along_the_gradient() -> None:
    """η* = gᵀg / gᵀHg leaves no gradient along g on a quadratic (G3)."""
    X, y = np.random.default_rng(0).standard_normal((2, 7, 3))
    net = network(Identity(), 3, 1)
    J = Objective(net, SquaredError(), L2(0.3), Arrays(X, y[:, :1]))
    theta = parameters(net)
    g = J.gradient(theta)
    step = (g @ g) / (g @ J.hessian_vector_product(theta, g))
    after = J.gradient(theta - step * g)
    assert abs(after @ g) < 1e-13 * (g @ g)
    lowest = J.value(theta - step * g)
    assert all(lowest < J.value(theta - factor * step * g) for factor in (0.99, 1.01))


def test_layers_beside_dense_ones() -> None:
    net = Network(
        3,
        (
            Scale(),
            Dense(4, Softmax(), ntk=True),
            Dense(3, Tanh(), residual=True),
            Dense(2, ntk=True),
        ),
    )
    rng = np.random.default_rng(0)
    theta, X = parameters(net, 2), rng.standard_normal((5, 3))
    J = Objective(net, SquaredError(), L2(0.1), Arrays(X, targets(SquaredError(), 5, 2)))
    v = direction(J)
    numeric = central_difference(lambda h: J.gradient(theta + h * v), 0.0, 1e-3)
    np.testing.assert_allclose(J.hessian_vector_product(theta, v), numeric, atol=1e-9)


def test_piecewise_linear_members_bend_nowhere() -> None:
    """One linear layer under L1 and the absolute error: H is 0."""
    net = network(Identity(), 2, 1)
    X, y = np.random.default_rng(0).standard_normal((2, 5, 2))
    J = Objective(net, MEMBERS["AbsoluteError"](), L1(0.3), Arrays(X, y[:, :1]))
    np.testing.assert_array_equal(hessian(J, parameters(net)), 0)


def test_sparse_rows_and_parts_of_a_table() -> None:
    rng = np.random.default_rng(0)
    X, y, w = rng.standard_normal((9, 3)), rng.standard_normal((9, 1)), rng.random(9)
    X[X < 0] = 0
    net, rows = network(Tanh(), 3, 2, 1), np.array([7, 2, 3])
    theta = parameters(net)
    part = Objective(net, SquaredError(), L2(0.1), Arrays(X[rows], y[rows], w[rows]))
    v = direction(part)
    for table in (X, sp.csr_array(X), X.astype(np.float32).astype(np.float64)):
        J = Objective(net, SquaredError(), L2(0.1), Arrays(table, y, w, rows))
        assert J.value(theta) == pytest.approx(part.value(theta), rel=1e-6)
        found = J.hessian_vector_product(theta, v)
        np.testing.assert_allclose(found, part.hessian_vector_product(theta, v), rtol=1e-5)


def test_blocks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(Tanh(), 3, 2, 1)
    X, y = np.random.default_rng(0).standard_normal((2, 50, 3))
    J = Objective(net, SquaredError(), NO_PENALTY, Arrays(X, y[:, :1]))
    theta, v = parameters(net), direction(J)
    whole = J.hessian_vector_product(theta, v)
    monkeypatch.setattr("rosenblatt.curvature.objective.NUMBERS_AT_ONCE", 100)
    np.testing.assert_allclose(J.hessian_vector_product(theta, v), whole, rtol=1e-12)


def test_it_is_the_objective_of_a_problem() -> None:
    net = network(ReLU(), 3, 2, 1)
    X, y = np.random.default_rng(0).standard_normal((2, 5, 3))
    arrays = Arrays(X, y[:, :1])
    J = Objective.of(Problem(net, SquaredError(), L2(0.5), SGD()), arrays)
    theta = parameters(net)
    assert J.value(theta) == Objective(net, SquaredError(), L2(0.5), arrays).value(theta)
    numeric = central_difference(lambda h: J.value(theta + h * np.eye(len(theta))[0]), 0.0, 1e-3)
    assert J.gradient(theta)[0] == pytest.approx(numeric, rel=1e-8)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((Dense(2, Tanh(), dropout=0.5), Dense(1)), "dropout or input noise"),
        ((Dropout(0.5), Dense(1)), "dropout or input noise"),
        ((Dense(2, Tanh(), BatchNorm()), Dense(1)), "batch normalisation"),
    ],
)
def test_networks_without_an_objective_of_their_own_are_refused(layers: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Objective(
            Network(2, layers), SquaredError(), L2(), Arrays(np.ones((3, 2)), np.ones((3, 1)))
        )


def test_layers_without_second_derivatives_are_named() -> None:
    net = Network(2, (EnsembleDense(2, 3),))
    J = Objective(net, SquaredError(), L2(), Arrays(np.ones((3, 2)), np.ones((3, 3))))
    zero = np.zeros(J.n_parameters)
    with pytest.raises(ValueError, match="second derivatives, which EnsembleAffine"):
        J.hessian_vector_product(zero, zero)


def test_what_does_not_fit_is_refused() -> None:
    net = network(Tanh(), 2, 1)
    with pytest.raises(ValueError, match=r"takes 2 inputs; X has the shape \(3, 4\)"):
        Objective(net, SquaredError(), L2(), Arrays(np.ones((3, 4)), np.ones((3, 1))))
    weights = np.zeros(3)
    with pytest.raises(ValueError, match="at least one row of weight above 0"):
        Objective(net, SquaredError(), L2(), Arrays(np.ones((3, 2)), np.ones((3, 1)), weights))
    J = Objective(net, SquaredError(), L2(), Arrays(np.ones((3, 2)), np.ones((3, 1))))
    with pytest.raises(ValueError, match="v must be a flat vector of the network's 3 parameters"):
        J.hessian_vector_product(np.zeros(3), np.zeros(2))
    with pytest.raises(ValueError, match="theta must be a flat vector"):
        J.gradient(np.zeros((3, 1)))
