"""How a class follows from probabilities, where it is not simply the most probable one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray, IntArray

__all__ = ["Decision"]


@final
@dataclass(frozen=True)
class Decision:
    """A rule that takes the class of the largest p / threshold, or of the smallest expected cost.

    Attributes
    ----------
    aim : str
        What it was chosen for, such as 'f1' or 'recall:0.9:yes'.
    thresholds : tuple of float
        One for each class, of sum 1. Of two classes the second one is taken from its threshold on.
    costs : tuple of tuple of float
        In place of thresholds: costs[i][j] is that of class j where i is true.
    label : int or None
        The class whose recall and precision are reported.
    """

    leaves_out_defaults: ClassVar[bool] = True

    aim: str
    thresholds: tuple[float, ...] = ()
    costs: tuple[tuple[float, ...], ...] = ()
    label: int | None = None

    def __post_init__(self) -> None:
        n = self.n_classes
        if bool(self.thresholds) == bool(self.costs) or n < 2:
            raise ValueError("a decision has thresholds or costs of two classes or more")
        if not all(0 < t < 1 for t in self.thresholds):
            raise ValueError("the thresholds of a decision must be between 0 and 1")
        if self.thresholds and not math.isclose(sum(self.thresholds), 1, rel_tol=1e-6):
            raise ValueError("the thresholds of a decision must add up to 1")
        if any(len(row) != n or not all(0 <= c < math.inf for c in row) for row in self.costs):
            raise ValueError("the costs of a decision must be a square of numbers of 0 or more")
        if self.label is not None and not 0 <= self.label < n:
            raise ValueError("the label of a decision must be one of its classes")

    @property
    def n_classes(self) -> int:
        return len(self.thresholds or self.costs)

    @property
    def threshold(self) -> float | None:
        """The probability of the second of two classes that it is taken from on."""
        if self.n_classes > 2:
            return None
        if self.thresholds:
            return self.thresholds[1]
        (right, wrong), (missed, found) = self.costs
        gains = wrong - right, missed - found
        return gains[0] / sum(gains) if sum(gains) else 0.5

    def decide(self, probabilities: FloatArray) -> IntArray:
        """The class of each row, from probabilities of shape (n_rows, n_classes)."""
        p = probabilities.astype(np.float64)
        if self.costs:
            return (p @ np.array(self.costs)).argmin(axis=1)
        if self.n_classes == 2:
            return (p[:, 1] >= self.thresholds[1]).astype(np.int64)
        return (p / np.array(self.thresholds)).argmax(axis=1)

    def scores(
        self, decided: IntArray, codes: IntArray, weights: Float64Array | None
    ) -> dict[str, float]:
        """What the rule is for, of decided classes against true ones.

        'f1' is that of the class in question of two, and the mean of all classes' of more; 'recall'
        and 'precision' are those of that class, and 'cost' the mean cost of a row. Codes from
        n_classes on stand for labels that the model does not have.
        """
        w = np.ones(len(codes)) if weights is None else weights
        n = max(self.n_classes, int(codes.max(initial=0)) + 1)
        hit = np.bincount(codes, w * (decided == codes), n)
        of_class, taken = np.bincount(codes, w, n), np.bincount(decided, w, n)
        either = of_class + taken
        f1 = np.divide(2 * hit, either, out=np.zeros(n), where=either > 0)
        found = {"f1": float(f1[either > 0].mean())}
        if self.label is not None:
            k = self.label
            if self.n_classes == 2:
                found["f1"] = float(f1[k])
            if of_class[k]:
                found["recall"] = float(hit[k] / of_class[k])
            found["precision"] = float(hit[k] / taken[k]) if taken[k] else 0.0
        if self.costs and n == self.n_classes:
            costs = np.array(self.costs)[codes, decided]
            found["cost"] = float(np.average(costs, weights=weights))
        return found
