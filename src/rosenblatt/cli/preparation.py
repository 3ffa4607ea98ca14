"""Prepares a table for training: target, weights, split, encoded columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.split import split_rows
from rosenblatt.cli.tasks import EncodedRows, TaskKind, kind_of
from rosenblatt.errors import InputError
from rosenblatt.support.types import FloatArray
from rosenblatt.table import (
    ClassTarget,
    NumberTarget,
    TableEncoding,
    Task,
    guess_target,
    learn_encoding,
    learn_target,
)
from rosenblatt.table.names import near_names


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
    frame: pd.DataFrame,
    options: TrainingOptions,
    *,
    target: str | None = None,
    weight_column: str | None = None,
) -> Prepared:
    """Split the rows that have a target, and learn the columns from those to train on.

    Raises InputError as `learn_target` and `learn_encoding` do, and for weights that are none.
    """
    notes: list[str] = []
    weights = None
    if weight_column is not None:
        if weight_column == target:
            raise InputError(f"{target!r} cannot be target and sample weights: name another column")
        weights = weight_column_values(frame, weight_column)
        frame = frame.drop(columns=weight_column)
    if target is None:
        target, note = guess_target(frame)
        notes.append(note)
    learnt = learn_target(frame, target, Task(options.task))
    encoded = learnt.encode(frame[target])
    notes += encoded.notes
    labelled = np.flatnonzero(encoded.rows)
    split = split_rows(
        encoded.y if isinstance(learnt, ClassTarget) else np.zeros(len(labelled)),
        options.validation_fraction,
        options.test_fraction,
        options.seed,
    )
    encoding = learn_encoding(
        frame.iloc[labelled[split.train]],
        target=_scaled_on(encoded.y[split.train], learnt),
    )
    places = {"train": split.train, "validation": split.validation, "held-out": split.held_out}
    parts = {
        name: EncodedRows(
            encoding.encode(frame.iloc[labelled[rows]]).X,
            encoded.y[rows],
            None if weights is None else weights[labelled[rows]],
        )
        for name, rows in places.items()
        if len(rows)
    }
    if weights is not None and not parts["train"].has_weight:
        raise InputError(
            f"the sample weights in {weight_column!r} are 0 in every row that has a target and is "
            f"trained on; give some of them a positive weight"
        )
    return Prepared(
        encoding,
        kind_of(encoding.target),
        {name: rows for name, rows in parts.items() if rows.has_weight},
        weight_column,
        (*notes, *encoding.notes),
    )


def _scaled_on(y: FloatArray, target: ClassTarget | NumberTarget) -> ClassTarget | NumberTarget:
    """The target with mean and scale of the training rows; classes remain those of all rows."""
    if isinstance(target, ClassTarget):
        return target
    return replace(target, mean=float(y.mean()), scale=float(y.std()) or target.scale)


def weight_column_values(frame: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    """The sample weights in a column, shape (n_rows,); InputError if they are no weights."""
    names = [str(name) for name in frame.columns]
    if column not in names:
        raise InputError(
            f"the table has no column {column!r} of weights: {near_names(column, names)}"
        )
    numbers = pd.to_numeric(frame[column], errors="coerce")
    weights: npt.NDArray[np.float64] = numbers.to_numpy(np.float64, na_value=np.nan)
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"the sample weight in column {column!r}, row {first + 1}, is "
            f"{frame[column].iloc[first]!s}: every weight must be a number of 0 or more"
        )
    if not weights.any():
        raise InputError(
            f"the sample weights in column {column!r} are all 0: give some rows a positive weight"
        )
    return weights
