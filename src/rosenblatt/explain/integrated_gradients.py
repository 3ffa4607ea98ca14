"""Integrated gradients (Sundararajan et al. 2017) of columns."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval

from rosenblatt.backprop import input_gradient
from rosenblatt.errors import InputError
from rosenblatt.explain.explanation import Explanation
from rosenblatt.explain.outputs import Output
from rosenblatt.explain.subject import subject_of
from rosenblatt.model import Model
from rosenblatt.options.given import check_parameters
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["integrated_gradients"]

MOST_NUMBERS = 4_000_000  # of the rows of a path at once
STEP = 1e-5  # of the differences that take a score through its link
GAP = 0.01  # of the difference of two predictions, which a path may miss without a warning


def integrated_gradients(
    model: Any,
    X: Any,
    baseline: Any,
    *,
    output: Literal["prediction", "margin"] = "prediction",
    n_steps: int = 64,
) -> Explanation:
    """What each column adds on the straight way from a baseline to a row (theory E4).

        (x_i - b_i) ∫₀¹ ∂f/∂x_i (b + α (x - b)) dα

    for each feature, summed over those of a column. The way leads through encoded features: that
    of a number is straight in its scaled value, that of a category goes from one indicator to the
    other. The values of a row add up to f(x) - f(b), but for the error of the integral (Gauss and
    Legendre's rule), of which a warning tells.

    Parameters
    ----------
    model : TableClassifier, TableRegressor, MLPClassifier, MLPRegressor or SavedModel
        Fitted.
    X : as the model's
    baseline : as the model's
        One row, such as one of means; of several rows the mean is taken (expected gradients, Erion
        et al. 2021).
    output : {'prediction', 'margin'}, default='prediction'
        As in `ShapExplainer`.
    n_steps : int, default=64
        Points of each way, 1,000 at most.

    Raises
    ------
    InputError
        A ValueError: where there are no rows, or categories enter the network as codes, between
        which there is no way.
    """
    check_parameters(
        "integrated_gradients",
        {"n_steps": [Interval(Integral, 1, 1000, closed="both")]},
        {"n_steps": n_steps},
    )
    if not (isinstance(output, str) and output in ("prediction", "margin")):
        raise ValueError(f"output={brief(output)} is neither 'prediction' nor 'margin'")
    subject = subject_of(model)
    members = [member.astype(np.float64) for member in subject.model.members]
    if any(member.network.layers[0].takes_codes for member in members):
        raise InputError(
            "categories enter this network as codes, between which no gradient leads: take"
            " ShapExplainer"
        )
    explained = subject.output(margins=output == "margin")
    features, begins = (subject.features(rows).astype(np.float64) for rows in (X, baseline))
    if not (len(features) and len(begins)):
        raise InputError("integrated gradients need a row to explain and a baseline of one or more")
    nodes, weights = np.polynomial.legendre.leggauss(n_steps)
    nodes, weights = (nodes + 1) / 2, weights / 2
    at_once = max(1, MOST_NUMBERS // (n_steps * features.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):  # told with the values
        before, after = (predicted(members, explained, rows) for rows in (begins, features))
        total = np.zeros((*features.shape, before.shape[1]))
        for begin in begins:
            for first in range(0, len(features), at_once):
                way = features[first : first + at_once] - begin
                points = begin + nodes[:, None, None] * way
                slopes = gradients(members, explained, points.reshape(-1, points.shape[2]))
                mean = np.tensordot(weights, slopes.reshape(*points.shape, -1), axes=1)
                total[first : first + at_once] += way[:, :, None] * mean
        total /= len(begins)
        values = np.stack([total[:, column].sum(axis=1) for column in subject.columns], axis=1)
        base = np.tile(before.mean(axis=0), (len(features), 1))
        warn_of_gap(values.sum(axis=1), after - base)
    if values.shape[2] == 1:
        values, base = values[:, :, 0], base[:, 0]
    explanation = Explanation(
        values,
        base,
        subject.cells(X),
        subject.names,
        subject.output_names,
        np.zeros_like(values),
    )
    explanation.warn_of_overflow()
    return explanation


def warn_of_gap(reached: Float64Array, difference: Float64Array) -> None:
    gap = float(np.abs(reached - difference).max())
    if gap > GAP * float(np.abs(difference).max()):
        warnings.warn(
            f"values add up to differences of predictions but for {gap:.2g}: take more n_steps",
            ConvergenceWarning,
            stacklevel=3,
        )


def predicted(members: list[Model], output: Output, X: Float64Array) -> Float64Array:
    of_members = [linked(member, output, member.scores(X)) for member in members]
    return output.of(np.stack(of_members))


def linked(member: Model, output: Output, scores: FloatArray) -> FloatArray:
    return output.loss(member.loss).inverse_link(scores)


def gradients(members: list[Model], output: Output, X: Float64Array) -> Float64Array:
    """∂f/∂x of each row, shape (n_rows, n_features, n_outputs).

    Through the networks by back-propagation; through links, their mean and the target's unit, by
    central differences.
    """
    scores = [member.scores(X) for member in members]
    predictions = np.stack([linked(m, output, of) for m, of in zip(members, scores, strict=True)])
    n_outputs = output.of(predictions[:, :1]).shape[1]
    out = np.zeros((*X.shape, n_outputs))
    for k, member in enumerate(members):
        slopes = np.empty((*scores[k].shape, n_outputs))
        for j in range(scores[k].shape[1]):
            ends = []
            for sign in (1, -1):
                moved, shifted = predictions.copy(), scores[k].copy()
                shifted[:, j] += sign * STEP
                moved[k] = linked(member, output, shifted)
                ends.append(output.of(moved))
            slopes[:, j] = (ends[0] - ends[1]) / (2 * STEP)
        for i in range(n_outputs):
            out[:, :, i] += input_gradient(
                member.network, member.parameters, X, slopes[:, :, i], member.state
            )
    return out
