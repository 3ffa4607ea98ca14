"""Weights of the rows of files: those in a column, times those of the classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.errors import InputError
from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import ClassTarget, Table
from rosenblatt.table.names import near_names
from rosenblatt.table.target import AnyTarget
from rosenblatt.table.weights import unit_of_weights, weights_of_cells

# It comes with scikit-learn, which a worker does not need.
if TYPE_CHECKING:
    from rosenblatt.fitting import class_weight as class_weights
else:
    class_weights = late("rosenblatt.fitting.class_weight")

__all__ = ["Weighing", "check_weight_column", "learn_weighing"]


@final
@dataclass(frozen=True, eq=False)
class Weighing:
    """How rows are weighed.

    Attributes
    ----------
    column : str, optional
        Where their own weights stand; without it they are 1.
    unit : float
        That own weights are divided by.
    of_class : array (n_classes,), optional
        Of the classes.
    mean : float
        Of the rows to train on.
    totals : array (n_classes,) or (1,)
        Own weights of the rows to train on, of each class.
    mean_target : float
        Of a target of numbers, by own weights.
    """

    column: str | None
    unit: float = 1.0
    of_class: Float64Array | None = None
    mean: float = 1.0
    totals: Float64Array = field(default_factory=lambda: np.ones(1))
    mean_target: float = 0.0

    def own(self, table: Table) -> Float64Array:
        """The weights in the column, shape (n,)."""
        if self.column is None:
            return np.ones(len(table))
        return weights_of_cells(table.by_name[self.column]) / self.unit

    def of(self, table: Table, codes: FloatArray) -> Float64Array:
        """The weights of rows with these class codes, shape (n,)."""
        own = self.own(table)
        return own if self.of_class is None else own * self.of_class[codes.astype(np.intp)]


def check_weight_column(names: Sequence[str], column: str, target: str) -> None:
    """InputError if there is no such column, or if it is the target."""
    if column == target:
        raise InputError(f"{column!r} cannot be target and sample weights: name another column")
    if column not in names:
        raise InputError(
            f"the files have no column {column!r} of weights: {near_names(column, names)}"
        )


@final
class Sums(NamedTuple):
    """Of the own weights of some rows: totals of each class, of weighed targets, and the ends."""

    totals: Float64Array
    targets: float
    smallest: float
    largest: float


@final
class Weighed(NamedTuple):
    """What the pass is about."""

    manifest: Manifest
    shares: RowShares
    target: AnyTarget
    column: str | None


def summed(given: Weighed, k: int) -> Sums:
    """The work on row group k."""
    group, target, weighing = given.manifest.groups[k], given.target, Weighing(given.column)
    totals = np.zeros(len(target.classes) if isinstance(target, ClassTarget) else 1)
    targets, smallest, largest = 0.0, math.inf, 0.0
    columns = [target.name, *(() if given.column is None else (given.column,))]
    for block in blocks(group, columns):
        parts = given.shares.of(group.first + block.first, len(block.table))
        table = block.table.where(parts == TRAIN)
        try:
            w = weighing.own(table)
        except InputError as error:
            raise InputError(f"{group.file.path}: {error}") from error
        y = target.encode(table.by_name[target.name]).y
        if isinstance(target, ClassTarget):
            totals += np.bincount(y, w, minlength=len(totals))
        else:
            totals += w.sum()
            targets += float(np.dot(w, y))
        above = w[w > 0]
        smallest = min(smallest, above.min(initial=math.inf))
        largest = max(largest, above.max(initial=0.0))
    return Sums(totals, targets, smallest, largest)


def learn_weighing(
    manifest: Manifest,
    over: Over,
    shares: RowShares,
    target: AnyTarget,
    n: int,
    column: str | None,
    class_weight: Any,
) -> Weighing | None:
    """The weights of the n rows to train on, by one pass over them; None if all are equal.

    Raises
    ------
    InputError
        For weights that are none, and if no row to train on has one above 0.
    ValueError
        For a `class_weight` that does not fit the classes.
    """
    if column is None and class_weight is None:
        return None
    given = Weighed(manifest, shares, target, column)
    found = list(over(summed, given, range(len(manifest.groups))))
    totals = np.sum([part.totals for part in found], axis=0)
    unit = 1.0
    if column is not None:
        smallest, largest = min(p.smallest for p in found), max(p.largest for p in found)
        unit = unit_of_weights(column, smallest, largest)
    mean_target = math.fsum(part.targets for part in found) / float(totals.sum())
    totals = totals / unit
    of_class = None
    if class_weight is not None and isinstance(target, ClassTarget):
        of_class = weights_of_classes(class_weight, target, totals)
    weighed = totals if of_class is None else totals * of_class
    return Weighing(column, unit, of_class, float(weighed.sum()) / n, totals, mean_target)


def weights_of_classes(
    class_weight: Any, target: ClassTarget, totals: Float64Array
) -> Float64Array:
    """Factors of the classes, from the rows' own weights as one machine has them."""
    codes = np.arange(len(totals), dtype=np.float64)[:, None]
    weighed = class_weights.class_weighted(class_weight, codes, list(target.classes), totals)
    assert weighed is not None
    present = totals > 0
    return np.divide(weighed, totals, out=np.zeros_like(totals), where=present)
