"""Numbers of a column that are neither missing nor infinite."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["all_finite", "present_of"]


def all_finite(x: FloatArray) -> bool:
    """Whether all are finite: two reductions, in which NaN prevails, make no array of marks."""
    return not len(x) or bool(np.isfinite(x.min()) and np.isfinite(x.max()))


def present_of(x: Float64Array) -> Float64Array:
    """The numbers without NaN; x itself where there is none."""
    return x if all_finite(x) else x[~np.isnan(x)]
