"""Validation of sample weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.array_checks import check_sample_weight
from rosenblatt.support.plain_refusals import REFUSED, holds_complex
from rosenblatt.support.plain_values import check_present
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["check_total", "checked_weights", "in_double"]

SMALLEST = 2.0**-60  # of the largest weight


def checked_weights(sample_weight: Any, X: Any) -> FloatArray | None:
    """Weights in X's float type, shape (n_samples,); None, for equal weights, stays None."""
    if sample_weight is None:
        return None
    exact = in_double(sample_weight, X)
    if (exact < 0).any():
        row = int(np.argmax(exact < 0))
        raise ValueError(
            f"Negative values in sample_weight: row {row} has {exact[row]:g}."
            " A weight must be 0 or more."
        )
    row = int(np.argmax(exact))
    if exact[row] > np.finfo(X.dtype).max:
        raise ValueError(
            f"sample_weight has {exact[row]:g} in row {row}, which {X.dtype} does not hold: divide"
            " sample_weight by the largest of them."
        )
    if 0 < exact[row] < SMALLEST:
        # Weights count by their ratios; gradients as small as these would be lost.
        exact = np.ldexp(exact, -int(np.frexp(exact[row])[1]))
    return np.ascontiguousarray(exact, X.dtype)


def in_double(sample_weight: Any, X: Any) -> Float64Array:
    """Weights as scikit-learn validates them, in float64.

    Raises
    ------
    ValueError
        For weights of another shape, and what is no number.
    """
    check_present(sample_weight=sample_weight)
    try:
        weights: Float64Array = check_sample_weight(sample_weight, X, dtype=np.float64)
    except REFUSED as error:
        if are_numbers(sample_weight):
            raise
        raise ValueError(
            "sample_weight must have one number for each row, and holds something else"
        ) from error
    if not np.isfinite(weights).all():  # of one number for all rows
        raise ValueError("Input sample_weight contains NaN or infinity.")
    return weights


def are_numbers(values: Any) -> bool:
    if holds_complex(values):
        return False
    try:
        np.asarray(values, dtype=np.float64)
    except REFUSED:
        return False
    return True


def check_total(weights: FloatArray | None) -> None:
    """ValueError for weights whose sum is so large that its inverse underflows."""
    if weights is None:
        return
    most = 1 / float(np.finfo(weights.dtype).tiny)
    total = float(np.sum(weights / weights.dtype.type(most), dtype=np.float64))
    if not total <= 1:
        raise ValueError(
            f"The weights of the rows add up to more than {most:.1e}, whose inverse"
            f" {weights.dtype} does not hold: divide sample_weight, or class_weight, by the largest"
            " of them."
        )
