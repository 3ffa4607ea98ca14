"""The exact Fisher matrix of a tiny network, for teaching and for tests (theory G16).

F = E[∇ln p(y|x) ∇ln p(y|x)ᵀ], x over the rows and y over the model's own distribution. It has
n_parameters² entries; larger networks need the approximation of `kfac`.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.backprop import forward
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.second_order.likelihood import likelihood_of
from rosenblatt.second_order.propagation import deltas, jacobian
from rosenblatt.support.products import matmul
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["empirical_fisher", "fisher", "per_sample_gradients"]


def fisher(network: Network, theta: FloatArray, X: FloatArray, loss: Loss) -> Float64Array:
    """F = (1/N) Σ_i J_iᵀ F_i J_i, shape (n_parameters, n_parameters).

    J_i is ∂s/∂θ of row i and F_i the Fisher matrix of its targets' distribution in the scores.
    """
    scores, J = jacobian(network, theta, X)
    likelihood = likelihood_of(loss)
    n, n_outputs = scores.shape
    J = J.reshape(n, n_outputs, -1)
    F_s = np.stack(
        [likelihood.fisher(scores, np.broadcast_to(e, scores.shape)) for e in np.eye(n_outputs)],
        axis=2,
    )  # F_i e_k in column k, shape (n, n_outputs, n_outputs)
    with np.errstate(all="ignore"):  # as in `matmul`
        F: Float64Array = np.einsum("njp,njk,nkq->pq", J, F_s, J, optimize=True) / n
    return F


def per_sample_gradients(
    network: Network, theta: FloatArray, X: FloatArray, y: FloatArray, loss: Loss
) -> Float64Array:
    """∂L_i/∂θ of every row, shape (n_samples, n_parameters)."""
    passed = forward(network, theta, X)
    delta = deltas(network, theta, passed, loss.gradient(passed.scores, y))
    parts = []
    for a, d in zip(passed.a[:-1], delta, strict=True):
        parts += [(a[:, :, None] * d[:, None, :]).reshape(len(a), -1), d]
    return np.hstack(parts)


def empirical_fisher(
    network: Network, theta: FloatArray, X: FloatArray, y: FloatArray, loss: Loss
) -> Float64Array:
    """(1/N) Σ_i ∇L_i ∇L_iᵀ with the targets of the data, which is not F.

    It does not approximate the curvature where the model is wrong, and vanishes where the model
    fits every row.
    """
    g = per_sample_gradients(network, theta, X, y, loss)
    return matmul(g.T, g) / len(g)
