"""Predictions of an imported network beside those of the tool that trained it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.tasks import in_blocks, kind_of, network_predictor
from rosenblatt.errors import InputError
from rosenblatt.importing import ImportedNetwork
from rosenblatt.persistence import SavedModel
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import ClassTarget, Table, TableFormat, read_table
from rosenblatt.table.cell_text import texts_of
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS
from rosenblatt.table.other_notation import numbers_in

__all__ = ["Comparison", "compared"]


@final
@dataclass(frozen=True)
class Comparison:
    """The largest difference of predictions, and where.

    Attributes
    ----------
    rows : int
        That were compared.
    column : str
        Of the tool's predictions.
    row : int
        Of the largest difference, from 1.
    theirs, ours : float or str
        What is predicted there.
    difference : float
        Of numbers; of labels how many differ.
    """

    rows: int
    column: str
    row: int
    theirs: float | str
    ours: float | str
    difference: float

    @property
    def words(self) -> str:
        if isinstance(self.theirs, str):
            differ = count(int(self.difference), "label")
            if not self.difference:
                return f"all labels of {count(self.rows, 'row')} are the tool's"
            return (
                f"{differ} of {count(self.rows, 'row')} differ from the tool's, first in row"
                f" {self.row}: {self.theirs} there, {self.ours} here"
            )
        return (
            f"largest difference from the tool's predictions of {count(self.rows, 'row')}:"
            f" {self.difference:.3g}, in row {self.row} of column {self.column!r}:"
            f" {self.theirs:.17g} there, {self.ours:.17g} here"
        )

    def as_json(self) -> Json:
        return {
            "rows": self.rows,
            "column": self.column,
            "row": self.row,
            "theirs": self.theirs,
            "ours": self.ours,
            "difference": self.difference,
        }


def compared(
    saved: SavedModel,
    imported: ImportedNetwork,
    check: Path,
    data: Path | None,
    fmt: TableFormat | None,
) -> Comparison:
    """Compare predictions with those in a table.

    The table has the inputs by name, or in order where the network has no names for them, and
    behind them the predictions: a number, a label, or a column for each class. Or it has the
    predictions alone, for the rows of `data`.

    Raises
    ------
    InputError
        If the columns of the table are neither.
    """
    theirs = read_table(check, fmt, as_text=saved.encoding.text_columns).table
    inputs, predictions = parted(theirs, imported, check, data, fmt, saved)
    encoded = saved.encoding.encode(inputs, saved.model.dtype)
    kind = kind_of(saved.encoding.target)
    output = in_blocks(network_predictor(kind, saved.model), encoded.X)
    target = saved.encoding.target
    if isinstance(target, ClassTarget):
        return of_classes(target, predictions, output, check)
    if len(predictions.names) != 1:
        raise InputError(
            f"{check} has {count(len(predictions.names), 'column')} beside the inputs, and one with"
            " the tool's predictions is needed"
        )
    return of_numbers(predictions, output[:, None])


def parted(
    theirs: Table,
    imported: ImportedNetwork,
    check: Path,
    data: Path | None,
    fmt: TableFormat | None,
    saved: SavedModel,
) -> tuple[Table, Table]:
    """The inputs, and the tool's predictions."""
    names = imported.names
    if set(names) <= set(theirs.names):
        return theirs, theirs.without(*names)
    if not imported.has_names and len(theirs.names) > len(names):
        columns = theirs.columns[: len(names)]
        renamed = {name: cells.values for name, cells in zip(names, columns, strict=True)}
        return table_of_columns(renamed), theirs.without(*(cells.name for cells in columns))
    if data is None:
        absent = [name for name in names if name not in theirs.names]
        raise InputError(
            f"{check} lacks the input {absent[0]!r}: give the table of its rows by --data, or a"
            " file with inputs and predictions"
        )
    inputs = read_table(data, fmt, as_text=saved.encoding.text_columns).table
    if len(inputs) != len(theirs):
        raise InputError(
            f"{check} has {count(len(theirs), 'row')}, and {data} has {count(len(inputs), 'row')}:"
            " predictions belong to these rows, one each"
        )
    return inputs, theirs


def table_of_columns(columns: dict[str, Any]) -> Table:
    from rosenblatt.table import table_of

    return table_of(columns)


def numbers_of(predictions: Table, name: str) -> Float64Array:
    numbers, _ = numbers_in(predictions.by_name[name], PLAIN_NUMBERS, ())
    return numbers


def of_numbers(predictions: Table, output: FloatArray) -> Comparison:
    theirs = np.column_stack([numbers_of(predictions, name) for name in predictions.names])
    difference = np.abs(theirs - output)
    worst = int(np.nanargmax(difference))
    row, column = divmod(worst, output.shape[1])
    return Comparison(
        len(output),
        predictions.names[column],
        row + 1,
        float(theirs[row, column]),
        float(output[row, column]),
        float(difference[row, column]),
    )


def of_classes(
    target: ClassTarget, predictions: Table, output: FloatArray, check: Path
) -> Comparison:
    labels = [str(label) for label in target.classes]
    for names in (labels, [f"probability_{label}" for label in labels]):
        if set(names) <= set(predictions.names):
            others = [name for name in predictions.names if name not in names]
            in_order = predictions.without(*others)
            place = [names.index(name) for name in in_order.names]
            return of_numbers(in_order, output[:, place])
    if len(predictions.names) != 1:
        raise InputError(
            f"{check} has no column for each of the classes {', '.join(labels)}, nor a single one"
            " of labels"
        )
    (name,) = predictions.names
    texts: npt.NDArray[Any] = np.array(texts_of(predictions.by_name[name].values).to_pylist())
    if len(labels) == 2 and not set(texts) <= set(labels):
        return of_numbers(predictions, output[:, 1:])
    ours = np.array(labels)[target.decide(output)]
    differs = np.flatnonzero(texts != ours)
    first = int(differs[0]) if len(differs) else 0
    return Comparison(len(ours), name, first + 1, str(texts[first]), str(ours[first]), len(differs))
