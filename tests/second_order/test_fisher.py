"""The Fisher matrix, by enumeration and exactly; K-FAC's factors; invariance (G16)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rosenblatt.activations import Identity, Sigmoid, Softmax, Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    SquaredError,
)
from rosenblatt.network import Network
from rosenblatt.second_order.fisher import empirical_fisher, fisher, per_sample_gradients
from rosenblatt.second_order.kronecker import KroneckerFisher, with_ones
from rosenblatt.second_order.likelihood import LIKELIHOODS, likelihood_of
from rosenblatt.second_order.propagation import deltas
from tests.support.members import network, parameters, targets

Matrix = npt.NDArray[np.float64]
LOSSES: list[Loss] = [cls() for cls in LIKELIHOODS]
SMOOTHED: list[Loss] = [BinaryCrossEntropy(0.0, 0.3), CategoricalCrossEntropy(0.0, 0.3)]
NET = network(Tanh(), 2, 3, 3)
THETA = parameters(NET, seed=1)
X = np.random.default_rng(0).standard_normal((6, 2))


def enumerated(net: Network, theta: Matrix, X: Matrix, loss: Loss) -> Matrix:
    """E[∇ln p ∇ln pᵀ], one row, one label and one pass of back-propagation at a time."""
    F = np.zeros((net.n_parameters, net.n_parameters))
    for x in X:
        s = forward(net, theta, x).scores
        if isinstance(loss, CategoricalCrossEntropy):
            outcomes = [np.array([float(k)]) for k in range(net.n_outputs)]
            p = Softmax().value(s)[0]
        else:
            outcomes = [np.array(bits, float) for bits in np.ndindex(*[2] * net.n_outputs)]
            q = Sigmoid().value(s)[0]
            p = np.array([np.prod(np.where(y == 1, q, 1 - q)) for y in outcomes])
        assert p.sum() == pytest.approx(1)
        for share, y in zip(p, outcomes, strict=True):
            g = backpropagate(net, theta, x, y, loss).gradient
            F += share * np.outer(g, g) / len(X)
    return F


@pytest.mark.parametrize("loss", [CategoricalCrossEntropy(), BinaryCrossEntropy()], ids=repr)
def test_fisher_by_enumeration_of_the_labels(loss: Loss) -> None:
    np.testing.assert_allclose(
        fisher(NET, THETA, X, loss), enumerated(NET, THETA, X, loss), rtol=1e-10, atol=1e-14
    )


@pytest.mark.parametrize("loss", [Poisson(), SquaredError()], ids=repr)
def test_fisher_by_many_draws(loss: Loss) -> None:
    """Where labels cannot be enumerated: the mean over targets drawn from the model."""
    n = 200_000
    x = X[:1]
    scores = forward(NET, THETA, x).scores
    y = likelihood_of(loss).draw(np.random.default_rng(0), np.repeat(scores, n, axis=0))
    drawn = empirical_fisher(NET, THETA, np.repeat(x, n, axis=0), y, loss)
    exact = fisher(NET, THETA, x, loss)
    # A product of two gradients has a standard deviation of some twice its diagonal's size.
    np.testing.assert_allclose(drawn, exact, atol=10 * np.diag(exact).max() / np.sqrt(n))


@pytest.mark.parametrize("loss", [*LOSSES, *SMOOTHED], ids=repr)
def test_fisher_in_the_scores_is_the_losss_hessian(loss: Loss) -> None:
    s, u = np.random.default_rng(3).standard_normal((2, 4, 3))
    y, h = targets(loss, 4, 3), 1e-5
    numeric = (loss.gradient(s + h * u, y) - loss.gradient(s - h * u, y)) / (2 * h)
    np.testing.assert_allclose(likelihood_of(loss).fisher(s, u), numeric, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("loss", [*LOSSES, *SMOOTHED], ids=repr)
@pytest.mark.parametrize("rng", [np.random.RandomState, np.random.default_rng])
def test_draws_have_the_models_mean_and_fisher(loss: Loss, rng: Any) -> None:
    """E ∇L = 0, and E ∇L ∇Lᵀ = F, L = -ln p, of which smoothing is no part."""
    n = 100_000
    s = np.repeat(np.random.default_rng(4).standard_normal((1, 3)), n, axis=0)
    likelihood = likelihood_of(loss)
    g = likelihood.loss.gradient(s, likelihood.draw(rng(5), s))
    F = np.array([likelihood.fisher(s[:1], e[None])[0] for e in np.eye(3)])
    assert np.abs(g.mean(axis=0)).max() < 5 * np.sqrt(np.diag(F).max() / n)
    np.testing.assert_allclose(g.T @ g / n, F, atol=10 * np.diag(F).max() / np.sqrt(n))


def test_losses_without_a_distribution_are_refused() -> None:
    class Odd(SquaredError):  # type: ignore[misc]
        pass

    with pytest.raises(ValueError, match="Odd is the logarithm of none"):
        likelihood_of(Odd())


def test_the_empirical_fisher_is_another_matrix() -> None:
    """It takes the data's labels: it differs, and vanishes where F does not."""
    loss = CategoricalCrossEntropy()
    y = targets(loss, 6, 3)
    F, E = fisher(NET, THETA, X, loss), empirical_fisher(NET, THETA, X, y, loss)
    assert np.linalg.norm(F - E) > 0.3 * np.linalg.norm(F)
    perfect = forward(NET, THETA, X).scores
    np.testing.assert_array_equal(empirical_fisher(NET, THETA, X, perfect, SquaredError()), 0)
    assert np.linalg.norm(fisher(NET, THETA, X, SquaredError())) > 1


