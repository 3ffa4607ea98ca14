"""Linear autoencoders against closed forms: those of a PCA, and of a ridge penalty."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.preprocessing import scale

from rosenblatt import MLPAutoencoder
from tests.support.data import ignore_convergence

X = scale(load_iris().data)


def linear(**parameters: Any) -> MLPAutoencoder:
    return MLPAutoencoder(2, (), "identity", alpha=0, random_state=0, **parameters)


def same_subspace(some: np.ndarray, other: np.ndarray) -> bool:
    """Whether the columns span the same: their cosines of the principal angles are 1."""
    bases = [np.linalg.qr(a)[0] for a in (some, other)]
    cosines = np.linalg.svd(bases[0].T @ bases[1], compute_uv=False)
    return bool(np.allclose(cosines, 1, atol=1e-5))


def test_its_error_is_that_of_a_pca_and_its_decoder_spans_the_same() -> None:
    ae = linear(solver="lbfgs", max_iter=2000, tol=1e-9).fit(X)
    pca = PCA(2).fit(X)
    of_pca = ((X - pca.inverse_transform(pca.transform(X))) ** 2).mean(axis=1)
    np.testing.assert_allclose(ae.reconstruction_error(X).mean(), of_pca.mean(), rtol=1e-7)
    np.testing.assert_allclose(ae.reconstruction_error(X), of_pca, atol=1e-4)
    assert ae.score(X) == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-7)
    assert same_subspace(ae.coefs_[1].T, pca.components_.T)


@ignore_convergence
def test_tied_weights_are_orthonormal_axes_of_the_pca() -> None:
    ae = linear(
        tied_weights=True, max_iter=700, learning_rate_init=0.02, learning_rate="cosine", tol=0
    )
    ae.set_params(n_iter_no_change=np.inf).fit(X)
    W = ae.coefs_[0]
    assert (ae.coefs_[1] == W.T).all()
    np.testing.assert_allclose(W.T @ W, np.eye(2), atol=1e-6)
    assert same_subspace(W, PCA(2).fit(X).components_.T)
    assert ae.score(X) == pytest.approx(PCA(2).fit(X).explained_variance_ratio_.sum(), abs=1e-9)


@ignore_convergence
def test_a_step_of_tied_weights_is_that_of_the_objective_in_them() -> None:
    """J(W, b, c) = Σ_i ‖x_i - (x_i W + b) Wᵀ - c‖² / 2n + α ‖W‖² / 2n, by finite differences."""
    alpha, rate, n = 0.8, 0.05, len(X)

    def objective(W: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
        error = X - (X @ W + b) @ W.T - c
        return float(((error**2).sum() + alpha * (W**2).sum()) / (2 * n))

    made = linear(tied_weights=True, solver="sgd", momentum=0.0, batch_size=n, shuffle=False)
    made.set_params(alpha=alpha, learning_rate_init=rate)
    one = MLPAutoencoder(**made.get_params()).set_params(max_iter=1).fit(X)
    two = MLPAutoencoder(**made.get_params()).set_params(max_iter=2).fit(X)
    at = [one.coefs_[0], *one.intercepts_]
    moved = [two.coefs_[0], *two.intercepts_]
    h = 1e-6
    for k, (before, after) in enumerate(zip(at, moved, strict=True)):
        slope = np.empty_like(before)
        for place in np.ndindex(before.shape):
            values = []
            for step in (h, -h):
                arrays = [a.copy() for a in at]
                arrays[k][place] += step
                values.append(objective(*arrays))
            slope[place] = (values[0] - values[1]) / (2 * h)
        np.testing.assert_allclose(before - rate * slope, after, atol=1e-9)


@ignore_convergence
def test_masks_of_inputs_are_a_ridge_penalty_on_a_linear_map() -> None:
    """With masks of probability p the best linear map from x to x is (C + p/(1-p) diag C)⁻¹ C."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 3)) @ np.array(
        [[1.0, 0.5, 0.0], [0.0, 1.0, -0.4], [0.0, 0.0, 0.8]]
    )
    rows -= rows.mean(axis=0)
    p, C = 0.4, rows.T @ rows / len(rows)
    best = np.linalg.solve(C + p / (1 - p) * np.diag(np.diag(C)), C)
    ae = MLPAutoencoder(
        3,
        (),
        "identity",
        masking=p,
        alpha=0,
        random_state=0,
        learning_rate_init=0.01,
        batch_size=50,
        max_iter=400,
        tol=0,
        n_iter_no_change=np.inf,
        averaging="swa",
    ).fit(rows)
    np.testing.assert_allclose(ae.coefs_[0] @ ae.coefs_[1], best, atol=0.03)
    assert np.abs(np.eye(3) - best).max() > 0.3  # without masks it is the identity
