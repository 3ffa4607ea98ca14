"""Checks of weights that no step has evaluated: the initial ones, and those of the last step."""

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
    """A function that computes the objective of a first batch at the initial weights."""

    def check() -> float:
        rows = train.order[:batch_size]
        network, theta, state = context.network, context.theta, context.state
        penalty = context.config.penalty
        return context.reported(*objective_of(network, loss, penalty, train, theta, state, rows))

    return check


def check_final_weights(
    context: FitContext, loss: Loss, shown: EvaluatedWeights, train: Arrays, batch_size: int
) -> Callable[[], Diagnosis | None]:
    """A function that diagnoses overflow at the evaluated weights, on as many rows as a batch has.

    It returns None without one, and without computing anything if all weights are of a size that
    scaled data leads to.
    """
    p, network, state = context.parameters, context.network, context.state

    def check() -> Diagnosis | None:
        weights = shown.weights
        if np.abs(weights).max() <= LARGE:
            return None
        rows = train.order[:batch_size]
        with np.errstate(all="ignore"):  # checked below, all at once
            scores = engine.scores(
                network, weights, train.X[rows], p.n_jobs, state, p.deterministic
            )
            losses = loss.value(scores, train.y[rows])
        counts = slice(None) if train.weights is None else train.weights[rows] != 0
        if np.isfinite(scores[counts]).all() and np.isfinite(losses[counts]).all():
            return None
        return examined(network, loss, context.config.penalty, train, weights, True, rows)

    return check
