"""Loss and score on the rows to validate on, after every epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from sklearn.metrics._scorer import _BaseScorer

from rosenblatt import engine
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.history import Validation
from rosenblatt.losses import Loss
from rosenblatt.problem import Arrays, as_given
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["validator"]

# A score of finite predictions and their mean loss.
ScoreFunction = Callable[[FloatArray, float], float]


def validator(
    context: FitContext, loss: Loss, weights: FloatArray, rows: Arrays
) -> Callable[[], Validation]:
    """A function that validates `weights` and the network's state as they are when it is called.

    Parameters
    ----------
    context : FitContext
    loss : Loss
        As it is reported.
    weights : array of shape (n_parameters,)
    rows : Arrays
        To validate on.
    """
    p, network, state, targets = (
        context.parameters,
        context.network,
        context.state,
        context.targets,
    )
    score = validation_score(context, weights, rows)

    def validate() -> Validation:
        with np.errstate(all="ignore"):  # a diverging run is reported once, by its epoch
            scores = engine.scores(network, weights, rows.X, p.n_jobs, state, p.deterministic)
            data_loss = float(np.average(loss.value(scores, rows.y), weights=rows.weights))
            reported = targets.reported_loss(data_loss)
            prediction = loss.inverse_link(scores)
            if not np.isfinite(prediction).all():
                return Validation(reported, float("nan"))
            return Validation(reported, score(prediction, reported))

    return validate


def validation_score(context: FitContext, weights: FloatArray, rows: Arrays) -> ScoreFunction:
    """The score that `scoring` names: the targets' own, the negative loss, or a scorer's."""
    scorer, targets = context.config.scorer, context.targets
    if scorer is None:
        return lambda prediction, loss: targets.score(prediction, rows.y, rows.weights)
    if isinstance(scorer, str):  # 'loss'
        return lambda prediction, loss: -loss if np.isfinite(loss) else float("nan")
    return score_by(scorer, context, weights, rows)


def score_by(scorer: Any, context: FitContext, weights: FloatArray, rows: Arrays) -> ScoreFunction:
    scoring, targets, given = context.parameters.scoring, context.targets, {}
    if rows.weights is not None and takes_weights(scorer):
        given["sample_weight"] = rows.weights
    elif rows.weights is not None:
        warn_caller(
            f"scoring={brief(scoring)} takes no sample_weight: all validation rows count the same"
            f"{', whatever class_weight says' if targets.weighs_classes else ''}."
        )
    predictor, y = context.view(weights, context.state), targets.decode(rows.y)

    def score(prediction: FloatArray, loss: float) -> float:
        try:
            # A score beyond the floats is no number, which is told where nothing else is found.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                found = scorer(predictor, as_given(rows.X), y, **given)
        except AttributeError as error:
            if not isinstance(scorer, _BaseScorer):
                raise
            raise ValueError(
                f"scoring={brief(scoring)} is of another kind of predictions: {error}"
            ) from error
        if not isinstance(found, Real):
            raise TypeError(f"scoring={brief(scoring)} must return one number, got {brief(found)}.")
        return float(found)

    return score


def takes_weights(scorer: Any) -> bool:
    if isinstance(scorer, _BaseScorer):
        return bool(scorer._accept_sample_weight())
    return "sample_weight" in inspect.signature(scorer).parameters
