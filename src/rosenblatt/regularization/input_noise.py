"""Noise on the inputs while training: near a minimum of the squared error as good as a penalty on
the slope (Bishop 1995)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rosenblatt.support.philox import COUNTERS, GROUP, Stream
from rosenblatt.support.types import FloatArray

__all__ = ["gaussian_noise"]


def gaussian_noise(
    stream: Stream, shape: tuple[int, int], sigma: float, dtype: npt.DTypeLike
) -> FloatArray:
    """Independent numbers of N(0, σ²), shape (n_samples, n_features) (Box & Muller 1958).

    Two words u, v of a counter give two of them, √(-2 ln u) times the cosine and the sine of 2πv,
    u in (0, 1] and v in [0, 1).
    """
    n = shape[0] * shape[1]
    words = stream.words(-(-n // GROUP) * GROUP).reshape(-1, 2, 2, COUNTERS) * 2.0**-32
    radius = np.sqrt(-2 * np.log(words[:, :, 0] + 2.0**-32))
    angle = 2 * np.pi * words[:, :, 1]
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2)
    return (sigma * normal.reshape(-1)[:n].reshape(shape)).astype(dtype)
