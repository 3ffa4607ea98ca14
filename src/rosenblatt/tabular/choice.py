"""The choice between recipes, by what a few networks of each miss of rows they have not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.problem import Rows
from rosenblatt.support.types import Float64Array
from rosenblatt.tabular.candidates import Candidate
from rosenblatt.tabular.member import Member
from rosenblatt.tabular.objective import Errors
from rosenblatt.tabular.rows import TrainingRows

__all__ = ["FEWEST_PILOTS", "best_of", "pilots_of"]

# Networks by which recipes are compared: this share of all, and as many at least.
PILOT_SHARE, FEWEST_PILOTS = 1 / 6, 2


def pilots_of(n_members: int) -> int:
    """How many networks recipes are compared by."""
    return min(max(round(PILOT_SHARE * n_members), FEWEST_PILOTS), n_members)


def best_of(
    candidates: Sequence[Candidate], trained: Sequence[list[Member]], rows: TrainingRows
) -> tuple[Candidate, list[Member]] | None:
    """The candidate whose networks do best on rows that they have not seen, of those with most."""
    most = max(map(len, trained))
    if not most:
        return None
    complete = [
        (candidate, members)
        for candidate, members in zip(candidates, trained, strict=True)
        if len(members) == most
    ]
    best, least = complete[0], errors_of(*complete[0], rows)
    for challenger in complete[1:]:
        errors = errors_of(*challenger, rows)
        if errors.are_less_than(least, weights_of(challenger[1], rows)):
            best, least = challenger, errors
    return best


def errors_of(candidate: Candidate, members: Sequence[Member], rows: TrainingRows) -> Errors:
    """Those of the rows that the candidate's networks have not seen."""
    y, weights = rows.targets(outside_of(members))
    scores = np.concatenate([m.scores for m in members])
    return candidate.objective.errors(scores, y, weights)


def weights_of(members: Sequence[Member], rows: TrainingRows) -> Float64Array | None:
    return rows.targets(outside_of(members))[1]


def outside_of(members: Sequence[Member]) -> Rows:
    return np.concatenate([m.division.validation for m in members])
