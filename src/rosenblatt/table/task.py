"""Determines the column to predict, and whether the task is classification or regression."""

from __future__ import annotations

from enum import Enum

import numpy as np
import pandas as pd

from rosenblatt.errors import InputError
from rosenblatt.support.types import FloatArray
from rosenblatt.table.dates import date_orders
from rosenblatt.table.messages import count, not_a, require_finite
from rosenblatt.table.names import columns_by_name, near_names
from rosenblatt.table.target import AnyTarget, ClassTarget, NumberTarget
from rosenblatt.table.values import factorise, is_numeric, to_numbers

__all__ = ["Task", "guess_target", "learn_target"]

USUAL_NAMES = ("target", "label", "class", "y")
# Whole numbers are classes if there are few of them and each stands, on average, in many rows.
MAX_NUMBER_CLASSES = 20
ROWS_PER_CLASS = 10


class Task(Enum):
    """The task: classification, regression, or the one that the target column suggests."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    REGRESSION = "regression"


def guess_target(frame: pd.DataFrame) -> tuple[str, str]:
    """(the column to predict if none was named, a note saying so).

    The one named target, label, class or y, in this order and any case; else the last column.
    """
    names = [str(name) for name in frame.columns]
    if not names:
        raise InputError("the table has no columns: it needs a target and at least one other")
    for usual in USUAL_NAMES:
        for name in names:
            if name.lower() == usual:
                return name, f"no target was named: {name!r} is taken, by its name"
    return names[-1], f"no target was named: the last column, {names[-1]!r}, is taken"


def learn_target(frame: pd.DataFrame, name: str, task: Task = Task.AUTO) -> AnyTarget:
    """The encoding of the target column, from all rows that have a target.

    Raises
    ------
    InputError
        If the column is absent, all missing, constant, infinite, of a type that cannot be
        predicted, or does not fit the task.
    """
    columns = columns_by_name(frame)
    if name not in columns:
        raise InputError(f"the table has no target column {name!r}: {near_names(name, columns)}")
    series = columns[name]
    codes, texts = factorise(series)
    n_present = int((codes >= 0).sum())
    if not texts:
        raise InputError(f"the target {name!r} is missing in every row: choose another column")
    if len(texts) == 1:
        raise InputError(
            f"the target {name!r} is {texts[0]!r} in every row, so that there is nothing to learn: "
            "choose another column, or add rows with other values"
        )
    if task is not Task.CLASSIFICATION and date_orders(series):
        raise InputError(
            f"the target {name!r} holds dates, which cannot be predicted: use a number"
        )
    x, strange = to_numbers(series)
    require_finite(series, x)
    chosen, reason = decide(series, x, bool(strange.any()), len(texts), n_present, task)
    if chosen is Task.REGRESSION:
        if strange.any():
            raise not_a(series, strange, "a number, as regression needs")
        return number_target(name, x[~np.isnan(x)], reason)
    if len(texts) > MAX_NUMBER_CLASSES and len(texts) > n_present / 2:
        raise InputError(
            f"the target {name!r} has {len(texts):,} distinct values in {n_present:,} rows, too "
            "many for classes: choose another column, or regression if these are numbers"
        )
    return class_target(series, reason)


def decide(
    series: pd.Series, x: FloatArray, has_text: bool, n_distinct: int, n_present: int, task: Task
) -> tuple[Task, str]:
    """(classification or regression, why)."""
    if task is not Task.AUTO:
        return task, f"{task.value} was asked for"
    distinct = f"{count(n_distinct, 'distinct value')} in {count(n_present, 'row')}"
    if has_text:
        return Task.CLASSIFICATION, f"text, {distinct}"
    if holds_truth(series):
        return Task.CLASSIFICATION, "true or false"
    if isinstance(series.dtype, pd.CategoricalDtype):
        return Task.CLASSIFICATION, f"categories, {distinct}"
    present = x[~np.isnan(x)]
    if not bool((present == np.floor(present)).all()):
        return Task.REGRESSION, f"numbers with decimals, {distinct}"
    few = n_distinct == 2 or n_present >= ROWS_PER_CLASS * n_distinct
    if n_distinct <= MAX_NUMBER_CLASSES and few:
        return Task.CLASSIFICATION, f"whole numbers, only {distinct}; regression can be asked for"
    return Task.REGRESSION, f"whole numbers, {distinct}"


def number_target(name: str, present: FloatArray, reason: str) -> NumberTarget:
    with np.errstate(over="ignore", invalid="ignore"):
        mean, scale = float(present.mean()), float(present.std())
    if not (np.isfinite(mean) and np.isfinite(scale) and scale > 0):
        raise InputError(
            f"the numbers of the target {name!r} differ too little or too much to be scaled: "
            "choose another column, or another unit"
        )
    return NumberTarget(name, mean, scale, reason)


def class_target(series: pd.Series, reason: str) -> ClassTarget:
    """Labels of the plainest type that holds them all: bool, int, else str."""
    codes, texts = factorise(series)
    counts = dict(zip(texts, np.bincount(codes[codes >= 0]).tolist(), strict=True))
    name = str(series.name)
    if holds_truth(series):
        return ClassTarget(name, (False, True), (counts["False"], counts["True"]), reason)
    if is_numeric(series) and all(text.lstrip("-").isdigit() for text in texts):
        numbers = tuple(sorted(int(text) for text in texts))
        return ClassTarget(name, numbers, tuple(counts[str(k)] for k in numbers), reason)
    labels = tuple(sorted(texts))
    return ClassTarget(name, labels, tuple(counts[text] for text in labels), reason)


def holds_truth(series: pd.Series) -> bool:
    """Whether the cells are stored as truth values (missing ones aside), not as words."""
    return bool(pd.api.types.infer_dtype(series, skipna=True) == "boolean")
