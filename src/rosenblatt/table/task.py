"""Determines the column to predict, and whether the task is classification or regression."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.finite import present_of
from rosenblatt.support.listing import option
from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.messages import count, not_a, quote, require_finite
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation
from rosenblatt.table.parsing import are_whole, numbers_of, truth_of, truth_of_text
from rosenblatt.table.table import table_of
from rosenblatt.table.target import AnyTarget, ClassTarget, NumberTarget

__all__ = ["Task", "guess_by_name", "guess_target", "learn_target"]

USUAL_NAMES = ("target", "label", "class", "y")
# Whole numbers are classes if there are few of them and each stands, on average, in many rows.
MAX_NUMBER_CLASSES = 20
ROWS_PER_CLASS = 10
LARGEST = 2**53  # beyond it some readers of JSON round
MOST_DIGITS = len(str(LARGEST))


class Task(Enum):
    """The task: classification, regression, or the one that the target column suggests."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    REGRESSION = "regression"


def guess_target(data: Any) -> tuple[str, str]:
    """(the column to predict if none was named, a note saying so).

    The one named target, label, class or y, in this order and any case; else the last column.
    """
    return guess_by_name(table_of(data).names)


def guess_by_name(names: Sequence[str]) -> tuple[str, str]:
    """The same from the names of all columns."""
    if not names:
        raise InputError("the table has no columns: it needs a target and at least one other")
    for usual in USUAL_NAMES:
        for name in names:
            if name.lower() == usual:
                return name, f"no target was named: {name!r} is taken, by its name"
    return names[-1], f"no target was named: the last column, {names[-1]!r}, is taken"


def learn_target(cells: Cells, fmt: ColumnFormat, task: Task = Task.AUTO) -> AnyTarget:
    """The encoding of the target column, from all rows that have a target.

    Parameters
    ----------
    cells : Cells
    fmt : ColumnFormat
        Of this column, recognised as a target.
    task : Task

    Raises
    ------
    InputError
        If the column is all missing, constant, infinite, of a type that cannot be predicted, or
        does not fit the task.
    """
    name = cells.name
    if fmt.kind is ColumnKind.DROP:
        raise InputError(f"the target {name!r} cannot be predicted: {fmt.reason}")
    if fmt.question:
        raise InputError(fmt.question)
    labels, counts = labels_of(cells, fmt)
    if not labels:
        raise InputError(
            f"the target {name!r} is missing in every row: choose another column{way_out(fmt)}"
        )
    if len(labels) == 1:
        raise InputError(
            f"the target {name!r} is {labels[0]!r} in every row, so that there is nothing to learn:"
            f" choose another column, or add rows with other values{way_out(fmt)}"
        )
    if fmt.kind is ColumnKind.DATE and task is not Task.CLASSIFICATION:
        raise InputError(
            f"the target {name!r} holds dates, which cannot be predicted: use a number"
        )
    x = numbers(cells, fmt)
    n_present = int(counts.sum())
    chosen, reason = decide(fmt, x, len(labels), n_present, task)
    if chosen is Task.REGRESSION:
        return number_target(cells, fmt, x, reason)
    if len(labels) > MAX_NUMBER_CLASSES and len(labels) > n_present / 2:
        raise InputError(
            f"the target {name!r} has {len(labels):,} distinct values in {n_present:,} rows, too "
            "many for classes: choose another column, or regression if these are numbers"
        )
    return class_target(labels, counts, fmt, reason, as_text=cells.is_declared_category)


def way_out(fmt: ColumnFormat) -> str:
    """The words that were taken as missing, and the option that keeps them."""
    if not fmt.missing:
        return ""
    return (
        f"; {quote(fmt.missing)} is taken as missing: if it is a value, say"
        f" {option('--keep', fmt.missing[0])}"
    )


def labels_of(cells: Cells, fmt: ColumnFormat) -> tuple[list[str], IntArray]:
    """The distinct labels as written, and how many rows have each.

    Words for true and false are labels in whatever spelling is the most frequent.
    """
    distinct = cells.distinct
    pairs = [
        (text, int(n))
        for text, n in zip(distinct.strings, distinct.counts, strict=True)
        if n and not is_missing(text, fmt)
    ]
    if fmt.kind is ColumnKind.TRUTH:
        pairs = [merged(pairs, code) for code in (0, 1)]
        pairs = [(text, n) for text, n in pairs if n]
    return [text for text, _ in pairs], np.array([n for _, n in pairs], dtype=np.int64)


