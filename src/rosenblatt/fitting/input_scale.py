"""A warning about features that are too large for a network to learn from."""

from __future__ import annotations

import numpy as np

from rosenblatt.problem import Matrix
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.types import FloatArray

__all__ = ["LARGEST", "warn_of_large_features"]

# Initial weights expect features near 1. Training copes with pixels up to 255, and often with
# thousands. A standardised feature of n rows is at most √(n - 1), which is far below.
LARGEST = 1e6
# Columns that the warning lists.
LISTED = 5


def warn_of_large_features(X: Matrix, weights: FloatArray | None = None) -> None:
    """Warn of columns with a value beyond `LARGEST`.

    Parameters
    ----------
    X : array or sparse matrix (n_samples, n_features)
        Finite.
    weights : array (n_samples,), optional
        Rows of weight 0 do not count.
    """
    if isinstance(X, Pixels) or not beyond(X if isinstance(X, np.ndarray) else X.data):
        return
    if weights is not None:
        X = X[weights > 0]
    largest = abs(X).max(axis=0)
    largest = largest if isinstance(largest, np.ndarray) else largest.toarray().ravel()
    columns = np.flatnonzero(largest > LARGEST)
    if not len(columns):
        return
    listed = ", ".join(map(str, columns[:LISTED]))
    more = f" and {len(columns) - LISTED} more" if len(columns) > LISTED else ""
    warn_caller(
        f"Features reach {largest.max():.1e} (columns {listed}{more} of X), and the initial weights"
        " are for features near 1, so that the network may have learnt nothing. Scale them before"
        " fit, for example by make_pipeline(StandardScaler(), ...)."
    )


def beyond(values: FloatArray) -> bool:
    """Without an array as large as `values`."""
    return values.size > 0 and max(values.max(), -values.min()) > LARGEST
