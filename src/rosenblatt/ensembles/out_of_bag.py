"""Predictions of rows by the members that have not seen them (Breiman 1996)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.engine import OutputFormat
from rosenblatt.engine.interface import EnginePredictor
from rosenblatt.ensembles.bags import Bag
from rosenblatt.ensembles.blocks import by_blocks
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = ["out_of_bag"]


def out_of_bag(
    predictors: Sequence[EnginePredictor], bags: Sequence[Bag], X: Matrix, n_jobs: int | None
) -> FloatArray:
    """Means over the members whose bag left a row out, in the predictors' form; NaN without any."""
    left_out = np.zeros((len(bags), X.shape[0]), bool)
    for mask, bag in zip(left_out, bags, strict=True):
        mask[bag.outside()] = True

    def compute(rows: slice) -> tuple[FloatArray, ...]:
        block, masks = X[rows], left_out[:, rows]
        total = np.zeros((masks.shape[1], predictors[0].n_columns), predictors[0].theta.dtype)
        for predictor, mask in zip(predictors, masks, strict=True):
            if mask.any():
                total[mask] += predictor.predict(block[mask]).reshape(-1, total.shape[1])
        seen_by = masks.sum(axis=0, dtype=total.dtype)[:, None]
        return (np.divide(total, seen_by, out=np.full_like(total, np.nan), where=seen_by > 0),)

    (mean,) = by_blocks(compute, X.shape[0], n_jobs)
    return mean.ravel() if predictors[0].form is OutputFormat.FLAT else mean
