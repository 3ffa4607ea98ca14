"""Whether all numbers of a vector are finite."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["all_finite"]


def all_finite(x: FloatArray) -> bool:
    """Whether no number of x is infinite or NaN."""
    return np.count_nonzero(np.isfinite(x)) == x.size  # in half of the time of `all`
