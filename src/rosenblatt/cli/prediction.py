"""Predictions of a saved model for the rows of a table, and its scores on labelled rows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import IO, Any, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.cli.covered import covered_columns, quantile_columns
from rosenblatt.cli.labelled_rows import weight_column_values
from rosenblatt.cli.prediction_file import Columns, write_csv
from rosenblatt.cli.scores import MetricScores
from rosenblatt.cli.shifted import shift_notes, shift_of
from rosenblatt.cli.tasks import (
    EncodedRows,
    RowPredictor,
    in_blocks,
    kind_of,
    network_predictor,
)
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel
from rosenblatt.support.overflow import count_not_finite
from rosenblatt.support.types import FloatArray
from rosenblatt.table import Table
from rosenblatt.table.cell_text import texts_of
from rosenblatt.table.messages import count
from rosenblatt.table.names import require_columns
from rosenblatt.table.one_column import require_single_values
from rosenblatt.table.scaling import TAIL
from rosenblatt.uncertainty import Shift


@final
@dataclass(frozen=True)
class Predictions:
    """Columns with a value for every row of the input, in its order, and notes."""

    columns: Columns
    notes: tuple[str, ...]
    shift: Shift | None = None

    @property
    def n_rows(self) -> int:
        return len(next(iter(self.columns.values())))

    def beside(self, columns: Columns) -> Predictions:
        """The same with further columns; InputError for names that are taken."""
        for name in columns:
            if name in self.columns:
                raise InputError(
                    f"--keep-column {name}: the predictions have a column of this name, and a file"
                    " has each name once"
                )
        return replace(self, columns={**self.columns, **columns})

    def write_csv(self, file: IO[bytes]) -> None:
        write_csv(self.columns, file)

    def records(self) -> list[dict[str, Any]]:
        """The rows as JSON data."""
        values = (column.tolist() for column in self.columns.values())
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*values, strict=True)]


@final
@dataclass(frozen=True)
class Evaluation:
    """The scores of a model on the rows that have a target."""

    scores: MetricScores
    rows: int
    notes: tuple[str, ...]


def predict(
    saved: SavedModel,
    table: Table,
    coverage: float | None = None,
    *,
    quantiles: Sequence[float] = (),
    warns: bool = False,
) -> Predictions:
    """Predictions for rows with columns in any order; targets and weights are ignored.

    Parameters
    ----------
    saved : SavedModel
    table : Table
    coverage : float, optional
        Of intervals or sets beside the predictions.
    quantiles : sequence of float
        Levels of quantiles beside them.
    warns : bool
        Whether rows unlike those of the training are noted.
    """
    encoded = saved.encoding.encode(_without_weights(saved, table), saved.model.dtype)
    columns, numbers = _answers(saved, encoded.X, coverage, quantiles)
    predictor = network_predictor(kind_of(saved.encoding.target), saved.model)
    notes = (*encoded.notes, *overflow_notes(predictor, encoded.X, numbers))
    if not warns:
        return Predictions(columns, notes)
    shift = shift_of(saved, encoded.X)
    return Predictions(columns, (*notes, *shift_notes(shift)), shift)


def check_answers(
    saved: SavedModel,
    coverage: float | None,
    *,
    quantiles: Sequence[float],
    warns: bool,
    keep: Sequence[str],
) -> None:
    """InputError for what the model cannot say, asked of one row before the table is read."""
    X = np.zeros((1, saved.encoding.n_features), saved.model.dtype)
    columns, _ = _answers(saved, X, coverage, quantiles)
    Predictions(columns, ()).beside(dict.fromkeys(keep, np.zeros(1)))
    if warns:
        shift_of(saved, X)


def _answers(
    saved: SavedModel, X: FloatArray, coverage: float | None, quantiles: Sequence[float]
) -> tuple[Columns, FloatArray]:
    """(The columns of predictions, and all numbers in them) of encoded rows."""
    kind = kind_of(saved.encoding.target)
    output = in_blocks(network_predictor(kind, saved.model), X)
    columns = dict(kind.columns(output))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # notes count what is not finite
        if coverage is not None:
            columns |= covered_columns(saved, X, coverage)
        of_levels = quantile_columns(saved, X, quantiles)
    columns |= of_levels
    return columns, np.column_stack([output.reshape(len(output), -1), *of_levels.values()])


def kept_columns(table: Table, names: Sequence[str]) -> Columns:
    """Columns as they stand in the table: numbers as such, all else as it is written."""
    require_columns(names, table.names)
    for name in names:
        require_single_values(table.by_name[name])
    return {name: values_of(table.by_name[name].values) for name in names}


def values_of(values: pa.ChunkedArray) -> npt.NDArray[Any]:
    plain = pa.types.is_floating(values.type) or pa.types.is_integer(values.type)
    if plain and not values.null_count:
        return values.to_numpy()
    return np.array(texts_of(values).to_pylist(), dtype=object)


def overflow_notes(predictor: RowPredictor, X: FloatArray, output: FloatArray) -> tuple[str, ...]:
    """A note on predictions that are not finite: of rows far from the training's, or of any."""
    n_bad = count_not_finite(output)
    if not n_bad:
        return ()
    bad = ~np.isfinite(output.reshape(len(output), -1)).all(axis=1)
    far = (np.abs(X[bad]) > TAIL).any(axis=1)
    average = predictor(np.zeros((1, X.shape[1]), X.dtype))
    if far.all() and np.isfinite(average).all():
        why = (
            "its numbers are so far from those of the training that the network's are too large for"
            " its float type"
        )
    else:
        why = (
            "the model's own numbers are so large that ordinary rows lead beyond its float type:"
            " train it again"
        )
    return (f"the prediction of {count(n_bad, 'row')} is not finite: {why}",)


def evaluate(saved: SavedModel, table: Table) -> Evaluation:
    """Scores on the rows with a target, weighted if training was and the weights are present."""
    encoding, weight_column = saved.encoding, saved.summary.weight_column
    target = encoding.encode_target(table)
    if not len(target.y):
        raise InputError(
            f"no row has a known {encoding.target.name!r} to compare with: fill the column in, or "
            f"use `rosenblatt predict`"
        )
    notes = target.notes
    weights = None
    if weight_column is not None and weight_column in table.by_name:
        weights = weight_column_values(table, weight_column)[target.rows]
        notes += (f"rows are weighted by {weight_column!r}, as in training",)
    labelled = np.flatnonzero(target.rows)
    encoded = encoding.encode(_without_weights(saved, table).take(labelled), saved.model.dtype)
    kind = kind_of(encoding.target)
    rows = EncodedRows(encoded.X, target.y, weights)
    predictor = network_predictor(kind, saved.model)
    output = in_blocks(predictor, rows.X)
    with np.errstate(over="ignore", invalid="ignore"):  # of those in a note
        scores = kind.scores(rows.y, rows.weights, output)
    notes = (*notes, *encoded.notes, *overflow_notes(predictor, rows.X, output))
    return Evaluation(scores, len(rows.y), notes)


def _without_weights(saved: SavedModel, table: Table) -> Table:
    """The table without the column of weights, which is not a feature."""
    column = saved.summary.weight_column
    return table if column is None else table.without(column)
