"""The encoding of a table's columns, and of its target, as formulas of raw cells."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.export.expression import (
    Expression,
    Let,
    Variable,
    balanced_total,
    of,
    where,
)
from rosenblatt.export.trained import Trained
from rosenblatt.model import AnyModel, OutputFormat
from rosenblatt.table import ClassTarget, NumberTarget, TableEncoding
from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped, Number
from rosenblatt.table.dates import Date
from rosenblatt.table.scaling import FARTHEST, Scaling
from rosenblatt.table.target import LOG_STEPS

__all__ = ["features_of", "restored", "trained_on_table"]

LARGEST = sys.float_info.max


def trained_on_table(model: AnyModel, encoding: TableEncoding) -> Trained:
    """The network, with the labels of the table's target."""
    if not isinstance(encoding.target, ClassTarget):
        return Trained(model)
    form = OutputFormat.BOTH_CLASSES if model.n_outputs == 1 else OutputFormat.COLUMNS
    return Trained(model, form, tuple(map(str, encoding.target.classes)))


def features_of(
    column: AnyColumn, cell: Variable, let: Let, dtype: np.dtype[Any]
) -> list[Expression]:
    """The features of a column's cell: a number that may be missing, or for a category a text,
    which is empty where it is missing. They are numbers of the model's type.

    A target writes 'is_missing' of a number, 'is_empty' of a text, 'is' of two numbers or texts,
    and 'single', which rounds a number to float32 where there is such a type.
    """
    match column:
        case Dropped():
            return []
        case Category():
            return of_category(column, cell, let, dtype)
        case Boolean():
            return of_truth(column, cell)
        case Number() | Date():
            return of_number(column, cell, let, dtype)


def held(x: Expression, dtype: np.dtype[Any]) -> Expression:
    return of("single", x) if dtype == np.float32 else x


def of_number(
    column: Number | Date, cell: Variable, let: Let, dtype: np.dtype[Any]
) -> list[Expression]:
    missing = of("is_missing", cell)
    own = column.scaling_of_values
    value = let(where(missing, own.center, cell))
    features: list[Expression] = [held(scaled(own, value, let), dtype)]
    for cycle in column.cycles if isinstance(column, Date) else ():
        angle = 2 * math.pi * value / cycle.days
        for wave in ("sin", "cos"):
            features.append(held(where(missing, 0.0, of(wave, angle)), dtype))
    return [*features, where(missing, 1.0, 0.0)] if column.indicator else features


def scaled(s: Scaling, x: Expression, let: Let) -> Expression:
    z = of("max", let((x - s.center) / s.spread), -LARGEST)
    units = with_log_tails(let(of("min", z, LARGEST)), s.tail, let)
    return with_log_tails(let((units - s.mean) / s.std), s.tail, let)


def with_log_tails(z: Expression, tail: float, let: Let) -> Expression:
    """z within ±tail, growing like its logarithm beyond."""
    size = let(of("single", of("min", of("max", of("abs", z), tail), FARTHEST)))
    beyond = let(tail * (1.0 + of("ln", size / tail)))
    return where(z > tail, beyond, where(z < -tail, -beyond, z))


def of_truth(column: Boolean, cell: Variable) -> list[Expression]:
    instead = float(column.often_true and not column.indicator)
    true, false = of("is", cell, 1.0), of("is", cell, 0.0)
    value = where(true, 1.0, where(false, 0.0, instead))
    if not column.indicator:
        return [value]
    return [value, where(true, 0.0, where(false, 0.0, 1.0))]


def of_category(
    column: Category, cell: Variable, let: Let, dtype: np.dtype[Any]
) -> list[Expression]:
    def is_(text: str) -> Expression:
        return of("is", cell, text)

    def chosen(texts: Sequence[str], values: Sequence[float]) -> Expression:
        """The value of the text that the cell is; 0 where it is none of them.

        A sum of which one term at most is not 0, as conditions within each other are too deep for
        languages.
        """
        terms = [where(is_(text), value, 0.0) for text, value in zip(texts, values, strict=True)]
        return balanced_total(terms)

    if column.coded:
        n = len(column.categories)
        return [chosen(column.categories, range(1, n + 1))]
    missing = of("is_empty", cell)
    own = [let(where(is_(text), 1.0, 0.0)) for text in column.categories]
    features = list(own)
    if column.others:
        taken = balanced_total(list(own))
        features.append(where(missing, 0.0, 1.0 - taken))
    if column.indicator:
        features.append(where(missing, 1.0, 0.0))
    n = len(column.known)
    for k in range(len(column.mean_of)):
        means = [of_one[k] for of_one in column.means]
        of_missing = means[n] if column.indicator else 0.0
        mean = where(missing, of_missing, chosen(column.known, means[:n]))
        features.append(held(mean, dtype))
    return features


def restored(target: NumberTarget, value: Expression, let: Let) -> Expression:
    """A prediction of the network in the target's own units."""
    y = value * target.scale + target.mean
    if target.log:
        y = of("exp", of("floor", y * LOG_STEPS + 0.5) / LOG_STEPS)
    if target.low is not None:
        y = of("max", let(y), target.low)
    y = let(y)
    return y if target.high is None else of("min", y, target.high)
