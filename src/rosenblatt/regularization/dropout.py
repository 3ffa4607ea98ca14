"""Dropout (Srivastava et al. 2014): units left out at random while training, and only then."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["dropout_mask"]


def dropout_mask(
    stream: Stream, shape: tuple[int, int], rate: float, dtype: npt.DTypeLike
) -> FloatArray:
    """0 with probability `rate`, otherwise 1 / (1 - rate): an output times it keeps its mean.

    `rate` is rounded down to a multiple of 2⁻³². The shape is (n_samples, n_units); the rows count
    from the first of the batch.
    """
    words = stream.words(shape[0] * shape[1]).reshape(shape)
    kept = words >= np.uint32(int(rate * 2.0**32))
    return np.where(kept, 1 / (1 - rate), 0).astype(dtype)
