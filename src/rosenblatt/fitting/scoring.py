"""What is watched on the validation rows: a loss, scikit-learn's score, or a scorer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics._scorer import _BaseScorer

from rosenblatt.fitting.estimator_view import view
from rosenblatt.network import Network
from rosenblatt.problem import Arrays
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["validation_score"]

# A score of finite predictions and their mean loss.
ScoreFunction = Callable[[FloatArray, float], float]


def validation_score(
    est: BaseMLP,
    scorer: Any,
    network: Network,
    learnt: tuple[FloatArray, FloatArray],
    rows: Arrays,
) -> ScoreFunction:
    """The score of `rows`, predicted by whatever numbers stand in `learnt`, weights and
    state, when it is asked.

    `scorer` is what `options.scorer.scorer` returns.
    """
    if scorer is None:
        return lambda prediction, loss: est._prediction_score(prediction, rows.y, rows.weights)
    if isinstance(scorer, str):  # 'loss'
        return lambda prediction, loss: -loss if np.isfinite(loss) else float("nan")
    given = {}
    if rows.weights is not None and takes_weights(scorer):
        given["sample_weight"] = rows.weights
    elif rows.weights is not None:
        of_classes = getattr(est, "class_weight", None) is not None
        warn_caller(
            f"scoring={est.scoring!r} takes no sample_weight: all validation rows count the same"
            f"{', whatever class_weight says' if of_classes else ''}."
        )
    predicts, y = view(est, network, *learnt, names=False), est._decode_targets(rows.y)

    def score(prediction: FloatArray, loss: float) -> float:
        found = scorer(predicts, rows.X, y, **given)
        if not isinstance(found, Real):
            raise TypeError(f"scoring={est.scoring!r} must return one number, got {found!r}.")
        return float(found)

    return score


def takes_weights(scorer: Any) -> bool:
    if isinstance(scorer, _BaseScorer):
        return bool(scorer._accept_sample_weight())
    return "sample_weight" in inspect.signature(scorer).parameters
