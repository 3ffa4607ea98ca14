"""Prepares a table for training: target, weights, split, encoded columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.labelled_rows import (
    check_weights_left,
    label_rows,
    weight_column_values,
    weights_of,
)
from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.split import RowSplit, split_rows
from rosenblatt.cli.tasks import EncodedRows, TaskKind, kind_of
from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import (
    Cells,
    ClassTarget,
    EncodedTarget,
    NumberTarget,
    Table,
    TableEncoding,
    TableFile,
    TableFormat,
    Task,
    learn_encoding,
)
from rosenblatt.table.messages import python_text


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
    labelled, y, learnt = data.rows, data.y, data.target
    split = split_rows(
        y if isinstance(learnt, ClassTarget) else np.zeros(len(labelled)),
        options.validation_fraction,
        options.test_fraction,
        options.seed,
    )
    weights = weights_of(data.weights, labelled)
    check_weights_left(weights_of(weights, split.train), weight_column)
    encoding = learn_encoding(
        data.table,
        target=replace(data.formats, target=_scaled_on(y[split.train], learnt)),
        rows=labelled[split.train],
        reading=file.reading,
    )
    features = encoding.encode_parts(
        data.table, [labelled[rows] for rows in filled(split).values()]
    )
    return in_parts(
        encoding,
        (y, weights, weight_column),
        split,
        features,
        (*data.notes, *data.formats.notes, *encoding.notes),
    )


def prepare_for(
    encoding: TableEncoding,
    dtype: npt.DTypeLike,
    table: Table,
    options: TrainingOptions,
    weight_column: str | None = None,
) -> Prepared:
    """Split the rows that have a target, for a model whose encoding is known.

    Parameters
    ----------
    encoding : TableEncoding
    dtype : float type
        Of the features.
    table : Table
    options : TrainingOptions
    weight_column : str, optional

    Raises
    ------
    InputError
        If columns are absent, targets are of other classes or no row has one, and for weights that
        are none.
    """
    target, weights = encoding.target, None
    if weight_column is not None:
        if weight_column in {line.name for line in encoding.describe()}:
            raise InputError(
                f"{weight_column!r} is a column that the model takes or predicts, and cannot be"
                " sample weights: name another column"
            )
        weights = weight_column_values(table, weight_column)
        table = table.without(weight_column)
    encoded = encoding.encode_target(table)
    if not len(encoded.y):
        raise InputError(f"no row has a known {target.name!r} to learn from: fill the column in")
    if isinstance(target, ClassTarget):
        check_classes(target, encoded, table.by_name[target.name])
    elif target.log and not (encoded.y > 0).all():
        raise InputError(
            f"the model has learnt the logarithm of {target.name!r}, and {encoded.y.min():g} has"
            " none: leave out the rows with numbers that are not above 0"
        )
    labelled = np.flatnonzero(encoded.rows)
    groups = encoded.y if isinstance(target, ClassTarget) else np.zeros(len(labelled))
    split = split_rows(groups, options.validation_fraction, options.test_fraction, options.seed)
    weights = weights_of(weights, labelled)
    check_weights_left(weights_of(weights, split.train), weight_column)
    features = encoding.encode(table, dtype)
    return in_parts(
        encoding,
        (encoded.y, weights, weight_column),
        split,
        [features.X[labelled[rows]] for rows in filled(split).values()],
        (*encoded.notes, *features.notes),
    )


def check_classes(target: ClassTarget, encoded: EncodedTarget, cells: Cells) -> None:
    """InputError for a label that is no class of the model."""
    strange = np.flatnonzero(encoded.y >= len(target.classes))
    if len(strange):
        row = int(np.flatnonzero(encoded.rows)[strange[0]])
        classes = ", ".join(map(str, target.classes))
        raise InputError(
            f"the {target.name!r} in {cells.row_name(row)} is {python_text(cells, row)}, and"
            f" the model has the classes {classes}: train another model, or leave these rows out"
        )


def filled(split: RowSplit) -> Mapping[str, IntArray]:
    """The parts that have rows, by name."""
    places = {"train": split.train, "validation": split.validation, "held-out": split.held_out}
    return {name: rows for name, rows in places.items() if len(rows)}


def in_parts(
    encoding: TableEncoding,
    labelled: tuple[npt.NDArray[Any], Float64Array | None, str | None],
    split: RowSplit,
    features: Sequence[FloatArray],
    notes: tuple[str, ...],
) -> Prepared:
    """The parts of rows with these targets, weights, and the column of the weights."""
    y, weights, weight_column = labelled
    parts = {
        name: EncodedRows(X, y[rows], None if weights is None else weights[rows])
        for (name, rows), X in zip(filled(split).items(), features, strict=True)
    }
    return Prepared(
        encoding,
        kind_of(encoding.target),
        {name: rows for name, rows in parts.items() if rows.has_weight},
        weight_column,
        notes,
    )


def _scaled_on(y: FloatArray, target: ClassTarget | NumberTarget) -> ClassTarget | NumberTarget:
    """The target with mean and scale of the training rows; classes remain those of all rows."""
    if isinstance(target, ClassTarget):
        return target
    return replace(target, mean=float(y.mean()), scale=float(y.std()) or target.scale)
