"""Predictions of a saved model for the rows of a table, and its scores on labelled rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, final

import pandas as pd

from rosenblatt.cli.preparation import weight_column_values
from rosenblatt.cli.scores import MetricScores
from rosenblatt.cli.tasks import EncodedRows, in_blocks, kind_of
from rosenblatt.cli.training import network_predictor, scores_of
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel


@final
@dataclass(frozen=True)
class Predictions:
    """A table with a row for every row of the input, in its order, and notes."""

    frame: pd.DataFrame
    notes: tuple[str, ...]


@final
@dataclass(frozen=True)
class Evaluation:
    """The scores of a model on the rows that have a target."""

    scores: MetricScores
    rows: int
    notes: tuple[str, ...]


def predict(saved: SavedModel, frame: pd.DataFrame) -> Predictions:
    """Predictions for rows with columns in any order; targets and weights are ignored."""
    encoded = saved.encoding.encode(_without_weights(saved, frame))
    kind = kind_of(saved.encoding.target)
    output = in_blocks(network_predictor(kind, saved.model), encoded.X)
    return Predictions(pd.DataFrame(kind.columns(output)), encoded.notes)


def evaluate(saved: SavedModel, frame: pd.DataFrame) -> Evaluation:
    """Scores on the rows with a target, weighted if training was and the weights are present."""
    encoding, weight_column = saved.encoding, saved.summary.weight_column
    target = encoding.encode_target(frame)
    if not len(target.y):
        raise InputError(
            f"no row has a known {encoding.target.name!r} to compare with: fill the column in, or "
            f"use `rosenblatt predict`"
        )
    notes = target.notes
    weights = None
    if weight_column is not None and weight_column in frame.columns:
        weights = weight_column_values(frame, weight_column)[target.rows]
        notes += (f"rows are weighted by {weight_column!r}, as in training",)
    encoded = encoding.encode(_without_weights(saved, frame)[target.rows])
    kind = kind_of(encoding.target)
    rows = EncodedRows(encoded.X, target.y, weights)
    scores = scores_of(kind, network_predictor(kind, saved.model), rows)
    return Evaluation(scores, len(rows.y), (*notes, *encoded.notes))


def writer_for(path: Path) -> Callable[[pd.DataFrame, IO[bytes]], None]:
    """The function that writes predictions into a file of this name; InputError if none fits."""
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise InputError(
            f"cannot write predictions to {path}: give it a name that ends with one of "
            f"{', '.join(WRITERS)}"
        )
    return WRITERS[suffix]


def write_csv(frame: pd.DataFrame, file: IO[bytes]) -> None:
    frame.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def write_tsv(frame: pd.DataFrame, file: IO[bytes]) -> None:
    frame.to_csv(file, sep="\t", index=False, lineterminator="\n", encoding="utf-8")


def write_parquet(frame: pd.DataFrame, file: IO[bytes]) -> None:
    frame.to_parquet(file, index=False)


WRITERS: Mapping[str, Callable[[pd.DataFrame, IO[bytes]], None]] = {
    ".csv": write_csv,
    ".tsv": write_tsv,
    ".parquet": write_parquet,
}


def _without_weights(saved: SavedModel, frame: pd.DataFrame) -> pd.DataFrame:
    """The table without the column of weights, which is not a feature."""
    columns = [saved.summary.weight_column] if saved.summary.weight_column else []
    return frame.drop(columns=columns, errors="ignore")
