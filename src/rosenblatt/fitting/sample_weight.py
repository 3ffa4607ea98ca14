"""Validation of sample weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight

from rosenblatt.support.types import FloatArray

__all__ = ["check_total", "checked_weights"]


def checked_weights(sample_weight: Any, X: Any) -> FloatArray | None:
    """Weights in X's float type, shape (n_samples,); None, for equal weights, stays None."""
    if sample_weight is None:
        return None
    weights: FloatArray = np.ascontiguousarray(
        _check_sample_weight(sample_weight, X, dtype=X.dtype)
    )
    if (weights < 0).any():
        row = int(np.argmax(weights < 0))
        raise ValueError(
            f"Negative values in sample_weight: row {row} has {weights[row]:g}."
            " A weight must be 0 or more."
        )
    return weights


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
