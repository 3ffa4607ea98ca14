"""Fixed maps of numbers, learnt from training rows: quantiles of a normal distribution, and robust
units that are clipped smoothly.

A map is given by knots between which it is linear, as many as it takes to be as near as wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.special import ndtri

from rosenblatt.support.types import Float64Array

__all__ = ["IDENTITY", "Map", "normal_quantiles", "smoothly_clipped"]

# Quantiles: one for so many rows, within these limits (Gorishniy et al. 2023, TabR).
ROWS_OF_A_QUANTILE, FEWEST_QUANTILES, MOST_QUANTILES = 30, 10, 1000
OUTERMOST = 1e-7  # of a probability, and of its complement
LIMIT = 3.0  # of a smoothly clipped number
# How far a map of segments may be off in the middle of one of them.
OFF_QUANTILES, OFF_CLIPPED = 0.02, 1e-3
BEYOND = 0.5  # of the range of the rows: how far a clipped number goes on, before it is constant


@final
@dataclass(frozen=True)
class Map:
    """The knots of a map; none of the identity."""

    x: tuple[float, ...]
    y: tuple[float, ...]


IDENTITY = Map((), ())


def normal_quantiles(x: Float64Array) -> Map:
    """The share of rows below a number, as a quantile of the normal distribution.

    Of equal numbers it is the middle of their shares. Between two quantiles of the rows the share
    is linear, and beyond the outermost ones the map is constant.

    Parameters
    ----------
    x : array (n,)
        Of the training rows.
    """
    if x.min() == x.max():
        return IDENTITY
    n = max(min(len(x) // ROWS_OF_A_QUANTILE, MOST_QUANTILES), FEWEST_QUANTILES)
    shares = np.linspace(0, 1, n)
    quantiles = np.quantile(x, shares).astype(np.float32).astype(np.float64)
    knots, first, counts = np.unique(quantiles, return_index=True, return_counts=True)
    middle = (shares[first] + shares[first + counts - 1]) / 2

    def height(at: Float64Array) -> Float64Array:
        share = np.interp(at, knots, middle)
        quantile: Float64Array = ndtri(np.clip(share, OUTERMOST, 1 - OUTERMOST))
        return quantile

    return refined(knots, height, OFF_QUANTILES)


def smoothly_clipped(x: Float64Array) -> Map:
    """z / √(1 + (z / 3)²), of z = (x - median) / interquartile range (Holzmüller et al. 2024).

    Where that range is 0, half of the whole range stands for it.

    Parameters
    ----------
    x : array (n,)
        Of the training rows.
    """
    if x.min() == x.max():
        return IDENTITY
    low, center, high = np.quantile(x, [0.25, 0.5, 0.75])
    least, most = x.min(), x.max()
    spread = (high - low) or (most - least) / 2

    def height(at: Float64Array) -> Float64Array:
        z = (at - center) / spread
        return z / np.sqrt(1 + (z / LIMIT) ** 2)

    more = BEYOND * (most - least)
    return refined(np.unique([least - more, center, most + more]), height, OFF_CLIPPED)


def refined(x: Float64Array, height: Callable[[Float64Array], Float64Array], off: float) -> Map:
    """A map through the knots at x, and between them where it would be further off than `off`."""
    while True:
        x = np.unique(x.astype(np.float32)).astype(np.float64)
        y = height(x)
        middle = ((x[:-1] + x[1:]) / 2).astype(np.float32).astype(np.float64)
        is_far = np.abs(height(middle) - (y[:-1] + y[1:]) / 2) > off
        is_new = (middle > x[:-1]) & (middle < x[1:])
        if not (is_far & is_new).any():
            return Map(tuple(x.tolist()), tuple(y.tolist()))
        x = np.union1d(x, middle[is_far & is_new])
