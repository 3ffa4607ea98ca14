"""Scores of the training rows by networks that have not learnt from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rosenblatt.support.types import FloatArray
from rosenblatt.tabular.member import Member
from rosenblatt.tabular.rows import TrainingRows

__all__ = ["points_outside", "scores_outside"]


def points_outside(rows: TrainingRows, members: Sequence[Member]) -> FloatArray:
    """Mean predicted numbers, standardised, of each row by the same networks; shape (n_rows, 1)."""
    losses = [member.model.loss for member in members]
    return scores_outside(
        rows,
        [
            replace(member, scores=loss.point(loss.inverse_link(member.scores)))
            for member, loss in zip(members, losses, strict=True)
        ],
    )


def scores_outside(rows: TrainingRows, members: Sequence[Member]) -> FloatArray:
    """Mean raw scores of each row by the networks that did not learn from it; NaN without any."""
    n_outputs = members[0].scores.shape[1]
    # Of thousands of classes doubles would be gigabytes; numbers may be of any size.
    mean = np.zeros((len(rows), n_outputs), np.float32 if n_outputs > 1 else np.float64)
    n_of = np.zeros((len(rows), 1), np.float32)
    for member in members:
        mean[member.division.validation] += member.scores
        n_of[member.division.validation] += 1
    n_of[n_of == 0] = np.nan
    mean /= n_of
    return mean
