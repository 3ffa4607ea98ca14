"""Rows to train on and rows to validate on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from rosenblatt.problem import Arrays, Matrix

__all__ = ["split"]


def split(
    arrays: Arrays,
    fraction: float,
    strata: npt.NDArray[Any] | None,
    rng: np.random.RandomState,
) -> tuple[Arrays, Arrays]:
    """Training and validation rows, drawn as scikit-learn draws them."""
    too_small = ValueError(
        "The validation set is too small. Increase 'validation_fraction' or the size of your"
        " dataset."
    )
    if fraction == 0:
        raise too_small
    train, validation = train_test_split(
        np.arange(arrays.n_samples), random_state=rng, test_size=fraction, stratify=strata
    )
    if len(validation) < 2:
        raise too_small
    parts = rows_of(arrays, train), rows_of(arrays, validation)
    for part, name in zip(parts, ("training", "validation"), strict=True):
        if part.weights is not None and not part.weights.any():
            raise ValueError(
                f"All rows of the {name} part have sample weight 0. Drop rows of weight 0 before"
                " fit, change 'validation_fraction', or give X_val and y_val."
            )
    return parts


def rows_of(arrays: Arrays, rows: npt.NDArray[np.intp]) -> Arrays:
    X: Matrix = arrays.X[rows]
    return Arrays(X, arrays.y[rows], None if arrays.weights is None else arrays.weights[rows])
