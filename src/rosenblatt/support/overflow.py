"""A warning about predictions that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.types import FloatArray

__all__ = ["count_not_finite", "warn_of_overflow"]


def count_not_finite(prediction: FloatArray) -> int:
    """The number of rows whose prediction, shape (n_samples, ...) or (), is not finite."""
    n = len(prediction) if prediction.ndim else 1
    return int((~np.isfinite(prediction.reshape(n, -1)).all(axis=1)).sum())


def warn_of_overflow(prediction: FloatArray, X: Any) -> None:
    """Warn of predictions that are not finite, if all numbers of X are.

    Parameters
    ----------
    prediction : array (n_samples, ...)
    X : array or sparse matrix (n_samples, n_features), or array (n_features,)
    """
    if np.isfinite(prediction).all():
        return
    values = X if isinstance(X, np.ndarray) else X.data
    if not np.isfinite(values).all():
        return
    n = len(prediction) if prediction.ndim else 1
    n_bad = count_not_finite(prediction)
    remedy = " or train with dtype='float64'" if prediction.dtype == np.float32 else ""
    warn_caller(
        f"The predictions of {n_bad} of {n} rows are not finite: within the network numbers are"
        f" beyond {prediction.dtype}, or they end in an infinite prediction. Scale the features as"
        f" those of the training rows were{remedy}."
    )
