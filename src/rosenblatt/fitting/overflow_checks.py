"""Looks at what no step tells of: weights before the first, and those that the last has left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rosenblatt import engine
from rosenblatt.averaging import EvaluatedWeights
from rosenblatt.engine.diagnosis import LARGE, examined, objective_of
from rosenblatt.engine.divergence import Diagnosis
from rosenblatt.fitting.context import FitContext
from rosenblatt.losses import Loss
from rosenblatt.problem import Arrays

__all__ = ["check_final_weights", "initial_loss"]


def initial_loss(
    context: FitContext, loss: Loss, train: Arrays, batch_size: int
) -> Callable[[], float]:
    """The objective of a first batch before the first step."""

    def look() -> float:
        rows = train.order[:batch_size]
        network, theta, state = context.network, context.theta, context.state
        penalty = context.config.penalty
        return context.reported(*objective_of(network, loss, penalty, train, theta, state, rows))

    return look


def check_final_weights(
    context: FitContext, loss: Loss, shown: EvaluatedWeights, train: Arrays, batch_size: int
) -> Callable[[], Diagnosis | None]:
    """What overflows at the weights shown, over as many rows as a batch has; None if nothing does.

    Weights that learning from scaled data would leave are not looked at any further.
    """
    p, network, state = context.parameters, context.network, context.state

    def look() -> Diagnosis | None:
        weights = shown.weights
        if np.abs(weights).max() <= LARGE:
            return None
        rows = train.order[:batch_size]
        with np.errstate(all="ignore"):  # looked at as a whole
            scores = engine.scores(
                network, weights, train.X[rows], p.n_jobs, state, p.deterministic
            )
            losses = loss.value(scores, train.y[rows])
        counts = slice(None) if train.weights is None else train.weights[rows] != 0
        if np.isfinite(scores[counts]).all() and np.isfinite(losses[counts]).all():
            return None
        return examined(network, loss, context.config.penalty, train, weights, True, rows)

    return look
