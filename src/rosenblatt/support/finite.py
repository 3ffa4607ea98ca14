"""Numbers that are neither missing nor infinite."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["all_finite", "present_of"]


def all_finite(x: FloatArray) -> bool:
    """Whether no number of x is infinite or NaN."""
    return np.count_nonzero(np.isfinite(x)) == x.size  # in half of the time of `all`


def present_of(x: Float64Array) -> Float64Array:
    """The numbers without NaN; x itself where all are finite."""
    return x if all_finite(x) else x[~np.isnan(x)]
