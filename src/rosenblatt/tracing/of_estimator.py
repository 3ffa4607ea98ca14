"""`trace` of whatever is fitted."""

from __future__ import annotations

import sys
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Step
from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.optimizers import SGD
from rosenblatt.options.config import training_config
from rosenblatt.options.parameters import Parameters
from rosenblatt.perceptron import Perceptron, ThresholdNeuron
from rosenblatt.support.listing import brief, shortened
from rosenblatt.support.plain_values import even_rows
from rosenblatt.support.types import Float64Array
from rosenblatt.tracing.model_trace import model_trace
from rosenblatt.tracing.rules import rule_of
from rosenblatt.tracing.sample_trace import SampleTrace
from rosenblatt.tracing.solver_step import at_rate, step_of
from rosenblatt.tracing.values import LayerTrace

__all__ = ["trace"]


def trace(
    estimator: MLPClassifier | MLPRegressor | Perceptron | ThresholdNeuron,
    x: npt.ArrayLike,
    y: Any,
    *,
    learning_rate: float | None = None,
) -> SampleTrace:
    """One sample, number by number: every z, a, δ, ∂W and ∂b, and one step (B1, B2, B7-B11, B13).

    The numbers are those of `rosenblatt.backprop.backpropagate` for a batch of one, to the bit.
    Nothing is trained: the estimator stays as it is. The step is that of the estimator's solver, as
    the first one of a fit; of a solver that moves by all rows at once, it is gradient descent's.

    Parameters
    ----------
    estimator : MLPClassifier, MLPRegressor, Perceptron or ThresholdNeuron
        Fitted; a network of dense layers without normalisation, dropout and residual connections.
    x : array-like of shape (n_features,)
    y : object
        Its target, as `fit` takes it: a class, a number, or an array of several.
    learning_rate : float, optional
        η of the step that is shown. By default the estimator's own, and 0 for a
        `ThresholdNeuron`, which learns nothing.

    Returns
    -------
    SampleTrace
        It prints as text, shows itself in notebooks, and has `to_html`, `to_latex`, `as_dict`.

    Raises
    ------
    ValueError
        For a sample of another width, a label that is not known, or a network that cannot be shown.
    TypeError
        For another estimator.

    Examples
    --------
    >>> from rosenblatt import Perceptron, trace
    >>> neuron = Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> seen = trace(neuron, [1, 1], 1)
    >>> seen.layers[0].z.tolist(), seen.prediction.tolist()
    ([0.0], [1.0])
    """
    if learning_rate is not None and not (
        isinstance(learning_rate, Real) and 0 <= learning_rate <= sys.float_info.max
    ):
        raise InputError(f"learning_rate must be 0 or more, got {brief(learning_rate)}")
    if isinstance(estimator, Perceptron | ThresholdNeuron):
        return trace_of_neuron(estimator, x, y, learning_rate)
    if not isinstance(estimator, MLPClassifier | MLPRegressor):
        raise TypeError(
            "a trace is that of an MLPClassifier, MLPRegressor, Perceptron or ThresholdNeuron, got"
            f" {type(estimator).__name__}"
        )
    model = estimator.model_
    targets = getattr(estimator, "targets_", None)
    if targets is None:
        raise InputError(
            "the weights of this estimator were set by hand, so that its targets are not known: fit"
            " it, or take `rosenblatt.tracing.model_trace`"
        )
    sample = checked_sample(x, model.n_inputs)
    with even_rows(y=y):
        label = np.asarray(y)[None]
    has_class = isinstance(estimator, MLPClassifier) and not targets.multilabel
    if has_class and not is_one_of(label, targets.classes):
        classes = ", ".join(map(str, targets.classes[:10]))
        raise InputError(f"y={brief(y)} is no class of the estimator, which has {classes}")
    try:
        targets.check(label)
        encoded = targets.encode(label, np.float64)
        targets.check_encoded(encoded)
    except (TypeError, ValueError) as error:
        raise InputError(f"y={brief(y)} is no target of this estimator: {error}") from error
    n_each = model.loss.outputs_per_target
    n_targets = 1 if getattr(targets, "multiclass", False) else model.n_outputs // n_each
    if encoded.shape != (1, n_targets):
        raise InputError(f"y has {encoded.size} numbers, and the estimator has {n_targets} targets")
    parameters = Parameters.of(estimator)
    optimizer, note = step_of(parameters)
    if learning_rate is not None:
        optimizer = at_rate(optimizer, learning_rate)
    return model_trace(
        model,
        sample,
        encoded[0],
        penalty=training_config(parameters).penalty,
        optimizer=optimizer,
        label=y,
        note=note,
    )


