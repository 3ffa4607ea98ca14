"""The commands. Each shows its result on a screen and returns it as JSON data."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rosenblatt.checkpoints import Checkpoint
from rosenblatt.cli.json_output import Json, columns_as_json, scores_as_json
from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.prediction import evaluate, predict, write_csv, writer_for
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.train_and_save import place_for, saved_and_shown, shown_table
from rosenblatt.cli.training import train_network
from rosenblatt.errors import InputError
from rosenblatt.persistence import FORMAT_VERSION, SavedModel, Score, load_model, read_model
from rosenblatt.support.atomic import check_writable, replaced_file
from rosenblatt.support.listing import count


def run_train(
    source: Source,
    screen: Screen,
    *,
    target: str | None,
    weight_column: str | None,
    options: TrainingOptions,
    out: Path | None,
    checkpoint: Path | None = None,
    force: bool = False,
) -> Json:
    """Train on a table and save the model, after a check that it can be saved."""
    place = place_for(source, out, force=force)
    if (
        checkpoint is not None
        and Path(os.path.realpath(place.path)) in Checkpoint(checkpoint).files
    ):
        raise InputError(
            f"the model's file {place.path} is one of those of --checkpoint {checkpoint}: choose"
            " another name"
        )
    table = shown_table(source, screen, place, options, target=target, weight_column=weight_column)
    trained = train_network(
        table.prepared, options, progress=screen.shows_progress, checkpoint=checkpoint
    )
    return saved_and_shown(source, screen, place, table, trained)


def run_predict(model: Path, source: Source, screen: Screen, *, out: Path | None) -> Json:
    """Predict every row, into a file or as CSV to standard output."""
    if out is not None:
        write = writer_for(out)
        if any(given is not None and _same_file(out, given) for given in (model, source.data)):
            raise InputError(f"--out {out} is one of the files to read: choose another name")
        check_writable(out)
    saved = load_model(model)
    table = source.read(saved.encoding.text_columns)
    predictions = predict(saved, table.frame)
    notes = [*table.notes, *predictions.notes]
    screen.notes(notes)
    result: Json = {"rows": len(predictions.frame), "notes": notes}
    if out is not None:
        with replaced_file(out) as file:
            write(predictions.frame, file)
        screen.saved(out)
        screen.say(f"wrote {count(len(predictions.frame), 'prediction')} to {out}")
        return {"out": str(out), **result}
    if screen.shows_results:
        write_csv(predictions.frame, sys.stdout.buffer)
    return {**result, "predictions": predictions.frame.to_dict("records")}


def run_evaluate(model: Path, source: Source, screen: Screen) -> Json:
    """Score a model on the rows that have a target."""
    saved = load_model(model)
    table = source.read(saved.encoding.text_columns)
    evaluation = evaluate(saved, table.frame)
    notes = [*table.notes, *evaluation.notes]
    screen.say(f"{source.name}: {count(evaluation.rows, 'row')} with a target\n")
    screen.scores(
        Score("network", "these rows", metric, value) for metric, value in evaluation.scores.items()
    )
    screen.notes(notes)
    return {"rows": evaluation.rows, "scores": evaluation.scores, "notes": notes}


def run_inspect(model: Path, screen: Screen) -> Json:
    """Show the contents of a model file."""
    loaded = read_model(model)
    saved, summary = loaded.saved, loaded.saved.summary
    network = saved.model.network
    facts = {
        "network": _chain(saved),
        "loss": type(saved.model.loss).__name__,
        "parameters": network.n_parameters,
        "float_type": saved.model.parameters.dtype.name,
        "created": summary.created,
        "rosenblatt": summary.version,
        "epochs": summary.epochs,
        "stop_reason": summary.stop_reason,
        "weight_column": summary.weight_column,
        "format_version": FORMAT_VERSION,
        "sha256": loaded.checksum,
    }
    parts = {part.part: part.rows for part in summary.parts}
    options = {option.name: option.value for option in summary.options}
    columns = saved.encoding.describe()
    screen.pairs({**facts, "rows": parts, "options": options})
    screen.say()
    screen.columns(columns, in_short=False)
    screen.say()
    screen.scores(summary.scores)
    return {
        **facts,
        "rows": parts,
        "options": options,
        "target": saved.encoding.target.name,
        "columns": columns_as_json(columns),
        "scores": scores_as_json(summary.scores),
        "notes": [],
    }


def _chain(saved: SavedModel) -> str:
    """'30 → 64 ReLU → 32 ReLU → 1'."""
    network = saved.model.network
    sizes = [n_out for _, n_out in network.shapes]
    steps = [f"{n} {layer.name}" for n, layer in zip(sizes, network.layers[:-1], strict=False)]
    return " → ".join([str(network.n_inputs), *steps, str(network.n_outputs)])


def _same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
