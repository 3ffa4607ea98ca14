"""What the columns of a table for training are: features, target, weights and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table import (
    Cells,
    Table,
    TableFormat,
    TableFormats,
    Task,
    guess_target,
)
from rosenblatt.table.names import near_names
from rosenblatt.table.one_column import require_single_values
from rosenblatt.table.table_formats import RecognisedTarget, recognise_target
from rosenblatt.table.target import AnyTarget
from rosenblatt.table.weights import unit_of_weights, weights_of_cells

__all__ = ["LabelledRows", "check_weights_left", "label_rows", "weight_column_values", "weights_of"]


@final
@dataclass(frozen=True, eq=False)
class LabelledRows:
    """A table and its rows that have a target.

    Attributes
    ----------
    table : Table
        Without the columns that are no features, but with the target.
    recognised : RecognisedTarget
        Of the table.
    rows : int array (n,)
        Those with a target.
    y : array (n,)
        Class codes or numbers, of these.
    weights : array (n_rows,), optional
        Of all rows.
    groups : Cells, optional
        Of all rows.
    folds : Cells, optional
        Of all rows.
    notes : tuple of str
    """

    table: Table
    recognised: RecognisedTarget
    rows: IntArray
    y: npt.NDArray[Any]
    weights: Float64Array | None
    groups: Cells | None
    folds: Cells | None
    notes: tuple[str, ...]

    @property
    def target(self) -> AnyTarget:
        return self.recognised.target

    @property
    def formats(self) -> TableFormats:
        """Of all columns, which take the longest: for after the checks of rows and targets."""
        return self.recognised.formats


def label_rows(
    table: Table,
    task: Task,
    fmt: TableFormat | None,
    *,
    target: str | None,
    weight_column: str | None,
    group_column: str | None = None,
    fold_column: str | None = None,
) -> LabelledRows:
    """Learn the target; one that is not named is guessed.

    Raises InputError as `recognise_target` does, where one of these columns is absent or two of
    them are the same, and for weights that are none.
    """
    fmt = fmt or TableFormat()
    require_distinct(
        {
            "target": target,
            "sample weights": weight_column,
            "groups": group_column,
            "folds": fold_column,
        }
    )
    weights = None if weight_column is None else weight_column_values(table, weight_column)
    groups = None if group_column is None else names_in(table, group_column, "groups")
    folds = None if fold_column is None else names_in(table, fold_column, "folds")
    table = table.without(*filter(None, (weight_column, group_column, fold_column)))
    notes: list[str] = []
    if target is None:
        target, note = guess_target(table.without(*fmt.dropped))
        notes.append(note)
    recognised = recognise_target(table, target=target, fmt=fmt, task=task)
    encoded = recognised.target.encode(table.by_name[target])
    notes += encoded.notes
    rows = np.flatnonzero(encoded.rows)
    return LabelledRows(table, recognised, rows, encoded.y, weights, groups, folds, tuple(notes))


def require_distinct(columns: Mapping[str, str | None]) -> None:
    """InputError for a column that has two of these uses."""
    seen: dict[str, str] = {}
    for use, column in columns.items():
        if column in seen:
            raise InputError(f"{column!r} cannot be {seen[column]} and {use}: name another column")
        if column is not None:
            seen[column] = use


def names_in(table: Table, column: str, use: str) -> Cells:
    """A column of names; InputError if there is none."""
    if column not in table.by_name:
        raise InputError(
            f"the table has no column {column!r} of {use}: {near_names(column, table.names)}"
        )
    cells = table.by_name[column]
    require_single_values(cells)
    return cells


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
    weights = weights_of_cells(table.by_name[column])
    above = weights[weights > 0]
    return weights / unit_of_weights(column, above.min(initial=np.inf), above.max(initial=0))
