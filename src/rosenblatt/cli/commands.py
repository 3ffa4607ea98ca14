"""The four commands. Each shows its result on a screen and returns it as JSON data."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.prediction import evaluate, predict, write_csv, writer_for
from rosenblatt.cli.preparation import prepare
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.training import train_network
from rosenblatt.errors import InputError
from rosenblatt.persistence import (
    FORMAT_VERSION,
    SavedModel,
    Score,
    check_writable,
    is_model_file,
    load_model,
    read_model,
    replaced_file,
    save_model,
)
from rosenblatt.table import ColumnLine
from rosenblatt.table.wording import count

Json = dict[str, Any]


def run_train(
    source: Source,
    screen: Screen,
    *,
    target: str | None,
    weight_column: str | None,
    options: TrainingOptions,
    out: Path | None,
) -> Json:
    """Train on a table and save the model; whether it can be saved is tried first."""
    path = out or Path(f"{source.stem}.safetensors")
    replaced = path.exists()
    if replaced and not is_model_file(path):
        raise InputError(
            f"{path} exists and is not a model that rosenblatt wrote: remove it or choose another "
            f"--out"
        )
    check_writable(path)
    table = source.read()
    notes = list(table.notes)
    n_rows = len(table.frame)
    prepared = prepare(
        table.frame, options, target=target or source.target, weight_column=weight_column
    )
    del table  # the arrays are made: its memory is free for the training
    notes += prepared.notes
    columns = prepared.encoding.describe()
    size = f"{count(n_rows, 'row')}, {count(len(columns) - 1, 'column')} and the target"
    screen.say(f"{source.name}: {size}\n")
    screen.columns(columns, in_short=True)
    screen.notes(notes)
    trained = train_network(prepared, options, progress=screen.shows_progress)
    save_model(path, trained.saved)
    screen.saved(path)
    later_notes = list(trained.notes)
    if replaced:
        later_notes.append(f"{path} held an older model, which the new one has replaced")
    summary = trained.saved.summary
    following = _next_command(source, path)
    screen.say()
    screen.scores(summary.scores)
    screen.notes(later_notes)
    screen.say(
        f"\n{count(summary.epochs, 'epoch')} in {trained.seconds:.1f} s; stopped, because "
        f"{summary.stop_reason}"
    )
    screen.say(f"saved {path}")
    screen.say(f"next: {following}", "bold")
    return {
        "model": str(path),
        "task": prepared.kind.name,
        "target": prepared.encoding.target.name,
        "columns": _columns(columns),
        "rows": {part.part: part.rows for part in summary.parts},
        "scores": _nested(summary.scores),
        "epochs": summary.epochs,
        "stop_reason": summary.stop_reason,
        "seconds": trained.seconds,
        "next": following,
        "notes": [*notes, *later_notes],
    }


def run_predict(model: Path, source: Source, screen: Screen, *, out: Path | None) -> Json:
    """Predict every row; into a file, or as CSV to standard output where a person asked for it."""
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
    """Show what a model file holds."""
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
        "columns": _columns(columns),
        "scores": _nested(summary.scores),
        "notes": [],
    }


def _chain(saved: SavedModel) -> str:
    """'30 → 64 ReLU → 32 ReLU → 1'."""
    network = saved.model.network
    *hidden, last = network.layers
    steps = [f"{layer.n_outputs} {type(layer.activation).__name__}" for layer in hidden]
    return " → ".join([str(network.n_inputs), *steps, str(last.n_outputs)])


def _next_command(source: Source, model: Path) -> str:
    out = shlex.quote(f"{source.stem}.predictions.csv")
    return f"rosenblatt predict {shlex.quote(str(model))} {source.arguments} --out {out}"


def _same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _columns(lines: Iterable[ColumnLine]) -> list[Json]:
    return [
        {
            "name": line.name,
            "taken_for": line.kind,
            "detail": line.detail,
            "features": line.n_features,
        }
        for line in lines
    ]


def _nested(scores: Iterable[Score]) -> Json:
    """model → part → metric → value."""
    nested: dict[str, dict[str, dict[str, float | None]]] = {}
    for score in scores:
        nested.setdefault(score.model, {}).setdefault(score.part, {})[score.metric] = score.value
    return nested
