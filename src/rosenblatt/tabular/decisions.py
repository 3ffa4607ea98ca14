"""What the class that is predicted shall be best for: F1, balanced accuracy, a recall, costs."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table.decision import Decision
from rosenblatt.tabular.cuts import Cuts, cuts_of, ratios_to, several_thresholds, thresholds_at

__all__ = [
    "AIMS",
    "COSTS_AND_WEIGHTS",
    "Aim",
    "CostMatrix",
    "MinimumPrecision",
    "MinimumRecall",
    "OneClass",
    "aim_of",
]

Labels = Sequence[Any]
MOST_COST = 1e100
COSTS_AND_WEIGHTS = (
    "a cost matrix takes probabilities as they are, and class weights change them: leave one of"
    " them out"
)


class Aim(ABC):
    """What a decision is chosen for."""

    needs_rows = True

    @property
    @abstractmethod
    def text(self) -> str:
        """In short."""

    @abstractmethod
    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        """The best rule for rows of these probabilities, shape (n_rows, n_classes), and classes."""

    def check(self, labels: Labels) -> None:
        """InputError where it does not fit these classes."""
        self.code(labels)

    def code(self, labels: Labels) -> int | None:
        """Of the class that it names."""
        return None


@final
@dataclass(frozen=True)
class F1(Aim):
    """The F1 score of the rarer of two classes, or the mean of all classes' of more."""

    text = "f1"

    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        n = len(labels)
        if n > 2:
            return Decision(self.text, several_thresholds(p, codes, weights, macro_f1))
        label = rarest(codes, weights, n)
        cuts = cuts_of(ratios_to(p, label), codes == label, weights)
        return Decision(self.text, thresholds_at(best(cuts.at, cuts.f1), label, n), label=label)


@final
@dataclass(frozen=True)
class BalancedAccuracy(Aim):
    """The mean recall of the classes."""

    text = "balanced_accuracy"

    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        n = len(labels)
        if n > 2:
            return Decision(self.text, several_thresholds(p, codes, weights, recalls))
        label = rarest(codes, weights, n)
        cuts = cuts_of(ratios_to(p, label), codes == label, weights)
        at = best(cuts.at, cuts.balanced_accuracy)
        return Decision(self.text, thresholds_at(at, label, n), label=label)


@dataclass(frozen=True)
class OneClass(Aim):
    """A share that one class has at least."""

    least: float
    label: Any = None

    def __post_init__(self) -> None:
        if not (isinstance(self.least, Real) and 0 < self.least <= 1):
            raise InputError(
                f"the {self.word} to reach must be above 0 and at most 1, got {brief(self.least)}:"
                " give one such as 0.9"
            )

    @property
    @abstractmethod
    def word(self) -> str:
        """Of the share."""

    @abstractmethod
    def cut(self, cuts: Cuts) -> float:
        """The best one that has the share."""

    @property
    def text(self) -> str:
        return f"{self.word}:{self.least:g}" + ("" if self.label is None else f":{self.label}")

    def code(self, labels: Labels) -> int | None:
        return None if self.label is None else place_of(self.label, labels)

    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        n, label = len(labels), self.code(labels)
        if label is None:
            label = rarest(codes, weights, n)
        cuts = cuts_of(ratios_to(p, label), codes == label, weights)
        return Decision(self.text, thresholds_at(self.cut(cuts), label, n), label=label)


@final
@dataclass(frozen=True)
class MinimumRecall(OneClass):
    """As few rows as possible are taken for a class, while the given share of its rows is found.

    Parameters
    ----------
    least : float
        The recall, above 0 and at most 1.
    label : optional
        The class; the rarest one if not given.
    """

    @property
    def word(self) -> str:
        return "recall"

    def cut(self, cuts: Cuts) -> float:
        reached = np.where(cuts.recall >= self.least - 1e-12, cuts.precision, -1.0)
        return best(cuts.at, reached)


@final
@dataclass(frozen=True)
class MinimumPrecision(OneClass):
    """As many rows of a class as possible are found, while the given share of those taken is right.

    Where no threshold reaches it, the most precise one is taken.

    Parameters
    ----------
    least : float
        The precision, above 0 and at most 1.
    label : optional
        The class; the rarest one if not given.
    """

    @property
    def word(self) -> str:
        return "precision"

    def cut(self, cuts: Cuts) -> float:
        reached = cuts.precision >= self.least - 1e-12
        return best(cuts.at, np.where(reached, 1 + cuts.recall, cuts.precision))


