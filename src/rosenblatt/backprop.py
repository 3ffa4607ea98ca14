"""Forward and backward propagation, formula by formula (theory B1-B13).

The readable engine: unhurried NumPy in whatever float type it is given. Call `backpropagate` for
one sample or a batch to see every z, a, δ and gradient. Rows are samples, so that each product
stands transposed to the column-vector notation of the papers: z = a W + b. What happens within one
layer is in the layer's own file, in the room `network`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.losses import Loss
from rosenblatt.network import GaussianNoise, Network, Passed
from rosenblatt.network.activation_layer import pre_activation
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.regularization.penalties import L2, Penalty
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.philox import Draws
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = [
    "Forward",
    "Trace",
    "backpropagate",
    "forward",
    "input_gradient",
    "mean_of_members",
]


@final
@dataclass(frozen=True)
class Forward:
    """What forward propagation computes; entry l of `z` belongs to layer l + 1.

    Attributes
    ----------
    z : tuple of arrays (n_samples, n_l)
        Pre-activations of the layers 1 … L, which the activation functions take; of a layer
        without an activation, what leaves it.
    a : tuple of arrays (n_samples, n_l)
        What leaves the layers 0 … L: a[0] is the input, a[-1] the raw scores, of an ensemble of
        the shape (n_samples, n_members, n_outputs).
    blocks : tuple of Passed
        Every step within the layers 1 … L.
    """

    a: tuple[FloatArray, ...]
    blocks: tuple[Passed, ...]

    @cached_property
    def z(self) -> tuple[FloatArray, ...]:
        return tuple(map(pre_activation, self.blocks))

    @property
    def scores(self) -> FloatArray:
        return self.a[-1]


@final
@dataclass(frozen=True)
class Trace:
    """Everything that one pass of back-propagation computes; entry l belongs to layer l + 1.

    Attributes
    ----------
    forward : Forward
        Every z and a.
    prediction : array (n_samples, n_L)
        The scores through the loss's inverse link.
    loss : array (n_samples,)
        L of every sample.
    objective : float
        J = Σ w_i L_i / W + penalties, where W is the sum of weights or what it stands for.
    activity : float
        The part of J that penalises activations.
    delta : tuple of arrays (n_samples, n_l)
        δ = ∂L/∂(a W + b) of every sample, times its weight; of a layer without weights, ∂L/∂a.
    weight_gradients, bias_gradients : tuples of arrays (n_{l-1}, n_l) and (n_l,)
        ∂J/∂W and ∂J/∂b, of the layers that have them.
    gradient : array (n_parameters,)
        The same as one flat vector.
    """

    forward: Forward
    prediction: FloatArray
    loss: FloatArray
    objective: float
    delta: tuple[FloatArray, ...]
    weight_gradients: tuple[FloatArray, ...]
    bias_gradients: tuple[FloatArray, ...]
    gradient: FloatArray
    activity: float = 0.0


def forward(
    network: Network,
    theta: FloatArray,
    X: FloatArray,
    draws: Draws | None = None,
    state: FloatArray | None = None,
) -> Forward:
    """Propagate X, shape (n_samples, n_0) or one sample (n_0,), through the network.

    With `draws` as in a training step, without as in prediction: no unit is left out, nothing is
    added to X, and a batch normalisation takes its running statistics from `state`, shape
    (n_state,).
    """
    X = np.atleast_2d(X)
    if X.ndim != 2 or X.shape[1] != network.n_inputs:
        raise ValueError(f"the network takes {network.n_inputs} features, X has shape {X.shape}")
    if network.input_noise and draws is not None:
        X = GaussianNoise(network.input_noise).forward({}, {}, X, draws.stream(0)).out
    blocks: list[Passed] = []
    activations: list[FloatArray] = [X]
    layers, running = network.layer_parameters(theta), network.layer_state(state)
    for i, layer in enumerate(network.layers):
        stream = None if draws is None else draws.stream(i + 1)
        blocks.append(layer.forward(layers[i], running[i], activations[-1], stream))
        activations.append(blocks[-1].out)
    return Forward(tuple(activations), tuple(blocks))


def backpropagate(
    network: Network,
    theta: FloatArray,
    X: FloatArray,
    y: FloatArray,
    loss: Loss,
    penalty: Penalty | None = None,
    sample_weight: FloatArray | None = None,
    total_weight: float | None = None,
    draws: Draws | None = None,
    state: FloatArray | None = None,
    activities: Sequence[tuple[int, ActivityPenalty]] = (),
) -> Trace:
    """One pass forward and back over a batch, or over one sample.

    Parameters
    ----------
    network, theta
        The network and its flat parameters, shape (n_parameters,).
    X : array (n_samples, n_0) or (n_0,)
    y : array (n_samples, n_targets) or (n_targets,)
        Targets as the loss takes them.
    penalty
        Added once, undivided (B6); none by default.
    sample_weight : array (n_samples,), optional
        w_i; ones by default.
    total_weight : float, optional
        W, what the weighted sums are divided by. The sum of the weights by default; a mini-batch
        of b rows gives b times the mean weight of the training set, which keeps its gradient an
        unbiased estimate of the whole objective's.
    draws : Draws, optional
        Where what is random comes from; a network with dropout or input noise needs it.
    state : array (n_state,), optional
        Read where a batch of one row meets a batch normalisation.
    activities : sequence of (int, ActivityPenalty)
        Penalties on what layers give, by the layers' numbers from 0 (A4).
    """
    penalty = penalty or L2(0.0)
    if network.is_random and draws is None:
        raise ValueError("a training step with dropout or input noise needs `draws`")
    passed = forward(network, theta, X, draws or Draws(seed=0, step=0), state)
    n = len(passed.scores)
    y = np.atleast_2d(y)
    if y.ndim != 2 or len(y) != n:
        raise ValueError(f"X has {n} rows, y has shape {y.shape}: it takes (n_samples, n_targets)")
    w = np.ones(n, theta.dtype) if sample_weight is None else np.asarray(sample_weight)
    if w.shape != (n,):
        raise ValueError(f"X has {n} rows, sample_weight has shape {w.shape}")
    total = float(w.sum()) if total_weight is None else total_weight
    layers = network.layer_parameters(theta)

    k = network.n_members
    scores, targets = passed.scores.reshape(n * k, -1), np.repeat(y, k, axis=0)
    L = loss.value(scores, targets).reshape(n, k).mean(axis=1)  # B4 for the squared error; N8
    seen = w != 0  # weight 0 is absence, also of an infinite L
    J = float(matmul(w[seen], L[seen])) / total + sum(  # B6
        penalty.value(layers[i][name])
        for i, names in enumerate(network.penalised)
        for name in names
    )

    on_layer = dict(activities)
    shares = np.where(seen, w, 0).astype(theta.dtype) / total
    activity = sum((p.value(passed.a[i + 1], shares) for i, p in on_layer.items()), 0.0)

    depth = len(network.layers)
    delta: list[FloatArray] = [np.empty(0)] * depth
    gradient = np.empty_like(theta)
    gradients = network.layer_parameters(gradient)
    # ∂L/∂a of the last layer
    gradient_of_rows = (loss.gradient(scores, targets) / k).reshape(n, -1)
    upstream = w[:, None] * np.where(seen[:, None], gradient_of_rows, 0)
    upstream = upstream.reshape(passed.scores.shape)
    for i in reversed(range(depth)):
        if i in on_layer:
            upstream = upstream + total * on_layer[i].gradient(passed.a[i + 1], shares)
        back = network.layers[i].backward(layers[i], passed.blocks[i], upstream)
        delta[i], upstream = back.delta, back.upstream  # B13: one factor a layer
        for name, total_gradient in back.gradients.items():
            gradients[i][name][...] = total_gradient / total
        for name in network.penalised[i]:
            gradients[i][name][...] += penalty.gradient(layers[i][name])  # B9

    return Trace(
        forward=passed,
        prediction=mean_of_members(loss.inverse_link(scores), k),
        loss=L,
        objective=J + activity,
        delta=tuple(delta),
        weight_gradients=tuple(layer["weight"] for layer in gradients if "weight" in layer),
        bias_gradients=tuple(layer["bias"] for layer in gradients if "bias" in layer),
        gradient=gradient,
        activity=activity,
    )


def input_gradient(
    network: Network,
    theta: FloatArray,
    X: FloatArray,
    upstream: FloatArray,
    state: FloatArray | None = None,
) -> FloatArray:
    """∂(Σ upstream · scores)/∂X of each row, shape (n_samples, n_0), as in prediction.

    Parameters
    ----------
    network, theta, state
        As in `forward`.
    X : array (n_samples, n_0)
    upstream : array (n_samples, n_L)
        What the gradient begins with; of an ensemble, of the mean of its members' scores.
    """
    passed = forward(network, theta, X, state=state)
    k = network.n_members
    upstream = np.repeat(upstream / k, k, axis=0).reshape(passed.scores.shape)
    layers = network.layer_parameters(theta)
    for layer, parameters, block in zip(
        reversed(network.layers), reversed(layers), reversed(passed.blocks), strict=True
    ):
        upstream = layer.backward(parameters, block, upstream).upstream
    return upstream


def mean_of_members(rows: FloatArray, n_members: int) -> FloatArray:
    """The mean over the members of each sample, whose rows follow one another (N8)."""
    if n_members == 1:
        return rows
    return rows.reshape(-1, n_members, rows.shape[-1]).mean(axis=1)
