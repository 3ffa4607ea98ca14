"""Derivatives of the raw scores s(θ), forward and back through the layers (theory B7, B8, B13)."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from rosenblatt.backprop import Forward, forward
from rosenblatt.network import Network
from rosenblatt.second_order.checks import plain_layers
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["deltas", "flat_gradient", "jacobian", "scores_along"]


@final
class LayerValues(NamedTuple):
    """Pre-activations and activations of dense layers, the part of `Forward` for a pass back."""

    z: tuple[FloatArray, ...]
    a: tuple[FloatArray, ...]


def deltas(
    network: Network, theta: FloatArray, passed: Forward | LayerValues, upstream: FloatArray
) -> list[FloatArray]:
    """δ^l = ∂L/∂z^l of every row, layer by layer, given ∂L/∂s, shape (n_samples, n_outputs)."""
    layers = plain_layers(network)
    weights = [W for W, _ in network.weights_and_biases(theta)]
    delta: list[FloatArray] = []
    for i in reversed(range(len(weights))):
        z, a = passed.z[i], passed.a[i + 1]
        delta.insert(0, layers[i].activation.pull_back(z, a, upstream))  # B7, B8
        upstream = matmul(delta[0], weights[i].T)
    return delta


def flat_gradient(
    network: Network, passed: Forward | LayerValues, delta: list[FloatArray], scale: FloatArray
) -> FloatArray:
    """Σ_i scale_i ∂L_i/∂θ (B9, B10), shape (n_parameters,); `scale` has shape (n_samples,)."""
    g: FloatArray = np.empty(network.n_parameters, delta[0].dtype)
    for (dW, db), a, d in zip(network.weights_and_biases(g), passed.a[:-1], delta, strict=True):
        scaled = scale[:, None] * d
        dW[...] = matmul(a.T, scaled)
        db[...] = scaled.sum(axis=0)
    return g


def jacobian(network: Network, theta: FloatArray, X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The scores s, shape (n_samples, n_outputs), and J = ∂s/∂θ of all of them at once.

    J has shape (n_samples · n_outputs, n_parameters), the outputs of a row one after another, in
    Fortran order for LAPACK. Score k of a row is a loss with ∂L/∂s = e_k: one pass back propagates
    n_outputs rows for each row of X.
    """
    passed = forward(network, theta, X)
    n, n_outputs = passed.scores.shape
    repeated = LayerValues(
        tuple(np.repeat(z, n_outputs, axis=0) for z in passed.z),
        tuple(np.repeat(a, n_outputs, axis=0) for a in passed.a),
    )
    units = np.tile(np.eye(n_outputs, dtype=theta.dtype), (n, 1))
    delta = deltas(network, theta, repeated, units)
    J: FloatArray = np.empty((network.n_parameters, n * n_outputs), theta.dtype)
    start = 0
    for (n_in, n_out), a, d in zip(network.shapes, repeated.a[:-1], delta, strict=True):
        end = start + n_in * n_out
        dW = J[start:end].reshape(n_in, n_out, -1)
        np.multiply(a.T[:, None, :], d.T[None, :, :], out=dW)  # ∂s/∂w_ij = a_i δ_j
        J[end : end + n_out] = d.T  # ∂s/∂b_j = δ_j
        start = end + n_out
    return passed.scores, J.T


def scores_along(
    network: Network, theta: FloatArray, passed: Forward | LayerValues, v: FloatArray
) -> FloatArray:
    """J v, shape (n_samples, n_outputs): the derivative of the scores along v.

    Layer by layer ż = ȧ W + a V + u, with V and u the parts of v that belong to W and b, and
    ȧ = g'(z) ż.
    """
    moved = np.zeros_like(passed.a[0])
    layers = zip(
        plain_layers(network),
        network.weights_and_biases(theta),
        network.weights_and_biases(v),
        strict=True,
    )
    for i, (layer, (W, _), (V, u)) in enumerate(layers):
        z_moved = (
            matmul(passed.a[i], V) + u + (matmul(moved, W) if i else 0)
        )  # the inputs do not move
        moved = layer.activation.push_forward(passed.z[i], passed.a[i + 1], z_moved)
    return moved