@final
@dataclass(frozen=True, eq=False)
class CostMatrix(Aim):
    """The smallest expected cost.

    Parameters
    ----------
    costs : array-like (n_classes, n_classes), or dict of true class to dict of predicted to cost
        costs[i][j] is the cost of predicting class j where class i is true, in the order of
        `classes_`. In a dict a pair that is left out costs 0 if right and 1 if wrong.
    """

    costs: Any
    needs_rows = False
    text = "cost"

    def check(self, labels: Labels) -> None:
        self.square(labels)

    def square(self, labels: Labels) -> tuple[tuple[float, ...], ...]:
        n = len(labels)
        try:
            costs = self._named(labels) if isinstance(self.costs, Mapping) else self.costs
            C = np.array(costs, np.float64)
        except (TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError("the cost matrix holds what is no number: give numbers") from None
        if C.shape != (n, n):
            raise InputError(
                f"the cost matrix has the shape {C.shape}, and there are {n} classes: give a row"
                " for each true class and a column for each predicted one"
            )
        if not (np.isfinite(C) & (C >= 0)).all():
            raise InputError("the cost matrix has a negative or missing cost: give 0 or more")
        if (largest := C.max()) > MOST_COST:  # whose sum over rows no float may hold
            raise InputError(
                f"the cost matrix has a cost of {largest:g}: give costs up to {MOST_COST:g}"
            )
        worse = np.argwhere(C.diagonal()[:, None] > C)
        if len(worse):
            i, j = worse[0]
            raise InputError(
                f"in the cost matrix the right answer {str(labels[i])!r} costs {C[i, i]:g}, more"
                f" than the wrong one {str(labels[j])!r}, {C[i, j]:g}: rows are true classes"
            )
        return tuple(map(tuple, C.tolist()))

    def _named(self, labels: Labels) -> Float64Array:
        C = 1 - np.eye(len(labels))
        for true, row in self.costs.items():
            if not isinstance(row, Mapping):
                raise InputError(
                    f"the costs of class {true!r} are no dict: give one of predicted class to cost"
                )
            for predicted, cost in row.items():
                C[place_of(true, labels), place_of(predicted, labels)] = cost
        return C

    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        return Decision(self.text, costs=self.square(labels))


@final
@dataclass(frozen=True)
class Threshold(Aim):
    """A probability of the second of two classes."""

    at: float
    needs_rows = False

    @property
    def text(self) -> str:
        return f"{self.at:g}"

    def __post_init__(self) -> None:
        if not 0 < self.at < 1:
            raise InputError(f"a threshold must be between 0 and 1, got {brief(self.at)}")

    def check(self, labels: Labels) -> None:
        if len(labels) != 2:
            raise InputError(
                f"a threshold is for two classes, and there are {len(labels)}: give 'f1',"
                " 'balanced_accuracy' or a cost matrix"
            )

    def decision(
        self, p: FloatArray, codes: IntArray, weights: Float64Array | None, labels: Labels
    ) -> Decision:
        self.check(labels)
        return Decision(self.text, (1 - self.at, float(self.at)), label=1)


AIMS: Mapping[str, Aim] = {"f1": F1(), "balanced_accuracy": BalancedAccuracy()}


def aim_of(given: Any) -> Aim:
    """What a user means; InputError for anything that is none."""
    if isinstance(given, Aim):
        return given
    if isinstance(given, str) and given in AIMS:
        return AIMS[given]
    is_number = isinstance(given, Real) and not isinstance(given, bool)
    if is_number and abs(given) <= sys.float_info.max:
        return Threshold(float(given))
    raise InputError(
        f"decision={brief(given)} is none: give 'f1', 'balanced_accuracy', a number,"
        " MinimumRecall(0.9), MinimumPrecision(0.9) or CostMatrix(…)"
    )


def rarest(codes: IntArray, weights: Float64Array | None, n_classes: int) -> int:
    """The class of the least weight that is there; of equal ones the last."""
    total = np.bincount(codes, weights, n_classes).astype(np.float64)
    total[total == 0] = math.inf
    return n_classes - 1 - int(total[::-1].argmin())


def place_of(label: Any, labels: Labels) -> int:
    """Of a class, by itself or as it is written."""
    places = [k for k, one in enumerate(labels) if one == label or str(one) == str(label)]
    if not places:
        raise InputError(
            f"{label!r} is no class of the target: there are {', '.join(map(repr, labels[:10]))}"
        )
    return places[0]


def best(at: Float64Array, scores: Float64Array) -> float:
    return float(at[scores.argmax()])


def macro_f1(of_class: Float64Array, taken: Float64Array, hits: Float64Array) -> Float64Array:
    f1 = 2 * hits / np.maximum(of_class + taken, 1e-300)
    return np.asarray(f1[..., of_class > 0].mean(axis=-1))


def recalls(of_class: Float64Array, taken: Float64Array, hits: Float64Array) -> Float64Array:
    there = of_class > 0
    return np.asarray((hits[..., there] / of_class[there]).mean(axis=-1))
