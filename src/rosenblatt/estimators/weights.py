"""Sample weights, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight

from rosenblatt.types import FloatArray

__all__ = ["checked_weights"]


def checked_weights(sample_weight: Any, X: Any) -> FloatArray | None:
    """Weights in X's float type, shape (n_samples,); None stays None: every row counts the same."""
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