def is_missing(text: str, fmt: ColumnFormat) -> bool:
    if text in fmt.missing:
        return True
    # Categories have said which markers are values; among numbers and truth values none is.
    return fmt.kind is not ColumnKind.CATEGORY and is_marker(text)


def merged(pairs: Sequence[tuple[str, int]], code: int) -> tuple[str, int]:
    alike = [(text, n) for text, n in pairs if truth_of_text(text) == code]
    if not alike:
        return "", 0
    return max(alike, key=lambda pair: pair[1])[0], sum(n for _, n in alike)


def numbers(cells: Cells, fmt: ColumnFormat) -> Float64Array | None:
    """The numbers of the column, NaN where missing; None where it holds none."""
    if fmt.kind is not ColumnKind.NUMBER:
        return None
    x, _ = numbers_of(cells, fmt.notation, fmt.missing)
    require_finite(cells, x)
    return x


def decide(
    fmt: ColumnFormat,
    x: Float64Array | None,
    n_distinct: int,
    n_present: int,
    task: Task,
) -> tuple[Task, str]:
    """(classification or regression, why)."""
    if task is not Task.AUTO:
        return task, f"{task.value} was asked for"
    distinct = f"{count(n_distinct, 'distinct value')} in {count(n_present, 'row')}"
    if fmt.kind is ColumnKind.TRUTH:
        return Task.CLASSIFICATION, "true or false"
    if x is None:
        return Task.CLASSIFICATION, f"text, {distinct}"
    notation = fmt.notation
    if not isinstance(notation, NumberNotation) or notation.unit:
        return Task.REGRESSION, f"numbers with a unit, {distinct}"
    if not are_whole(present_of(x)):
        return Task.REGRESSION, f"numbers with decimals, {distinct}"
    few = n_distinct == 2 or n_present >= ROWS_PER_CLASS * n_distinct
    if n_distinct <= MAX_NUMBER_CLASSES and few:
        return Task.CLASSIFICATION, f"whole numbers, only {distinct}; regression can be asked for"
    return Task.REGRESSION, f"whole numbers, {distinct}"


def number_target(
    cells: Cells, fmt: ColumnFormat, x: Float64Array | None, reason: str
) -> NumberTarget:
    name = fmt.name
    if x is None and fmt.kind is ColumnKind.TRUTH:
        codes = truth_of(cells, fmt.missing)
        x = np.where(codes < 0, np.nan, codes)
    if x is None:
        x, strange = numbers_of(cells, PLAIN_NUMBERS, fmt.missing)
        if not strange.any():
            raise InputError(
                f"the target {name!r} holds numbers that are taken as text, and regression needs"
                f" numbers: say {option('--column', f'{name}=number')}, or ask for classification"
            )
        raise not_a(cells, strange, "a number, as regression needs")
    present = present_of(x)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, scale = float(present.mean()), float(present.std())
    if not (np.isfinite(mean) and np.isfinite(scale) and scale > 0):
        raise InputError(
            f"the numbers of the target {name!r} differ too little or too much to be scaled: "
            "choose another column, or another unit"
        )
    notation = fmt.notation
    if notation is None or isinstance(notation, DateNotation | NumberDates):
        notation = PLAIN_NUMBERS
    return NumberTarget(name, mean, scale, reason, notation, fmt.missing, fmt.remarks)


def class_target(
    labels: list[str], counts: IntArray, fmt: ColumnFormat, reason: str, *, as_text: bool
) -> ClassTarget:
    """Labels as written; whole numbers, True and False become int and bool, which print alike."""
    of_label = dict(zip(labels, counts.tolist(), strict=True))
    classes: tuple[str, ...] | tuple[int, ...] | tuple[bool, ...] = tuple(sorted(labels))
    spellings = fmt.kind is ColumnKind.TRUTH
    if set(labels) == {"False", "True"}:
        classes, spellings = (False, True), False
    elif not as_text and all(is_whole(label) for label in labels):
        classes, spellings = tuple(sorted(int(label) for label in labels)), False
    return ClassTarget(
        fmt.name,
        classes,
        tuple(of_label[str(label)] for label in classes),
        reason,
        words=fmt.missing,
        spellings=spellings,
        remarks=fmt.remarks,
    )


def is_whole(label: str) -> bool:
    """Whether a whole number that every reader of JSON keeps would be printed as this text."""
    digits = label.removeprefix("-")
    # Python refuses to convert thousands of digits.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        return False
    return str(int(label)) == label and abs(int(label)) <= LARGEST
