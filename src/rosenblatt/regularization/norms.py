"""Vectors shortened to a limit of their norm, where its square or the norm itself overflows."""

from __future__ import annotations

import math

import numpy as np

from rosenblatt.support.products import norm
from rosenblatt.support.types import FloatArray

__all__ = ["scale_to_norm"]


def scale_to_norm(x: FloatArray, limit: float) -> FloatArray:
    """x · min(1, limit/‖x‖), of the shape and float type of x.

    The norm is that of x scaled by a power of two, and so exactly, to numbers up to 1. An x that is
    not finite has NaN where it is not, and 0 or NaN elsewhere.
    """
    exponent = int(np.frexp(np.abs(x).max())[1])
    scaled = np.ldexp(x, -exponent)
    length = norm(scaled.astype(np.float64))
    if length <= math.ldexp(limit, -exponent):
        return x
    return scaled * x.dtype.type(limit / length)
