"""The command `train` with the table learner: trains several networks on a table and saves them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.learner_options import LearnerOptions
from rosenblatt.cli.learner_rows import LearnerRows, prepare_rows
from rosenblatt.cli.learning import LearnedTable, train_learner
from rosenblatt.cli.prediction_file import PredictionFile, holds_predictions
from rosenblatt.cli.replacing import check_replaceable, is_same_file
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.train_and_save import FEWEST_ROWS, place_for, saved_and_shown, show_encoding
from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_room, check_writable, replaced_file
from rosenblatt.support.listing import count
from rosenblatt.support.types import IntArray

__all__ = ["run_learn"]

FEWEST_UNITS = 64  # of a network's first layer
WHY_EMPTY = "those without target or weight, held out, or in the folds of no network"
WHY_NONE = "no network was trained that could predict rows: give the training more time"


def run_learn(
    source: Source,
    screen: Screen,
    *,
    target: str | None,
    weight_column: str | None,
    group_column: str | None,
    options: LearnerOptions,
    out: Path | None,
    predictions: PredictionFile | None,
    force: bool,
    begun: float,
) -> Json:
    """Train on a table and save the model, after a check that it can be saved."""
    place = place_for(source, out, force=force)
    if predictions is not None:
        check_place(predictions, source, place.path, force=force)
    besides = [weight_column, group_column]
    file = source.read(target=target, besides=besides, fewest_rows=FEWEST_ROWS)
    place.check_names(file.table.by_name, target or source.target)
    rows = prepare_rows(
        file,
        options,
        target=target or source.target,
        weight_column=weight_column,
        group_column=group_column,
        fmt=source.format,
    )
    notes = (*file.notes, *rows.notes)
    show_encoding(source, screen, place, rows.encoding, len(file.table), notes, [FEWEST_UNITS])
    if predictions is not None:
        check_room(predictions.path, predictions.least_size(rows.n_rows))
    del file  # what training needs is encoded
    learned = train_learner(
        rows,
        options,
        progress=screen.shows_progress,
        begun=begun,
        sized=lambda n: place.check_room(rows.encoding, n),
    )
    made = saved_and_shown(source, screen, place, learned.result, notes)
    if predictions is None:
        return made
    return {**made, **predictions_saved(screen, predictions, rows, learned)}


def check_place(predictions: PredictionFile, source: Source, model: Path, *, force: bool) -> None:
    """InputError if the predictions cannot be written, or would replace what is needed."""
    path = predictions.path
    if os.path.realpath(path) == os.path.realpath(model) or is_same_file(path, source.data):
        raise InputError(
            f"--save-predictions {path} is the model's file or the table: choose another name"
        )
    check_replaceable(path, holds_predictions, "predictions", force=force)
    check_writable(path)


def predictions_saved(
    screen: Screen, file: PredictionFile, rows: LearnerRows, learned: LearnedTable
) -> Json:
    """Write a prediction for each row of the table, by networks that have not seen it.

    Without any there is no file, which would look like predictions.
    """
    known = learned.known
    if not len(known):
        screen.warnings([f"{file.path} was not written: {WHY_NONE}"])
        return {"predictions": None, "rows_without_prediction": rows.n_rows}
    columns = learned.kind.columns(learned.outside[known])
    places = rows.places[known]
    with replaced_file(file.path) as out:
        file.write({name: spread(x, places, rows.n_rows) for name, x in columns.items()}, out)
    screen.saved(file.path)
    what = f"predictions of {count(len(places), 'row')} by networks that had not seen them"
    screen.say(f"wrote {file.path}: {what}")
    n_empty = rows.n_rows - len(places)
    if n_empty:
        screen.notes([f"{file.path} has no prediction in {count(n_empty, 'row')}: {WHY_EMPTY}"])
    return {"predictions": str(file.path), "rows_without_prediction": n_empty}


def spread(values: npt.NDArray[Any], places: IntArray, n_rows: int) -> npt.NDArray[Any]:
    """The values at their places among all rows, where others have none."""
    if len(values) == n_rows:
        filled = np.empty_like(values)
    elif values.dtype.kind == "f":
        filled = np.full(n_rows, np.nan, values.dtype)
    else:
        filled = np.full(n_rows, None, dtype=object)
    filled[places] = values
    return filled
