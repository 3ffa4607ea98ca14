"""Exact order statistics of numbers that lie in many places, in a few passes over them.

Floats keep their order as whole numbers of 64 bits. Each pass counts those of an interval in bins
of equal width, by which the interval becomes the bin that holds the place; or it finds so few
distinct values there that they are counted one by one.
"""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import FloatArray

__all__ = ["WHOLE", "Bracket", "Counts", "counts_in", "merged", "narrowed"]

BINS = 1 << 12
FEW = 1 << 12  # distinct values that are counted one by one
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


WHOLE = Bracket(0, 2**64 - 1)


@final
class Counts(NamedTuple):
    """Numbers below a bracket, in its bins, and of each distinct key in it if these are few.

    Attributes
    ----------
    below : int
    bins : int array (BINS,)
    keys, of_keys : arrays (n_distinct,), or None
    """

    below: int
    bins: Ints
    keys: Keys | None
    of_keys: Ints | None

    @property
    def total(self) -> int:
        """Numbers in the bracket."""
        return int(self.bins.sum())


def keys_of(x: FloatArray) -> Keys:
    """Whole numbers in the order of finite floats; 0 and -0 are the same."""
    bits = (x + 0.0).view(np.uint64)
    return np.where(bits & SIGN, ~bits, bits | SIGN)


def float_of(key: int) -> float:
    bits = key ^ (1 << 63) if key >> 63 else ~key & (2**64 - 1)
    return float(np.uint64(bits).view(np.float64))


def counts_in(x: FloatArray, bracket: Bracket, *, each: bool = True) -> Counts:
    """Of finite numbers, shape (n,); without `each` in bins alone, which takes no sorting."""
    keys = keys_of(x)
    low, high = np.uint64(bracket.low), np.uint64(bracket.high)
    below = int((keys < low).sum())
    within = keys[(keys >= low) & (keys <= high)]
    places = ((within - low) // np.uint64(bracket.width)).astype(np.int64)
    bins = np.bincount(places, minlength=BINS)
    if not each:
        return Counts(below, bins, None, None)
    return few(below, bins, *np.unique(within, return_counts=True))


def merged(one: Counts, other: Counts) -> Counts:
    """Those of both."""
    below, bins = one.below + other.below, one.bins + other.bins
    if one.keys is None or other.keys is None or one.of_keys is None or other.of_keys is None:
        return Counts(below, bins, None, None)
    keys, places = np.unique(np.concatenate([one.keys, other.keys]), return_inverse=True)
    of_keys = np.zeros(len(keys), np.int64)
    np.add.at(of_keys, places, np.concatenate([one.of_keys, other.of_keys]))
    return few(below, bins, keys, of_keys)


def few(below: int, bins: Ints, keys: Keys, of_keys: Ints) -> Counts:
    return (
        Counts(below, bins, keys, of_keys) if len(keys) <= FEW else Counts(below, bins, None, None)
    )


def narrowed(bracket: Bracket, counts: Counts, place: int) -> float | Bracket:
    """The number at a place in order, from 0, or the narrower bracket that holds it."""
    left = place - counts.below
    if counts.keys is not None and counts.of_keys is not None:
        at = int(np.searchsorted(np.cumsum(counts.of_keys), left, side="right"))
        return float_of(int(counts.keys[at]))
    at = int(np.searchsorted(np.cumsum(counts.bins), left, side="right"))
    low = bracket.low + at * bracket.width
    return Bracket(low, min(bracket.high, low + bracket.width - 1))
