"""The rows that the learner has, and their divisions into those to learn from and to compare by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.problem import Rows
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table.target_means import MeanFeatures

MOST_COPIED = 100_000_000  # features of all rows: 0.4 GB for each network in training

__all__ = ["Division", "TrainingRows", "divisions_into"]


@final
@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Encoded rows.

    Attributes
    ----------
    X : array (n, n_features), float32
        Means of the target are cross-fitted.
    y : array (n,)
        Class codes, or numbers in the target's own units.
    weights : array (n,), optional
    means : MeanFeatures, optional
        Those among the features.
    """

    X: FloatArray
    y: npt.NDArray[Any]
    weights: Float64Array | None
    means: MeanFeatures | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def network_weights(self) -> FloatArray | None:
        return None if self.weights is None else self.weights.astype(np.float32)

    def part(self, rows: Rows) -> tuple[FloatArray, npt.NDArray[Any], Float64Array | None]:
        """Features, targets and weights of these rows."""
        return (self.X[rows], *self.targets(rows))

    def within(self, division: Division) -> TrainingRows:
        """The rows as a network of this division has them: without means over rows outside.

        Otherwise it could tell their targets: what the means of two folds differ by are the targets
        of these folds. Of very large tables, where a category has many rows in each fold and this
        tells little, all networks share one array.
        """
        if self.means is None or self.X.size > MOST_COPIED:
            return self
        X = self.X.copy()
        outside = division.validation if division.has_rows_outside else None
        self.means.write(X, division.train, outside)
        return replace(self, X=X, means=None)

    def targets(self, rows: Rows) -> tuple[npt.NDArray[Any], Float64Array | None]:
        """Targets and weights of these rows, whose features are not copied."""
        return self.y[rows], None if self.weights is None else self.weights[rows]


@final
@dataclass(frozen=True, eq=False)
class Division:
    """The numbers of the rows to learn from, and of those by which epochs are compared."""

    train: Rows
    validation: Rows

    @property
    def has_rows_outside(self) -> bool:
        """Whether the latter are others than the former, as they are of two folds or more."""
        return not np.array_equal(self.train, self.validation)


def divisions_into(folds: IntArray) -> tuple[Division, ...]:
    """For every fold: all other rows, and the fold's.

    Of a single fold both are all rows.
    """
    n_folds = int(folds.max()) + 1
    if n_folds == 1:
        every = np.arange(len(folds))
        return (Division(every, every),)
    return tuple(
        Division(np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in range(n_folds)
    )
