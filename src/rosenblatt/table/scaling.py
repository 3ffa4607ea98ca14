"""Scaling of one numeric feature: standardised, with logarithmic tails."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.support.types import BoolArray, FloatArray
from rosenblatt.table.blocks import blocks_of

__all__ = ["QUARTILES", "Scaling", "distances", "place_of", "spread_between", "units", "usable"]

QUARTILES = (25, 50, 75)

SAMPLE = 1 << 13
MARGIN = 200  # places in a sample: more than four standard deviations
MANY = 1 << 17  # numbers among which a value is found sooner by a sample
LARGEST = float(np.finfo(np.float64).max)
TAIL = 5.0  # standard deviations from the centre at which the tails begin
FARTHEST = float(np.finfo(np.float32).max)
NO_TAILS = 1e30  # a tail from here on is that of a column which is to have none


@final
@dataclass(frozen=True)
class Scaling:
    """x ↦ t((t(z) - mean) / std) with z = (x - center) / spread.

    t is the identity up to ±tail and continues as sign(z)·tail·(1 + ln(|z|/tail)): monotone, with a
    continuous slope, up to |z| of 3e38, which float32 holds. A column without tails is therefore
    just standardised. In one with heavy tails the inner t, in robust units, keeps the resolution of
    the bulk, and large values stay apart from very large ones, which clipping would merge; the
    outer t keeps a value that one row in a million has from becoming a thousand.

    Attributes
    ----------
    center : float
        The training median, the lower one of two; what a missing value is imputed with.
    spread : float
        The interquartile range over 1.349 (a Gaussian's standard deviation) or, where that is 0,
        the median distance of the values that differ from the median.
    mean, std : float
        Mean and standard deviation of t(z) in training.
    tail : float
        Where logarithms begin.
    """

    leaves_out_defaults: ClassVar[bool] = True

    center: float
    spread: float
    mean: float
    std: float
    tail: float = TAIL

    def __post_init__(self) -> None:
        if self.spread <= 0 or self.std <= 0 or self.tail <= 0:
            raise ValueError("a scale must be positive")
        if not (self.tail < FARTHEST and float(np.float32(self.tail)) == self.tail):
            raise ValueError("where logarithms begin must be a number of float32")
        # A quotient must be finite; what t(z) reaches lies far below a million.
        if max(1e6, abs(self.mean)) / LARGEST > self.std:
            raise ValueError("a scale is too small, or its mean too large")

    @classmethod
    def learn(cls, x: FloatArray) -> Scaling:
        """From the present, finite values of a column, shape (n,), n ≥ 1."""
        low, center, high = quantiles(x, *QUARTILES)
        spread = spread_between(low, high)
        if spread <= 0:
            distance = distances(x, center)
            spread = quantiles(distance, 50)[0] if len(distance) else 1.0
        spread = usable(spread)
        mean, std = moments_of_units(x, center, spread)
        return cls.of(center, spread, mean, std)

    @classmethod
    def of(cls, center: float, spread: float, mean: float, std: float) -> Scaling:
        """From what was learnt of values whose t(z) may all be equal."""
        return cls(center, spread, mean, std if std > 0 else 1.0)

    @property
    def has_tails(self) -> bool:
        """Whether logarithms begin at what cells are meant to reach."""
        return self.tail < NO_TAILS

    def in_tails(self, x: FloatArray) -> BoolArray:
        """Which of x, where NaN is none, lie where logarithms begin."""
        with np.errstate(invalid="ignore"):
            z = robust_units(x, self.center, self.spread)
            there: BoolArray = np.abs(z) > self.tail
            return there | (np.abs(z - self.mean) / self.std > self.tail)

    def apply(self, x: FloatArray) -> FloatArray:
        """Scaled values of the same shape; x must be finite."""
        scaled = np.empty(len(x))
        self.apply_to(x, scaled)
        return scaled

    def apply_to(self, x: FloatArray, out: FloatArray) -> None:
        """Scaled values of x, which must be finite, into an array of the same shape."""
        for rows in blocks_of(len(x)):
            t = with_log_tails(robust_units(x[rows], self.center, self.spread), self.tail)
            t -= self.mean
            t /= self.std
            out[rows] = with_log_tails(t, self.tail)


def spread_between(low: float, high: float) -> float:
    """A Gaussian's standard deviation from its quartiles."""
    return (high - low) / 1.349


def distances(x: FloatArray, center: float) -> FloatArray:
    """Those from the centre that are not 0: where their half is all that there is, their median is
    the spread."""
    with np.errstate(over="ignore"):
        distance = np.abs(x - center)
    return distance[distance > 0]


def usable(spread: float) -> float:
    """1 for a spread below the resolution of the numbers, or beyond their range, by which nothing
    is scaled."""
    return spread if spread > 0 and math.isfinite(spread) and math.isfinite(1 / spread) else 1.0


def units(x: FloatArray, center: float, spread: float) -> FloatArray:
    """t((x - center) / spread), of the same shape."""
    return with_log_tails(robust_units(x, center, spread))


def moments_of_units(x: FloatArray, center: float, spread: float) -> tuple[float, float]:
    """Mean and standard deviation of t((x - center) / spread), in two passes over the rows."""

    def t() -> Iterator[FloatArray]:
        return (units(x[rows], center, spread) for rows in blocks_of(len(x)))

    mean = sum(float(block.sum()) for block in t()) / len(x)
    squares = sum(float(np.square(block - mean).sum()) for block in t())
    return mean, math.sqrt(squares / len(x))


def quantiles(x: FloatArray, *percents: int) -> list[float]:
    """Values of x itself, the lower one of two: their average could lie beyond the range of floats.

    NumPy's percentile of the method 'inverted_cdf', at a third of its cost for short columns.
    """
    places = [place_of(percent, len(x)) for percent in percents]
    if len(x) > MANY:
        return values_at(x, places)
    ordered = np.partition(x, places)
    return [float(ordered[place]) for place in places]


def place_of(percent: int, n: int) -> int:
    """The place in order, from 0, of a quantile of n values."""
    return max(-(-n * percent // 100) - 1, 0)


def values_at(x: FloatArray, places: list[int]) -> list[float]:
    """The values that stand at these places in order; a sample leaves few that may."""
    sample = np.sort(x[:: len(x) // SAMPLE])
    expected = np.array(places) * len(sample) // len(x)
    lows = sample[np.maximum(expected - MARGIN, 0)]
    highs = sample[np.minimum(expected + MARGIN, len(sample) - 1)]
    n_below = np.zeros(len(places), dtype=np.int64)
    near: list[list[FloatArray]] = [[] for _ in places]
    for rows in blocks_of(len(x)):
        block = x[rows]
        for k, (low, high) in enumerate(zip(lows, highs, strict=True)):
            from_low = block >= low
            n_below[k] += len(block) - np.count_nonzero(from_low)
            near[k].append(block[np.flatnonzero(from_low & (block <= high))])
    found = []
    for place, n, blocks in zip(places, n_below.tolist(), near, strict=True):
        candidates = np.concatenate(blocks)
        if not n <= place < n + len(candidates):  # the sample is unlike the rest
            candidates, n = x, 0
        found.append(float(np.partition(candidates, place - n)[place - n]))
    return found


def robust_units(x: FloatArray, center: float, spread: float) -> FloatArray:
    """(x - center) / spread, held within the range of floats."""
    with np.errstate(over="ignore"):
        z: FloatArray = x - center
        z /= spread
    largest = np.finfo(np.float64).max
    if farthest(z) > largest:
        np.clip(z, -largest, largest, out=z)
    return z


def with_log_tails(z: FloatArray, tail: float = TAIL) -> FloatArray:
    """The same array: z within ±tail, growing like its logarithm beyond.

    Sizes are rounded to float32 first. Those that differ then do so by far more than the error of
    any library's logarithm, so that a larger z never has a smaller result.
    """
    if farthest(z) > tail:
        beyond = np.flatnonzero(np.abs(z) > tail)
        size = np.minimum(np.abs(z[beyond]), FARTHEST).astype(np.float32).astype(np.float64)
        z[beyond] = np.copysign(tail * (1 + np.log(size / tail)), z[beyond])
    return z


def farthest(z: FloatArray) -> float:
    """The largest |z|, 0 for none: two reductions cost less than |z| as an array."""
    return max(-float(z.min()), float(z.max())) if len(z) else 0.0