def checked_sample(x: npt.ArrayLike, n_inputs: int) -> Float64Array:
    """One row of numbers; InputError for anything else."""
    try:
        sample = np.asarray(x, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        said = shortened(str(error), 100)
        raise InputError(f"x must be a row of {n_inputs} numbers: {said}") from error
    if sample.shape == (1, n_inputs):
        sample = sample[0]
    if sample.shape != (n_inputs,):
        raise InputError(
            f"x must be one row of {n_inputs} numbers, got an array of the shape {sample.shape}"
        )
    if not np.isfinite(sample).all():
        raise InputError("x holds NaN or infinity, with which nothing can be computed: replace it")
    return sample


def is_one_of(label: Any, classes: Any) -> bool:
    """Whether an array is a single label that is one of the classes."""
    try:
        return label.size == 1 and bool(label.ravel()[0] in classes)
    except (TypeError, ValueError):  # of what has no equal, such as pandas' NA, or many of them
        return False


def trace_of_neuron(
    neuron: Perceptron | ThresholdNeuron, x: npt.ArrayLike, y: Any, learning_rate: float | None
) -> SampleTrace:
    """A threshold neuron (N1), and the step of Rosenblatt's rule (P1)."""
    if isinstance(neuron, ThresholdNeuron):
        classes: Any = np.array([0, 1])
        w, b = np.array(neuron.weights, np.float64), np.array([neuron.bias])
        rate = 0.0 if learning_rate is None else learning_rate
        sample = checked_sample(x, len(w))
    else:
        neuron.predict(np.zeros((1, getattr(neuron, "n_features_in_", 1))))  # NotFittedError
        classes, w, b = neuron.classes_, neuron.coef_[0].copy(), neuron.intercept_.copy()
        rate = neuron.learning_rate if learning_rate is None else learning_rate
        sample = checked_sample(x, len(w))
    if not is_one_of(np.asarray(y), classes):
        known = ", ".join(map(str, classes))
        raise InputError(f"y={brief(y)} is no class of the neuron, which has {known}")
    target = np.array([float(np.ravel(y)[0] == classes[-1])])
    with np.errstate(over="ignore", invalid="ignore"):  # a remark says that z is not finite
        z = sample[None] @ w + b
    a = Step().value(z)
    delta = a - target
    W, dW = w[:, None], np.outer(sample, delta)
    layer = LayerTrace(
        activation="Step",
        weight=W,
        bias=b,
        z=z,
        a=a,
        slope=np.zeros(1),
        error=delta,
        delta=delta,
        loss_gradient=dW,
        penalty_gradient=np.zeros_like(W),
        weight_gradient=dW,
        bias_gradient=delta.copy(),
        step={"Δ": (-rate * dW, -rate * delta)},
        new_weight=W - rate * dW,
        new_bias=b - rate * delta,
    )
    return SampleTrace(
        x=sample,
        y=target,
        label=y,
        layers=(layer,),
        prediction=a,
        loss_name="perceptron",
        loss=float(abs(delta[0])),
        penalty=0.0,
        rule=rule_of(SGD(rate)),
        note="The rule learns only where ŷ ≠ y; the step function has no gradient.",
    )
