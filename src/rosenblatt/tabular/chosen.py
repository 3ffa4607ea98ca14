"""The decision that is best for rows that the networks have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, final

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table.decision import Decision
from rosenblatt.tabular.decisions import Aim
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.rows import TrainingRows

__all__ = ["Chosen", "OutsideRows", "chosen"]

N_PARTS = 5  # among which decisions are cross-fitted


@final
@dataclass(frozen=True, eq=False)
class OutsideRows:
    """Rows that the networks have not learnt from.

    Attributes
    ----------
    p : array (n_rows, n_classes)
        Calibrated probabilities.
    codes : int array (n_rows,)
        Their classes.
    weights : array (n_rows,), optional
    """

    p: FloatArray
    codes: IntArray
    weights: Float64Array | None

    @classmethod
    def of(cls, learned: Learned, rows: TrainingRows) -> Self | None:
        """Those of a training, if there are any."""
        known = learned.known
        if not len(known):
            return None
        p = learned.model.loss.inverse_link(learned.outside[known])
        return cls(np.hstack([1 - p, p]) if p.shape[1] == 1 else p, *rows.targets(known))

    def part(self, rows: Any) -> OutsideRows:
        weights = None if self.weights is None else self.weights[rows]
        return OutsideRows(self.p[rows], self.codes[rows], weights)


@final
@dataclass(frozen=True, eq=False)
class Chosen:
    """A decision, and what it comes to.

    Attributes
    ----------
    decision : Decision
    decided : int array (n_rows,)
        The class of each row outside by a rule that was chosen without it.
    """

    decision: Decision
    decided: IntArray

    def scores(self, rows: OutsideRows) -> dict[str, float]:
        """What the decision is for, of the rows that it was chosen by."""
        return self.decision.scores(self.decided, rows.codes, rows.weights)


def chosen(aim: Aim, rows: OutsideRows | None, labels: Sequence[Any]) -> Chosen:
    """The best decision for some rows, and the classes of these.

    A threshold is better on the rows that it was chosen by than on others: a fifth of the rows has
    the classes of the rule that the others give. Without rows of every class in question the most
    probable class stays.
    """
    n = len(labels)
    if rows is None:
        rows = OutsideRows(np.empty((0, n)), np.empty(0, np.int64), None)
    decision = decision_by(aim, rows, labels)
    decided = decision.decide(rows.p)
    parts = np.arange(len(rows.codes)) % N_PARTS
    for k in range(N_PARTS if aim.needs_rows else 0):
        others, own = rows.part(parts != k), parts == k
        rule = replace(decision_by(aim, others, labels), label=decision.label)
        decided[own] = rule.decide(rows.p[own])
    return Chosen(decision, decided)


def decision_by(aim: Aim, rows: OutsideRows, labels: Sequence[Any]) -> Decision:
    there = set(np.unique(rows.codes).tolist())
    label = aim.code(labels)
    if aim.needs_rows and (len(there) < 2 or not there >= ({label} - {None})):
        n = len(labels)
        return Decision(aim.text, (1 / n,) * n, label=label)
    return aim.decision(rows.p, rows.codes, rows.weights, labels)