def test_per_sample_gradients_add_up() -> None:
    loss, y = CategoricalCrossEntropy(), targets(CategoricalCrossEntropy(), 6, 3)
    each = per_sample_gradients(NET, THETA, X, y, loss)
    whole = backpropagate(NET, THETA, X, y, loss).gradient
    np.testing.assert_allclose(each.mean(axis=0), whole, rtol=1e-12, atol=1e-15)


# K-FAC's factors.


def factors(net: Network, theta: Matrix, X: Matrix, loss: Loss, seed: int = 0) -> KroneckerFisher:
    """A and G of one batch, targets drawn."""
    passed = forward(net, theta, X)
    y = likelihood_of(loss).draw(np.random.default_rng(seed), passed.scores)
    kronecker = KroneckerFisher(net, decay=0.95)
    drawn = deltas(net, theta, passed, loss.gradient(passed.scores, y))
    kronecker.observe(passed.a[:-1], drawn, np.full(len(X), 1 / len(X)))
    return kronecker


def block(F: Matrix, net: Network, layer: int) -> Matrix:
    """The layer's diagonal block of a matrix over θ."""
    sizes = [(n_in + 1) * n_out for n_in, n_out in net.shapes]
    start = sum(sizes[:layer])
    return F[start : start + sizes[layer], start : start + sizes[layer]]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_blocks_are_exact_for_a_single_row(loss: Loss) -> None:
    """ā is then no random vector: E[ā āᵀ ⊗ δ δᵀ] = ā āᵀ ⊗ E[δ δᵀ], up to the draws' noise."""
    n = 200_000
    x = X[1:2]
    kronecker = factors(NET, THETA, np.repeat(x, n, axis=0), loss)
    F = fisher(NET, THETA, x, loss)
    for layer, (A, G) in enumerate(zip(kronecker.A, kronecker.G, strict=True)):
        exact = block(F, NET, layer)
        tolerance = 15 * np.diag(exact).max() / np.sqrt(n)
        np.testing.assert_allclose(np.kron(A, G), exact, atol=tolerance)


