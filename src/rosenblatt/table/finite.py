"""Whether a column has neither missing nor infinite numbers."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["all_finite"]


def all_finite(x: FloatArray) -> bool:
    """Whether all are finite: two reductions, in which NaN prevails, make no array of marks."""
    return not len(x) or bool(np.isfinite(x.min()) and np.isfinite(x.max()))
