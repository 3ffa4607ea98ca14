"""The linear and the trivial model, scored on rows that the linear one has not learnt from.

The trivial one is a constant of all rows. Both take a small share of what the networks took: as
many folds, iterations and rows as this allows, counted in multiplications, so that the same
training gives the same scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.cli.scores import MetricScores
from rosenblatt.cli.tasks import EncodedRows, RowPredictor, TaskKind, in_blocks
from rosenblatt.support.types import FloatArray
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.plan import operations_of
from rosenblatt.tabular.rows import Division, TrainingRows

__all__ = ["Comparison", "compared", "work_of"]

# Of the networks' operations: a linear model's wait for memory, and are so many times as slow.
SHARE = 0.1 / 20
USUAL_ITERATIONS = 5  # times the fewest, before another fold is worth more
FEWEST_ROWS = 1000


@final
@dataclass(frozen=True)
class Comparison:
    """Scores by model ('linear', 'trivial'): of rows outside, and of those held out, if any."""

    outside: dict[str, MetricScores]
    held_out: dict[str, MetricScores]


def work_of(learned: Learned) -> float:
    """Multiplications that the linear models may take."""
    operations = sum(
        len(m.notes) * operations_of(m.model.network, len(m.division.train))
        for m in learned.members
    )
    return SHARE * operations


def compared(
    kind: TaskKind,
    rows: TrainingRows,
    divisions: Sequence[Division],
    held_out: EncodedRows | None,
    work: float,
    n_jobs: int | None,
) -> Comparison:
    """Fit the linear model to the rows of some divisions, and score both models on the others.

    Parameters
    ----------
    kind : TaskKind
    rows : TrainingRows
    divisions : sequence of Division
    held_out : EncodedRows, optional
        Scored by the models of the first division.
    work : float
        Multiplications that are allowed; one division is fitted to in any case.
    n_jobs : int, optional
    """
    of_row = kind.linear_work(rows.X.shape[1])
    fold = of_row * len(divisions[0].train)
    n_folds = max(1, int(work / (USUAL_ITERATIONS * fold)))
    used = list(disjoint(divisions))[:n_folds]
    most_rows = max(int(work / of_row), FEWEST_ROWS)
    trivial = kind.trivial(EncodedRows(rows.X, rows.y, rows.weights))
    outputs: dict[str, list[FloatArray]] = {"linear": [], "trivial": []}
    of_held_out: dict[str, MetricScores] = {}
    for division in used:
        of_division = rows.within(division)
        fitted = EncodedRows(*of_division.part(sampled(division.train, most_rows)))
        linear, _ = kind.linear(fitted, n_jobs, work / len(used))
        models: dict[str, RowPredictor] = {"linear": linear, "trivial": trivial}
        X_outside = of_division.X[division.validation]
        for name, predictor in models.items():
            outputs[name].append(in_blocks(predictor, X_outside))
            if held_out is not None and name not in of_held_out:
                output = in_blocks(predictor, held_out.X)
                of_held_out[name] = kind.scores(held_out.y, held_out.weights, output)
    outside = np.concatenate([division.validation for division in used])
    weights = None if rows.weights is None else rows.weights[outside]
    return Comparison(
        {
            name: kind.scores(rows.y[outside], weights, np.concatenate(parts))
            for name, parts in outputs.items()
        },
        of_held_out,
    )


def disjoint(divisions: Sequence[Division]) -> Iterator[Division]:
    """The divisions up to the first one that has rows outside which an earlier one has."""
    seen: set[int] = set()
    for division in divisions:
        first = int(division.validation[0])
        if first in seen:
            return
        seen.update(division.validation.tolist())
        yield division


def sampled(rows: np.ndarray, most: int) -> np.ndarray:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
