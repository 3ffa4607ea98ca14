"""Prepares a table for training: target, weights, split, encoded columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.split import split_rows
from rosenblatt.cli.tasks import EncodedRows, TaskKind, kind_of
from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import (
    Cells,
    ClassTarget,
    NumberTarget,
    Table,
    TableEncoding,
    TableFile,
    TableFormat,
    Task,
    guess_target,
    learn_encoding,
    recognise_table,
)
from rosenblatt.table.names import near_names
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS
from rosenblatt.table.parsing import numbers_of

SMALLEST_RATIO = 1e-37  # about the smallest float32 over 1
SMALLEST = 1e-20  # weights beside which no other is too small or too large for float32


@final
@dataclass(frozen=True)
class Prepared:
    """The encoded rows in parts: 'train' and, unless empty, 'validation' and 'held-out'."""

    encoding: TableEncoding
    kind: TaskKind
    parts: Mapping[str, EncodedRows]
    weight_column: str | None
    notes: tuple[str, ...]


def prepare(
    file: TableFile,
    options: TrainingOptions,
    *,
    target: str | None = None,
    weight_column: str | None = None,
    fmt: TableFormat | None = None,
) -> Prepared:
    """Split the rows that have a target.

    What the columns are is learnt from all of these rows, so that no seed decides it; values,
    means and categories are learnt from those to train on.

    Raises InputError as `recognise_table` and `learn_encoding` do, and for weights that are none.
    """
    fmt = fmt or TableFormat()
    table, weights, _ = columns_besides(file.table, target, weight_column)
    notes: list[str] = []
    if target is None:
        target, note = guess_target(table.without(*fmt.dropped))
        notes.append(note)
    formats = recognise_table(table, target=target, fmt=fmt, task=Task(options.task))
    learnt = formats.target
    encoded = learnt.encode(table.by_name[target])
    notes += encoded.notes
    labelled = np.flatnonzero(encoded.rows)
    split = split_rows(
        encoded.y if isinstance(learnt, ClassTarget) else np.zeros(len(labelled)),
        options.validation_fraction,
        options.test_fraction,
        options.seed,
    )
    encoding = learn_encoding(
        table,
        target=replace(formats, target=_scaled_on(encoded.y[split.train], learnt)),
        rows=labelled[split.train],
        reading=file.reading,
    )
    places = {"train": split.train, "validation": split.validation, "held-out": split.held_out}
    places = {name: rows for name, rows in places.items() if len(rows)}
    features = encoding.encode_parts(table, [labelled[rows] for rows in places.values()])
    parts = {
        name: EncodedRows(X, encoded.y[rows], weights_of(weights, labelled[rows]))
        for (name, rows), X in zip(places.items(), features, strict=True)
    }
    check_weights_left(parts["train"].weights, weight_column)
    return Prepared(
        encoding,
        kind_of(encoding.target),
        {name: rows for name, rows in parts.items() if rows.has_weight},
        weight_column,
        (*notes, *formats.notes, *encoding.notes),
    )


def _scaled_on(y: FloatArray, target: ClassTarget | NumberTarget) -> ClassTarget | NumberTarget:
    """The target with mean and scale of the training rows; classes remain those of all rows."""
    if isinstance(target, ClassTarget):
        return target
    return replace(target, mean=float(y.mean()), scale=float(y.std()) or target.scale)


def columns_besides(
    table: Table,
    target: str | None,
    weight_column: str | None,
    group_column: str | None = None,
) -> tuple[Table, Float64Array | None, Cells | None]:
    """The table without the columns that are no features, the sample weights, and the groups.

    Raises InputError where one of these columns is absent or two of them are the same, and for
    weights that are none.
    """
    uses = {"target": target, "sample weights": weight_column, "groups": group_column}
    seen: dict[str, str] = {}
    for use, column in uses.items():
        if column in seen:
            raise InputError(f"{column!r} cannot be {seen[column]} and {use}: name another column")
        if column is not None:
            seen[column] = use
    weights = None if weight_column is None else weight_column_values(table, weight_column)
    groups = None
    if group_column is not None:
        if group_column not in table.by_name:
            raise InputError(
                f"the table has no column {group_column!r} of groups:"
                f" {near_names(group_column, table.names)}"
            )
        groups = table.by_name[group_column]
    others = [name for name in (weight_column, group_column) if name is not None]
    return table.without(*others), weights, groups


def weights_of(weights: Float64Array | None, rows: IntArray) -> Float64Array | None:
    return None if weights is None else weights[rows]


def check_weights_left(weights: Float64Array | None, column: str | None) -> None:
    """InputError if no row to train on has a weight."""
    if weights is not None and not weights.any():
        raise InputError(
            f"the sample weights in {column!r} are 0 in every row that has a target and is "
            f"trained on; give some of them a positive weight"
        )


def weight_column_values(table: Table, column: str) -> npt.NDArray[np.float64]:
    """The sample weights in a column, shape (n_rows,); InputError if they are no weights."""
    if column not in table.by_name:
        raise InputError(
            f"the table has no column {column!r} of weights: {near_names(column, table.names)}"
        )
    cells = table.by_name[column]
    weights, strange = numbers_of(cells, PLAIN_NUMBERS)
    wrong = strange | ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"the sample weight in column {column!r}, {cells.row_name(first)}, is "
            f"{cells.values[first].as_py()!s}: every weight must be a number of 0 or more"
        )
    if not weights.any():
        raise InputError(
            f"the sample weights in column {column!r} are all 0: give some rows a positive weight"
        )
    # They count by their ratios, and the network's floats hold no 1e-300.
    largest = weights.max()
    if weights[weights > 0].min() / largest < SMALLEST_RATIO:
        raise InputError(
            f"the sample weights in column {column!r} reach from {weights[weights > 0].min():g} to"
            f" {largest:g}, further apart than numbers of 32 bits can be: give 0 to the rows that"
            " shall not count"
        )
    return weights if SMALLEST < largest < 1 / SMALLEST else weights / largest
