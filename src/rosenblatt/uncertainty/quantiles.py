"""Quantiles of a number, from a distribution or from the levels that were learnt."""

from __future__ import annotations

import numpy as np

from rosenblatt.distributions import distribution_of
from rosenblatt.errors import InputError
from rosenblatt.losses import Quantile
from rosenblatt.model import AnyModel
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import NumberTarget

__all__ = ["quantiles_of"]


def quantiles_of(model: AnyModel, target: NumberTarget, X: FloatArray, q: float) -> Float64Array:
    """The q-quantile of every row, in the target's own unit.

    Parameters
    ----------
    model : Model or EnsembleModel
    target : NumberTarget
    X : array (n, n_features)
        Encoded.
    q : float
        Between 0 and 1.

    Raises
    ------
    InputError
        If the model predicts no quantiles, or none as far out.
    """
    loss = model.loss
    if not isinstance(loss, Quantile):
        scores = [member.scores(X) for member in model.members]
        return distribution_of(loss, scores, target.mean, target.scale, X=X).quantile(q)
    levels = np.sort(loss.levels)
    if not levels[0] <= q <= levels[-1]:
        raise InputError(
            f"the model has quantiles from {levels[0]:g} to {levels[-1]:g}, and {q:g} is not among"
            " them: fit again with it in quantiles, or with the loss gaussian or mixture"
        )
    # Sorted, because quantiles that are learnt level by level may cross.
    learnt = np.sort(model.predict(X).astype(np.float64), axis=1)
    above = min(int(np.searchsorted(levels, q)), len(levels) - 1)
    below = max(above - 1, 0)
    width = levels[above] - levels[below]
    share = (q - levels[below]) / width if width else 1.0
    at = (1 - share) * learnt[:, below] + share * learnt[:, above]
    return target.restore(at).astype(np.float64)
