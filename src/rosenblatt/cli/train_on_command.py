"""The command `train --from MODEL`: goes on training a model on a table and saves it."""

from __future__ import annotations

from pathlib import Path

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.preparation import prepare_for
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.start_model import start_model
from rosenblatt.cli.train_and_save import saved_and_shown, show_encoding
from rosenblatt.cli.training import train_network
from rosenblatt.cli.training_request import TrainingRequest

__all__ = ["run_train_on"]


def run_train_on(model: Path, source: Source, screen: Screen, asked: TrainingRequest) -> Json:
    """Train the network of a model file on, with its columns and its target, and save it."""
    place, options = asked.place(source), asked.options
    start = start_model(model, asked.target, source.format)
    file = source.read(start.saved.encoding)
    prepared = prepare_for(
        start.saved.encoding, start.model.dtype, file.table, options, asked.weight_column
    )
    begun, prepared, standardised = start.standardised(prepared)
    notes = (*file.notes, *prepared.notes, *start.notes, *standardised)
    n_units = begun.n_parameters // (begun.n_inputs + 1)
    show_encoding(source, screen, place, prepared.encoding, len(file.table), notes, [n_units])
    trained = train_network(
        prepared, options, progress=screen.shows_progress, checkpoint=asked.checkpoint, start=begun
    )
    return saved_and_shown(source, screen, place, trained, notes)
