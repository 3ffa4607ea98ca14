"""What the table learner comes to: the mean of its networks, calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.model import EnsembleModel
from rosenblatt.problem import Rows
from rosenblatt.support.types import FloatArray
from rosenblatt.table.target import AnyTarget, ClassTarget
from rosenblatt.tabular.candidates import Candidate
from rosenblatt.tabular.member import Member
from rosenblatt.tabular.outside import points_outside, scores_outside
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.tabular.temperature import of_mean, scaled_down, temperature

__all__ = ["Learned", "concluded"]


@final
@dataclass(frozen=True, eq=False)
class Learned:
    """What came of it.

    Attributes
    ----------
    model : EnsembleModel
        Its members in the order of their numbers, with calibrated scores.
    target : ClassTarget or NumberTarget
        As the members learnt it.
    recipe : str
        The name of theirs.
    members : tuple of Member
        Uncalibrated.
    outside : array (n_rows, n_outputs) or (n_rows, 1)
        Calibrated raw scores of classes, or standardised numbers, of each row by the networks that
        have not seen it; NaN without any.
    n_outside : float
        How many networks these scores are the mean of, on average over the rows.
    n_recipes : int
        That competed.
    interrupted : bool
        Whether the time was up before all was trained.
    notes : tuple of str
        What there is to say of the networks.
    """

    model: EnsembleModel
    target: AnyTarget
    recipe: str
    members: tuple[Member, ...]
    outside: FloatArray
    n_outside: float
    n_recipes: int
    interrupted: bool
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> Rows:
        """The rows that networks have not seen."""
        return np.flatnonzero(np.isfinite(self.outside[:, 0]))


def concluded(
    rows: TrainingRows,
    chosen: Candidate,
    members: list[Member],
    n_recipes: int,
    interrupted: bool,
    notes: tuple[str, ...] = (),
) -> Learned:
    """The mean of the members, whose class probabilities are calibrated by the rows outside."""
    is_class = isinstance(chosen.target, ClassTarget)
    outside = (scores_outside if is_class else points_outside)(rows, members)
    models = [m.model for m in members]
    known = np.isfinite(outside[:, 0])
    n_outside = sum(len(m.division.validation) for m in members) / max(int(known.sum()), 1)
    if is_class:
        codes, weights = rows.targets(np.flatnonzero(known))
        T = temperature(outside if known.all() else outside[known], codes, weights)
        outside /= T
        models = [scaled_down(model, of_mean(T, n_outside, len(models))) for model in models]
    if not members[0].division.has_rows_outside:
        outside[:] = np.nan
    model = EnsembleModel(tuple(models))
    return Learned(
        model,
        chosen.target,
        chosen.name,
        tuple(members),
        outside,
        n_outside,
        n_recipes,
        interrupted,
        notes,
    )
