"""Thresholds on probabilities that make a score of given rows the best.

Of two classes, or of one class against all others, every cut between two rows is tried. Thresholds
of several classes are improved one after the other, from those that follow the classes' shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import BoolArray, Float64Array, FloatArray, IntArray

__all__ = ["Cuts", "cuts_of", "ratios_to", "several_thresholds", "thresholds_at"]

SMALLEST = 1e-9
MOST_CLASSES = 30  # whose thresholds are improved one by one
SWEEPS, N_CUTS = 3, 64
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)

# From the weights of each class's rows, of those taken for it and of the hits among them, with the
# classes along the last axis: the larger, the better.
Score = Callable[[Float64Array, Float64Array, Float64Array], Float64Array]


@final
@dataclass(frozen=True, eq=False)
class Cuts:
    """All ways to take the rows of the largest values for a class.

    Attributes
    ----------
    at : array (n_cuts,)
        Between the values of rows, falling.
    hits, taken : array (n_cuts,)
        The weight of the rows above, that of the class and of all.
    positive, every : float
        The weight of all rows, that of the class and of all.
    """

    at: Float64Array
    hits: Float64Array
    taken: Float64Array
    positive: float
    every: float

    @property
    def recall(self) -> Float64Array:
        return self.hits / self.positive

    @property
    def precision(self) -> Float64Array:
        return self.hits / self.taken

    @property
    def f1(self) -> Float64Array:
        return 2 * self.hits / (self.positive + self.taken)

    @property
    def balanced_accuracy(self) -> Float64Array:
        wrongly = (self.taken - self.hits) / (self.every - self.positive)
        return (self.recall + 1 - wrongly) / 2


def cuts_of(values: Float64Array, is_class: BoolArray, weights: Float64Array | None) -> Cuts:
    """The cuts of values between 0 and 1; at least one row is above, and rows of both kinds are
    there."""
    order = np.argsort(-values, kind="stable")
    w = np.ones(len(values)) if weights is None else weights[order]
    falling = values[order]
    last = np.flatnonzero(np.append(falling[1:] < falling[:-1], True))
    below = np.append(falling[1:], 0.0)[last]
    hits, taken = np.cumsum(w * is_class[order]), np.cumsum(w)
    at = np.clip((falling[last] + below) / 2, SMALLEST, 1 - SMALLEST)
    return Cuts(at, hits[last], taken[last], float(hits[-1]), float(taken[-1]))


def ratios_to(p: FloatArray, label: int) -> Float64Array:
    """Of one class to itself and the most probable other one; its probability if there are two."""
    own = p[:, label].astype(np.float64)
    others = np.delete(p, label, axis=1).max(axis=1)
    return own / np.maximum(own + others, np.finfo(np.float64).tiny)


def thresholds_at(cut: float, label: int, n_classes: int) -> tuple[float, ...]:
    """Those by which a class is taken where its ratio to the others reaches the cut."""
    t = np.full(n_classes, 1 - cut)
    t[label] = cut
    return tuple((t / t.sum()).tolist())


def several_thresholds(
    p: FloatArray, codes: IntArray, weights: Float64Array | None, score: Score
) -> tuple[float, ...]:
    """Thresholds of three classes or more that make the score the best, near enough."""
    n_classes = p.shape[1]
    w = np.ones(len(codes)) if weights is None else weights
    of_class = np.asarray(np.bincount(codes, w, n_classes), np.float64)
    logs = np.log(np.maximum(p, SMALLEST)).astype(np.float64)
    shares = np.log(np.maximum(of_class / of_class.sum(), 1 / (2 * len(codes))))

    def scored(t: Float64Array) -> float:
        decided = (logs - t).argmax(axis=1)
        taken, hits = (
            np.asarray(np.bincount(decided, part, n_classes), np.float64)
            for part in (w, w * (decided == codes))
        )
        return float(score(of_class, taken, hits))

    best = max((scored(a * shares), -a) for a in POWERS)
    value, t = best[0], -best[1] * shares
    for _ in range(SWEEPS if n_classes <= MOST_CLASSES else 0):
        before = value
        for k in range(n_classes):
            value, t = improved(logs, codes, w, of_class, score, k, value, t)
        if value <= before:
            break
    return normalised(t)


def improved(
    logs: Float64Array,
    codes: IntArray,
    w: Float64Array,
    of_class: Float64Array,
    score: Score,
    k: int,
    value: float,
    t: Float64Array,
) -> tuple[float, Float64Array]:
    """The score and logarithms of thresholds, with the best one of class k beside the others."""
    n_classes = len(t)
    rest = logs - t
    rest[:, k] = -np.inf
    other = rest.argmax(axis=1)
    margin = logs[:, k] - rest[np.arange(len(rest)), other]
    at = np.unique(np.quantile(margin, np.linspace(0, 1, N_CUTS)))
    place = np.searchsorted(at, margin, side="right")  # class k is taken at the cuts before

    def above(codes_of: IntArray, weights: Float64Array) -> Float64Array:
        cell = place * n_classes + codes_of
        shape = (len(at) + 1, n_classes)
        sums = np.bincount(cell, weights, shape[0] * n_classes).reshape(shape)
        below = np.asarray(np.cumsum(sums, axis=0), np.float64)
        return below[:-1]  # rows of margins smaller than the cut, which are another class

    taken, hits = above(other, w), above(other, w * (other == codes))
    own, right = w.sum() - taken.sum(axis=1), w * (codes == k)
    taken[:, k] = own
    hits[:, k] = right.sum() - above(other, right).sum(axis=1)
    scores = score(of_class, taken, hits)
    best = int(scores.argmax())
    if not scores[best] > value + SMALLEST:
        return value, t
    changed = t.copy()
    changed[k] = at[best]
    return float(scores[best]), changed


def normalised(logarithms: Float64Array) -> tuple[float, ...]:
    t = np.clip(np.exp(logarithms - logarithms.max()), SMALLEST, None)
    return tuple((t / t.sum()).tolist())
