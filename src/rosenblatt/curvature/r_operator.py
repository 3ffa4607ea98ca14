"""Hessian-vector products: back-propagation, differentiated along a direction (theory G3).

R{f}(θ) = ∂/∂t f(θ + t v) at t = 0 is a derivation, so that it turns every line of the forward and
the backward pass into another one, and R{∇J} = H v (Pearlmutter 1994, "Fast exact multiplication by
the Hessian"). Each layer has its own two lines, `forward_along` and `backward_along`.
"""

from __future__ import annotations

import numpy as np

from rosenblatt.backprop import forward
from rosenblatt.losses import Loss
from rosenblatt.network import Network, Tangent
from rosenblatt.support.types import FloatArray

__all__ = ["gradient_along"]


def gradient_along(
    network: Network,
    theta: FloatArray,
    v: FloatArray,
    X: FloatArray,
    y: FloatArray,
    loss: Loss,
    shares: FloatArray,
) -> FloatArray:
    """R{∇ Σ_i shares_i L_i}, the Hessian of the data loss times v, shape (n_parameters,).

    Parameters
    ----------
    network, theta
        The network and its flat parameters, shape (n_parameters,).
    v : array (n_parameters,)
    X : array (n_samples, n_0)
    y : array (n_samples, n_targets)
        Targets as the loss takes them.
    shares : array (n_samples,)
        What each row's loss is multiplied by.

    Raises
    ------
    ValueError
        If a layer, an activation or the loss defines no second derivative; it is named.
    """
    passed = forward(network, theta, X)
    parameters, direction = network.layer_parameters(theta), network.layer_parameters(v)
    tangents: list[Tangent] = []
    moved: FloatArray = np.zeros_like(passed.a[0])
    for i, layer in enumerate(network.layers):
        tangents.append(layer.forward_along(parameters[i], direction[i], passed.blocks[i], moved))
        moved = tangents[-1].out

    of_rows = shares[:, None]
    upstream: FloatArray = of_rows * loss.gradient(passed.scores, y)
    upstream_dot: FloatArray = of_rows * loss.hessian_product(passed.scores, y, moved)
    product = np.zeros_like(v)
    parts = network.layer_parameters(product)
    for i in reversed(range(len(network.layers))):
        upstream, back = network.layers[i].backward_along(
            parameters[i], direction[i], passed.blocks[i], tangents[i], upstream, upstream_dot
        )
        upstream_dot = back.upstream
        for name, gradient_dot in back.gradients.items():
            parts[i][name][...] = gradient_dot
    return product
