"""The recipes that compete for a table: the folds decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import AbsoluteError, Loss, SquaredError
from rosenblatt.support.types import Float64Array
from rosenblatt.table import ClassTarget, NumberTarget
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.likelihood import Likelihood, is_of_counts
from rosenblatt.tabular.objective import Classes, Numbers, Objective
from rosenblatt.tabular.preset import Recipe

__all__ = ["Candidate", "candidates_for"]

# Beyond them larger networks, and trees, whose leaves count all classes, may take too long.
MOST_CLASSES = 1000
# Of a target whose logarithm may be easier to learn.
SKEWED = 1.0
# The wide network has fewer units below so many rows, and a larger learning rate from there on.
FEW_ROWS, UNITS_OF_FEW, RATE_OF_MANY = 4000, (128, 128), 4.5e-3
# A small network and a short schedule, for tables that hold more noise than structure.
SMALL_UNITS, SMALL_EPOCHS, SMALL_DROPOUT = (64, 64), 12, 0.1


@final
@dataclass(frozen=True)
class Candidate:
    """A recipe, the target as it learns it, and the objective that follows."""

    recipe: Recipe
    target: AnyTarget
    objective: Objective

    @property
    def is_small(self) -> bool:
        return self.recipe.hidden == SMALL_UNITS

    @property
    def name(self) -> str:
        """What the candidates of a table differ by."""
        size = "small" if self.is_small else "wide"
        is_log = isinstance(self.target, NumberTarget) and self.target.log
        return f"{size}, log target" if is_log else size

    def within(self, epochs: int) -> Candidate:
        """The same along a schedule of no more epochs."""
        recipe = replace(self.recipe, epochs=min(self.recipe.epochs, epochs))
        return replace(self, recipe=recipe)


def widest(n_rows: int) -> Recipe:
    """The most expensive recipe for so many rows."""
    if n_rows < FEW_ROWS:
        return Recipe(hidden=UNITS_OF_FEW)
    return Recipe(learning_rate=RATE_OF_MANY)


def candidates_for(
    target: AnyTarget,
    y: npt.NDArray[Any],
    weights: Float64Array | None,
    epochs: int,
    loss: Loss,
    *,
    with_logarithms: bool = True,
) -> list[Candidate]:
    """The candidates for a target, the most expensive first.

    Parameters
    ----------
    target : ClassTarget or NumberTarget
    y : array (n_rows,)
        Class codes, or numbers in the target's own units.
    weights : array (n_rows,), optional
    epochs : int
        Of the longest schedule.
    loss : Loss
        Of numbers.
    with_logarithms : bool
        Whether that of a positive number may be learnt in its place.
    """
    wide = replace(widest(len(y)), epochs=epochs)
    small = Recipe(hidden=SMALL_UNITS, epochs=min(SMALL_EPOCHS, epochs), dropout=SMALL_DROPOUT)
    if isinstance(target, ClassTarget):
        objective = Classes(len(target.classes), wide.smoothing)
        return [Candidate(recipe, target, objective) for recipe in (wide, small)]
    if not isinstance(loss, SquaredError | AbsoluteError):
        learnt = replace(target, mean=0.0, scale=1.0) if is_of_counts(loss) else target
        of_loss = Likelihood(learnt, loss)
        return [Candidate(recipe, learnt, of_loss) for recipe in (wide, small)]
    targets = [target, *(logarithms(target, y, weights) if with_logarithms else ())]
    return [
        Candidate(recipe, one, Numbers(one, loss, target.scale))
        for recipe in (wide, small)
        for one in targets
    ]


def logarithms(
    target: NumberTarget, y: Float64Array, weights: Float64Array | None
) -> list[NumberTarget]:
    """The target on a logarithmic scale, if its numbers are positive and skewed to the right."""
    if not (y > 0).all() or skewness(y) < SKEWED:
        return []
    z = np.log(y)
    mean = float(np.average(z, weights=weights))
    scale = float(np.sqrt(np.average((z - mean) ** 2, weights=weights)))
    return [replace(target, mean=mean, scale=scale, log=True)] if scale > 0 else []


def skewness(y: Float64Array) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        z = (y - y.mean()) / y.std()
        return float(np.nan_to_num((z**3).mean()))
