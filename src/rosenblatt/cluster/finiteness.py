"""Whether all numbers of a vector are finite."""

from __future__ import annotations

import math

import numpy as np

from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["all_finite"]


def all_finite(x: FloatArray) -> bool:
    """Whether no number of x, shape (n,), is infinite or NaN."""
    # The sum of squares, which takes one call, is infinite also where it overflows.
    return math.isfinite(matmul(x, x)) or bool(np.isfinite(x).all())
