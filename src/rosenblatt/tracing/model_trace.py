"""The trace of a network, by `backpropagate`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.activations import Elementwise
from rosenblatt.backprop import Trace, backpropagate
from rosenblatt.errors import InputError
from rosenblatt.losses import Loss
from rosenblatt.model import AnyModel, Model
from rosenblatt.network import Dense
from rosenblatt.optimizers import Optimizer
from rosenblatt.optimizers.base import DecoupledDecay
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.finite import all_finite
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.types import FloatArray
from rosenblatt.tracing.rules import rule_of
from rosenblatt.tracing.sample_trace import SampleTrace
from rosenblatt.tracing.values import LayerTrace

__all__ = ["model_trace", "traceable"]

MOST_PARAMETERS = 1_000_000


def traceable(model: AnyModel) -> Model:
    """The model itself, if it is one network whose trace can be read.

    Parameters
    ----------
    model : Model or EnsembleModel

    Raises
    ------
    InputError
        For a model of several networks, or with other layers than plain dense ones, or too large.
    """
    if not isinstance(model, Model):
        raise InputError(
            f"the model is the mean of {len(model.members)} networks, and a trace shows one:"
            " train one network, by `rosenblatt train --network 4` for example"
        )
    network = model.network
    for layer in network.layers:
        if not (isinstance(layer, Dense) and layer.is_plain):
            raise InputError(
                "a trace shows dense layers with an activation and nothing else, and the network"
                f" has {brief(layer, LONG)}: train it without normalisation, dropout, residual"
                " connections and embeddings"
            )
    if network.n_parameters > MOST_PARAMETERS:
        raise InputError(
            f"the network has {network.n_parameters:,} parameters, more than a trace is read of:"
            " take one with smaller layers"
        )
    return model


def model_trace(
    model: AnyModel,
    x: FloatArray,
    y: FloatArray,
    *,
    penalty: Penalty,
    optimizer: Optimizer,
    label: Any = None,
    note: str = "",
) -> SampleTrace:
    """The trace of one sample through a model.

    Parameters
    ----------
    model : Model
        A chain of dense layers, each with an activation and nothing else.
    x : array (n_inputs,)
        Converted to the float type of the model's parameters.
    y : array (n_targets,)
        The target in the loss's terms: a class code, 0 or 1, or numbers.
    penalty : Penalty
    optimizer : Optimizer
        Its first step is shown.
    label : object, optional
        The target as it was given; `y` by default.
    note : str, default ''
        What the step is not.

    Raises
    ------
    InputError
        As of `traceable`; for numbers beyond the model's float type.
    """
    model = traceable(model)
    network = model.network
    theta, loss = model.parameters, model.loss
    x, y = held(x, "x", theta.dtype), held(y, "y", theta.dtype)
    with np.errstate(all="ignore"):  # a remark says that numbers are not finite
        passed: Trace = backpropagate(network, theta, x, y, loss, penalty)
        layers = layers_of(model, passed, loss, y, penalty, optimizer)
    return SampleTrace(
        x=x,
        y=shown_target(y, loss, network.n_outputs),
        label=y.tolist() if label is None else label,
        layers=layers,
        prediction=passed.prediction[0],
        loss_name=type(loss).__name__,
        loss=float(passed.loss[0]),
        penalty=sum(penalty.value(W) for W, _ in network.weights_and_biases(theta)),
        rule=rule_of(optimizer),
        note=note,
    )


def held(numbers: FloatArray, name: str, dtype: np.dtype[Any]) -> FloatArray:
    """The numbers in a float type; InputError where it has no room for them."""
    with np.errstate(over="ignore"):
        kept: FloatArray = np.asarray(numbers, dtype)
    if not all_finite(kept):
        raise InputError(
            f"{name} holds numbers beyond {dtype}, in which the network computes: take another row"
        )
    return kept


def layers_of(
    model: Model,
    passed: Trace,
    loss: Loss,
    y: FloatArray,
    penalty: Penalty,
    optimizer: Optimizer,
) -> tuple[LayerTrace, ...]:
    network, theta = model.network, model.parameters
    parameters = network.weights_and_biases(theta)
    gradients = network.weights_and_biases(passed.gradient)
    rule = rule_of(optimizer)
    made = rule.numbers(optimizer, passed.gradient)
    kept = optimizer.kept(1.0) if isinstance(optimizer, DecoupledDecay) else 1.0
    moved = network.weights_and_biases((theta * kept + made[-1]).astype(theta.dtype))  # B11
    steps = [network.weights_and_biases(numbers) for numbers in made]
    found = []
    for i, layer in enumerate(network.dense_layers):
        (W, b), (dW, db), (new_W, new_b) = parameters[i], gradients[i], moved[i]
        z, a, delta = passed.forward.z[i], passed.forward.a[i + 1], passed.delta[i]
        error: FloatArray
        if i + 1 < len(parameters):
            error = passed.delta[i + 1] @ parameters[i + 1][0].T
        else:
            error = loss.gradient(passed.forward.scores, y[None])
        g = layer.activation
        slope = g.derivative(z, a) if isinstance(g, Elementwise) else a * (1 - a)
        found.append(
            LayerTrace(
                activation=type(g).__name__,
                weight=W.copy(),
                bias=b.copy(),
                z=z[0],
                a=a[0],
                slope=slope[0],
                error=error[0],
                delta=delta[0],
                loss_gradient=passed.forward.a[i].T @ delta,
                penalty_gradient=penalty.gradient(W),
                weight_gradient=dW.copy(),
                bias_gradient=db.copy(),
                step={
                    line.symbol: (of[i][0].copy(), of[i][1].copy())
                    for line, of in zip(rule.lines, steps, strict=True)
                },
                new_weight=new_W.copy(),
                new_bias=new_b.copy(),
            )
        )
    return tuple(found)


def shown_target(y: FloatArray, loss: Loss, n_outputs: int) -> FloatArray:
    """y at each output: a class code becomes 1 at its class."""
    if len(y) == n_outputs:
        return y
    if loss.outputs_per_target > 1:
        return np.repeat(y, loss.outputs_per_target)
    one_hot: FloatArray = np.zeros(n_outputs, y.dtype)
    one_hot[int(y[0])] = 1
    return one_hot
