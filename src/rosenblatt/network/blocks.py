"""One layer's block, forward and backward: a dense layer and what goes with it (B1, B2, B8).

The parts follow one another as h = a W + b, normalisation, g(z), dropout; a residual connection
adds what came in. Rows are samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from rosenblatt.network.network import Dense
from rosenblatt.normalizations import Statistics
from rosenblatt.regularization.dropout import dropout_mask
from rosenblatt.support.philox import Stream
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["Backward", "Passed", "block_backward", "block_forward"]


@final
@dataclass(frozen=True)
class Passed:
    """What a batch left behind on its way through a block.

    Attributes
    ----------
    x : array (n_samples, n_in)
        What came in.
    normalised : array (n_samples, n_out) or None
        ĥ, where there is a normalisation.
    statistics : Statistics or None
        What it was normalised by.
    z : array (n_samples, n_out)
        Pre-activations: x W + b, or γ ĥ + β.
    a : array (n_samples, n_out)
        Activations g(z).
    mask : array (n_samples, n_out) or None
        What dropout multiplied them by, in a training step.
    out : array (n_samples, n_out)
        What went out.
    """

    x: FloatArray
    normalised: FloatArray | None
    statistics: Statistics | None
    z: FloatArray
    a: FloatArray
    mask: FloatArray | None
    out: FloatArray


@final
@dataclass(frozen=True)
class Backward:
    """What comes back through a block, summed over the samples and undivided.

    Attributes
    ----------
    delta : array (n_samples, n_out)
        The gradient with respect to x W + b.
    gradients : mapping of name to array
        The gradients of the block's parameters.
    upstream : array (n_samples, n_in)
        The gradient with respect to what came in.
    """

    delta: FloatArray
    gradients: Mapping[str, FloatArray]
    upstream: FloatArray


def block_forward(
    layer: Dense,
    parameters: Mapping[str, FloatArray],
    running: Mapping[str, FloatArray],
    x: FloatArray,
    stream: Stream | None,
) -> Passed:
    """Pass x, shape (n_samples, n_in).

    In a training step `stream` says what is left out; without one it is a prediction. `running` is
    the layer's part of the network's state.
    """
    z = matmul(x, parameters["weight"]) + parameters["bias"]  # B1
    normalised = statistics = None
    if layer.normalization is not None:
        training = stream is not None
        statistics = layer.normalization.statistics(z, running, training=training)
        normalised = layer.normalization.value(z, statistics)
        z = parameters["scale"] * normalised + parameters["shift"]
    a = layer.activation.value(z)  # B2
    mask = None
    if layer.dropout and stream is not None:
        mask = dropout_mask(stream, a.shape, layer.dropout, a.dtype)
    out = a if mask is None else a * mask
    if layer.residual:
        out = out + (matmul(x, parameters["projection"]) if "projection" in parameters else x)
    return Passed(x, normalised, statistics, z, a, mask, out)


def block_backward(
    layer: Dense, parameters: Mapping[str, FloatArray], passed: Passed, upstream: FloatArray
) -> Backward:
    """Pass the gradient with respect to `passed.out` back."""
    grad = upstream if passed.mask is None else upstream * passed.mask
    delta = layer.activation.pull_back(passed.z, passed.a, grad)  # B7, and B8: … ⊙ g'(z)
    gradients: dict[str, FloatArray] = {}
    if layer.normalization is not None:
        assert passed.normalised is not None
        assert passed.statistics is not None
        gradients["scale"] = (delta * passed.normalised).sum(axis=0)
        gradients["shift"] = delta.sum(axis=0)
        delta = layer.normalization.pull_back(
            passed.normalised, passed.statistics, delta * parameters["scale"]
        )
    gradients["weight"] = matmul(passed.x.T, delta)  # B9
    gradients["bias"] = delta.sum(axis=0)  # B10
    below = matmul(delta, parameters["weight"].T)  # B8: (W^{l+1})ᵀ δ^{l+1}
    if "projection" in parameters:
        gradients["projection"] = matmul(passed.x.T, upstream)
        below += matmul(upstream, parameters["projection"].T)
    elif layer.residual:
        below += upstream
    return Backward(delta, gradients, below)