def test_blocks_of_a_linear_layer_are_exact_for_any_rows() -> None:
    """With the squared error δ = s - y is noise that knows nothing of ā: F = A ⊗ I."""
    net = network(Identity(), 2, 3)
    x = np.random.default_rng(7).standard_normal((50, 2))
    F = fisher(net, parameters(net), x, SquaredError())
    A = with_ones(x).T @ with_ones(x) / 50
    np.testing.assert_allclose(F, np.kron(A, np.eye(3)), rtol=1e-12, atol=1e-14)
    kronecker = factors(net, parameters(net), np.repeat(x, 4000, axis=0), SquaredError())
    np.testing.assert_allclose(kronecker.A[0], A, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(kronecker.G[0], np.eye(3), atol=10 / np.sqrt(200_000))


def test_blocks_are_an_approximation_in_general() -> None:
    loss = CategoricalCrossEntropy()
    kronecker = factors(NET, THETA, np.repeat(X, 50_000, axis=0), loss)
    exact = block(fisher(NET, THETA, X, loss), NET, 1)
    miss = np.linalg.norm(np.kron(kronecker.A[1], kronecker.G[1]) - exact)
    assert 0.01 < miss / np.linalg.norm(exact) < 1


def test_solve_is_the_inverse_of_the_damped_product() -> None:
    """(A + πγ I) ⊗ (G + γ/π I), layer by layer, with π² the ratio of the mean eigenvalues."""
    gamma = 0.3
    kronecker = factors(NET, THETA, X, CategoricalCrossEntropy())
    kronecker.invert(gamma)
    g = np.random.default_rng(8).standard_normal(NET.n_parameters)
    expected, start = [], 0
    for A, G in zip(kronecker.A, kronecker.G, strict=True):
        pi = np.sqrt(np.linalg.eigvalsh(A).mean() / np.linalg.eigvalsh(G).mean())
        damped = np.kron(A + pi * gamma * np.eye(len(A)), G + gamma / pi * np.eye(len(G)))
        expected.append(np.linalg.solve(damped, g[start : start + len(damped)]))
        start += len(damped)
    np.testing.assert_allclose(kronecker.solve(g), np.concatenate(expected), rtol=1e-9)


def test_averages_of_the_factors() -> None:
    """The k-th batch counts 1/k, but at least 1 - decay."""
    net = network(Identity(), 1, 1)
    kronecker = KroneckerFisher(net, decay=0.6)
    for value in (1.0, 2.0, 3.0):
        kronecker.observe((np.array([[value]]),), [np.array([[value]])], np.ones(1))
    # 1; (1 + 4)/2; 0.6·2.5 + 0.4·9
    assert kronecker.G[0].item() == pytest.approx(5.1)
    assert kronecker.A[0][0, 0] == pytest.approx(5.1)
    np.testing.assert_allclose(kronecker.A[0][1, 1], 1)


# Invariance: inputs X M with first weights M⁻¹ W are the same network in other coordinates.

M = np.array([[2.0, 0.7], [-0.4, 0.3]])


def transformed(theta: Matrix) -> Matrix:
    views = NET.weights_and_biases(theta)
    weights = [np.linalg.solve(M, views[0][0]), *(W for W, _ in views[1:])]
    return np.asarray(NET.pack(weights, [b for _, b in views]))


def natural_step(theta: Matrix, X: Matrix, loss: Loss, y: Matrix) -> Matrix:
    """The undamped step -F⁻¹g, of least norm in F's range."""
    g = backpropagate(NET, theta, X, y, loss).gradient
    F = fisher(NET, theta, X, loss)
    return -np.linalg.lstsq(F, g, rcond=1e-11)[0]


def test_the_exact_natural_step_is_invariant_to_a_linear_map_of_the_inputs() -> None:
    loss = SquaredError()
    x = np.random.default_rng(9).standard_normal((40, 2))
    y = np.random.default_rng(10).standard_normal((40, 3))
    here = forward(NET, THETA + natural_step(THETA, x, loss, y), x).scores
    moved = transformed(THETA)
    there = forward(NET, moved + natural_step(moved, x @ M, loss, y), x @ M).scores
    np.testing.assert_allclose(forward(NET, moved, x @ M).scores, forward(NET, THETA, x).scores)
    np.testing.assert_allclose(there, here, rtol=1e-6, atol=1e-8)
    # The gradient itself is not.
    plain = [
        forward(NET, t - 0.1 * backpropagate(NET, t, z, y, loss).gradient, z).scores
        for t, z in ((THETA, x), (moved, x @ M))
    ]
    assert np.abs(plain[0] - plain[1]).max() > 1e-3


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_the_undamped_kfac_step_is_invariant_as_well(loss: Loss) -> None:
    x = np.random.default_rng(9).standard_normal((400, 2))
    y = targets(loss, 400, 3)
    predictions = []
    for theta, rows in ((THETA, x), (transformed(THETA), x @ M)):
        kronecker = factors(NET, theta, rows, loss)  # the same scores, the same draws
        kronecker.invert(0.0)
        g = backpropagate(NET, theta, rows, y, loss).gradient
        scores = forward(NET, theta - 0.1 * kronecker.solve(g), rows).scores
        predictions.append(loss.inverse_link(scores))
    np.testing.assert_allclose(predictions[1], predictions[0], rtol=1e-6, atol=1e-8)
