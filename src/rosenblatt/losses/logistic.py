"""The inverse link of two classes: the logistic function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rosenblatt.support.late import late
from rosenblatt.support.types import FloatArray

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["logistic"]


def logistic(scores: FloatArray) -> FloatArray:
    """1 / (1 + e⁻ˢ), computed in float64 and rounded once: so float32 scores that rise have
    probabilities that do not fall."""
    p: FloatArray = special.expit(scores.astype(np.float64)).astype(scores.dtype)
    return p
