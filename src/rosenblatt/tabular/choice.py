"""The choice between recipes, by what a few networks of each miss of rows they have not seen.

They leave out the same rows, so that their mean is compared: it is what large networks gain from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.tabular.candidates import Candidate
from rosenblatt.tabular.member import Member
from rosenblatt.tabular.outside import scores_outside
from rosenblatt.tabular.rows import Division, TrainingRows

__all__ = ["FEWEST_PILOTS", "best_of", "pilots_of", "with_pilots"]

# Networks by which recipes are compared: this share of all, and as many at least.
PILOT_SHARE, FEWEST_PILOTS = 1 / 6, 2
MOST_OUTSIDE = 0.4  # of the rows, that pilots may leave out


def pilots_of(n_members: int) -> int:
    """How many networks recipes are compared by."""
    return min(max(round(PILOT_SHARE * n_members), FEWEST_PILOTS), n_members)


def with_pilots(divisions: Sequence[Division], n_pilots: int) -> tuple[Division, ...]:
    """The divisions; the pilots' leave out what the first two do, if that is not too much."""
    first, second = divisions[0], divisions[min(1, len(divisions) - 1)]
    outside = np.union1d(first.validation, second.validation)
    inside = np.intersect1d(first.train, second.train)
    if n_pilots < 2 or len(outside) > MOST_OUTSIDE * (len(outside) + len(inside)):
        return tuple(divisions)
    return (Division(inside, outside),) * n_pilots + tuple(divisions[n_pilots:])


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
    if len(complete) == 1:
        return complete[0]
    means = [scores_outside(rows, members) for _, members in complete]
    known = np.flatnonzero(np.isfinite(means[0]).all(axis=1))  # the rows that they leave out
    y, weights = rows.targets(known)
    errors = [
        candidate.objective.errors(mean[known], y, weights)
        for (candidate, _), mean in zip(complete, means, strict=True)
    ]
    best = 0
    for challenger in range(1, len(complete)):
        if errors[challenger].are_less_than(errors[best], weights):
            best = challenger
    return complete[best]
