"""The linear model that is returned where the time allows no network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.model import Model
from rosenblatt.table import ClassTarget
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.linear_model import logistic_regression, ridge_regression
from rosenblatt.tabular.rows import TrainingRows

__all__ = ["linear_model_of"]

ITERATIONS = 20


def linear_model_of(
    rows: TrainingRows, target: AnyTarget, n_jobs: int | None, directions: Sequence[int] = ()
) -> Model:
    """A linear model of the encoded rows, whose coefficients have the signs of the directions."""
    if isinstance(target, ClassTarget):
        model, _ = logistic_regression(
            rows.X,
            rows.y,
            rows.weights,
            len(target.classes),
            max_iter=ITERATIONS,
            n_jobs=n_jobs,
            directions=directions,
        )
        return model
    y = target.standardise(rows.y).astype(np.float32)
    return ridge_regression(rows.X, y, rows.weights, directions)
