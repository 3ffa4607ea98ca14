"""Exact order statistics of numbers that lie in many places, in a few passes over them.

Floats keep their order as whole numbers of 64 bits. A first interval comes from a sample of the
numbers. Each pass counts those of an interval in bins of equal width, by which the interval becomes
the bin that holds the place; or it finds so few distinct values there that they are counted one by
one. Where the interval misses the place, what lies beside it is next.
"""

from __future__ import annotations

import math
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import FloatArray

__all__ = ["WHOLE", "Bracket", "Counter", "Counts", "around", "merged", "narrowed"]

BINS = 1 << 12
FEW = 1 << 12  # distinct values that are counted one by one
GATHERED = 1 << 16  # numbers of a bracket that wait to be counted
DEVIATIONS = 6  # of a place in a sample, by which a first bracket reaches to either side
SIGN = np.uint64(1 << 63)

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


@final
class Bracket(NamedTuple):
    """Keys from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def width(self) -> int:
        """Of a bin."""
        return (self.high - self.low) // BINS + 1

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest float that is in it."""
        high = min(self.high, LARGEST)
        # As floats, 0 and -0 are equal.
        return float_of(max(self.low, SMALLEST)), float_of(high - (high == ZERO - 1))


def keys_of(x: FloatArray) -> Keys:
    """Whole numbers in the order of finite floats; 0 and -0 are the same."""
    bits = (x + 0.0).view(np.uint64)
    return np.where(bits & SIGN, ~bits, bits | SIGN)


def key_of(x: float) -> int:
    return int(keys_of(np.array([x]))[0])


def float_of(key: int) -> float:
    bits = key ^ (1 << 63) if key >> 63 else ~key & (2**64 - 1)
    return float(np.uint64(bits).view(np.float64))


WHOLE = Bracket(0, 2**64 - 1)
ZERO = key_of(0.0)
SMALLEST, LARGEST = key_of(-np.finfo(np.float64).max), key_of(np.finfo(np.float64).max)


def around(sample: FloatArray, percent: int) -> Bracket:
    """Where a sample, sorted and of shape (n,), leads to expect a quantile of all numbers."""
    n, share = len(sample), percent / 100
    margin = DEVIATIONS * math.sqrt(n * share * (1 - share)) + 1
    low, high = int(n * share - margin), int(n * share + margin)
    if low < 0 or high >= n:
        return WHOLE
    return Bracket(key_of(sample[low]), key_of(sample[high]))


@final
class Counts(NamedTuple):
    """Numbers below a bracket, and those in it: of each distinct key if these are few, or of bins.

    Attributes
    ----------
    bracket : Bracket
    n, below : int
        Of all numbers, and of those below the bracket.
    keys : array (n_distinct,), or None
    counts : int array (n_distinct,) or (BINS,)
    """

    bracket: Bracket
    n: int
    below: int
    keys: Keys | None
    counts: Ints

    @property
    def bins(self) -> Ints:
        if self.keys is None:
            return self.counts
        low, width = np.uint64(self.bracket.low), np.uint64(self.bracket.width)
        bins = np.zeros(BINS, np.int64)
        np.add.at(bins, ((self.keys - low) // width).astype(np.int64), self.counts)
        return bins


@final
class Counter:
    """Counts finite numbers that come a block at a time."""

    def __init__(self, bracket: Bracket) -> None:
        self.bracket, self.ends = bracket, bracket.ends
        self.n, self.below = 0, 0
        self._found: list[FloatArray] = []
        self._counted: Counts | None = None

    def add(self, x: FloatArray) -> None:
        """Those of an array (n,)."""
        low, high = self.ends
        within = x >= low
        self.n += len(x)
        self.below += len(x) - int(np.count_nonzero(within))
        within &= x <= high
        self._found.append(x[np.flatnonzero(within)])
        if sum(map(len, self._found)) > GATHERED:
            self._count()

    def _count(self) -> None:
        keys = keys_of(np.concatenate([np.zeros(0), *self._found]))
        self._found.clear()
        each = self._counted is None or self._counted.keys is not None
        found = counted(self.bracket, keys, each=each)
        self._counted = found if self._counted is None else merged(self._counted, found)

    @property
    def counts(self) -> Counts:
        """Of all that were added."""
        if self._found or self._counted is None:
            self._count()
        assert self._counted is not None
        return self._counted._replace(n=self.n, below=self.below)


def counted(bracket: Bracket, keys: Keys, *, each: bool) -> Counts:
    """Of keys in a bracket, shape (n,); without `each` in bins, which takes no sorting."""
    # Where some of them are many, so are all.
    if each and (len(keys) <= FEW or len(distinct(keys[: 2 * FEW])[0]) <= FEW):
        found, counts = distinct(keys)
        if len(found) <= FEW:
            return Counts(bracket, len(keys), 0, found, counts)
    places = (keys - np.uint64(bracket.low)) // np.uint64(bracket.width)
    bins = np.bincount(places.astype(np.int64), minlength=BINS)
    return Counts(bracket, len(keys), 0, None, bins)


def distinct(keys: Keys) -> tuple[Keys, Ints]:
    """Each key, in order, and how many there are of it: NumPy's `unique` takes several times as
    long."""
    ordered = np.sort(keys)
    first = np.ones(len(keys), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    places = np.flatnonzero(first)
    return ordered[places], np.diff(places, append=len(keys))


def merged(one: Counts, other: Counts) -> Counts:
    """Those of both, of the same bracket."""
    n, below = one.n + other.n, one.below + other.below
    if one.keys is not None and other.keys is not None:
        keys, places = np.unique(np.concatenate([one.keys, other.keys]), return_inverse=True)
        if len(keys) <= FEW:
            counts = np.zeros(len(keys), np.int64)
            np.add.at(counts, places, np.concatenate([one.counts, other.counts]))
            return Counts(one.bracket, n, below, keys, counts)
    return Counts(one.bracket, n, below, None, one.bins + other.bins)


def narrowed(found: Counts, place: int) -> float | Bracket:
    """The number at a place in order, from 0, or the narrower bracket that holds it."""
    bracket, left = found.bracket, place - found.below
    if left < 0:
        return Bracket(WHOLE.low, bracket.low - 1)
    at = int(np.searchsorted(np.cumsum(found.counts), left, side="right"))
    if at == len(found.counts):
        return Bracket(bracket.high + 1, WHOLE.high)
    if found.keys is not None:
        return float_of(int(found.keys[at]))
    low = bracket.low + at * bracket.width
    return Bracket(low, min(bracket.high, low + bracket.width - 1))
