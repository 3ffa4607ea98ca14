"""Prepares a table for training: target, weights, split, encoded columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rosenblatt.cli.labelled_rows import check_weights_left, label_rows, weights_of
from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.split import split_rows
from rosenblatt.cli.tasks import EncodedRows, TaskKind, kind_of
from rosenblatt.support.types import FloatArray
from rosenblatt.table import (
    ClassTarget,
    NumberTarget,
    TableEncoding,
    TableFile,
    TableFormat,
    Task,
    learn_encoding,
)


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
    data = label_rows(
        file.table, Task(options.task), fmt, target=target, weight_column=weight_column
    )
    labelled, y, learnt = data.rows, data.y, data.formats.target
    split = split_rows(
        y if isinstance(learnt, ClassTarget) else np.zeros(len(labelled)),
        options.validation_fraction,
        options.test_fraction,
        options.seed,
    )
    encoding = learn_encoding(
        data.table,
        target=replace(data.formats, target=_scaled_on(y[split.train], learnt)),
        rows=labelled[split.train],
        reading=file.reading,
    )
    places = {"train": split.train, "validation": split.validation, "held-out": split.held_out}
    places = {name: rows for name, rows in places.items() if len(rows)}
    features = encoding.encode_parts(data.table, [labelled[rows] for rows in places.values()])
    parts = {
        name: EncodedRows(X, y[rows], weights_of(data.weights, labelled[rows]))
        for (name, rows), X in zip(places.items(), features, strict=True)
    }
    check_weights_left(parts["train"].weights, weight_column)
    return Prepared(
        encoding,
        kind_of(encoding.target),
        {name: rows for name, rows in parts.items() if rows.has_weight},
        weight_column,
        (*data.notes, *data.formats.notes, *encoding.notes),
    )


def _scaled_on(y: FloatArray, target: ClassTarget | NumberTarget) -> ClassTarget | NumberTarget:
    """The target with mean and scale of the training rows; classes remain those of all rows."""
    if isinstance(target, ClassTarget):
        return target
    return replace(target, mean=float(y.mean()), scale=float(y.std()) or target.scale)
