"""The commands that read a model. Each shows its result and returns it as JSON data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rosenblatt.cli.json_output import Json, columns_as_json, scores_as_json
from rosenblatt.cli.prediction import check_answers, evaluate, kept_columns, predict
from rosenblatt.cli.prediction_file import PredictionFile, holds_predictions
from rosenblatt.cli.replacing import check_not_read, check_replaceable
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.streams import results
from rosenblatt.model import AnyModel
from rosenblatt.network import Network
from rosenblatt.persistence import Score, load_model, read_model
from rosenblatt.support.atomic import check_room, check_writable, replaced_file
from rosenblatt.support.listing import count, some_of
from rosenblatt.table import for_rows
from rosenblatt.table.columns_file import columns_text


def run_predict(
    model: Path,
    source: Source,
    screen: Screen,
    *,
    out: PredictionFile | None,
    keep: Sequence[str] = (),
    coverage: float | None = None,
    quantiles: Sequence[float] = (),
    warns: bool = False,
    force: bool = False,
) -> Json:
    """Predict every row, into a file or as CSV to standard output, beside columns to keep.

    With a coverage also an interval for each number, or a set of classes, and with levels their
    quantiles; with `warns` a note if the rows are unlike those of the training.

    A file that holds something else than predictions is replaced by `force` alone.
    """
    if out is not None:
        check_not_read("--out", out.path, (model, source.data))
        check_replaceable(out.path, holds_predictions, "predictions", force=force)
        check_writable(out.path)
    saved = load_model(model)
    check_answers(saved, coverage, quantiles=quantiles, warns=warns, keep=keep)
    saved = replace(saved, encoding=for_rows(saved.encoding, source.format))
    table = source.read(saved.encoding, kept=keep)
    if out is not None:
        check_room(out.path, out.least_size(len(table.table)))
    kept = kept_columns(table.table, keep)
    predictions = predict(saved, table.table, coverage, quantiles=quantiles, warns=warns)
    predictions = predictions.beside(kept)
    notes = [*table.notes, *predictions.notes]
    screen.notes(notes)
    result: Json = {"rows": predictions.n_rows, "notes": notes}
    if predictions.shift is not None:
        result["shift"] = predictions.shift.as_dict()
    if out is not None:
        with replaced_file(out.path) as file:
            out.write(predictions.columns, file)
        screen.saved(out.path)
        screen.say(f"wrote {count(predictions.n_rows, 'prediction')} to {out.path}")
        return {"out": str(out.path), **result}
    if screen.shows_results:
        predictions.write_csv(results())
        return result
    return {**result, "predictions": predictions.records()}


def run_evaluate(model: Path, source: Source, screen: Screen) -> Json:
    """Score a model on the rows that have a target."""
    saved = load_model(model)
    saved = replace(saved, encoding=for_rows(saved.encoding, source.format))
    table = source.read(saved.encoding)
    evaluation = evaluate(saved, table.table)
    notes = [*table.notes, *evaluation.notes]
    screen.say(f"{source.name}: {count(evaluation.rows, 'row')} with a target\n")
    screen.scores(
        Score("network", "these rows", metric, value) for metric, value in evaluation.scores.items()
    )
    screen.notes(notes)
    return {"rows": evaluation.rows, "scores": evaluation.scores, "notes": notes}


def run_inspect(model: Path, screen: Screen, *, as_columns: bool = False) -> Json:
    """Show the contents of a model file, or its columns as a file of kinds."""
    loaded = read_model(model)
    if as_columns:
        kinds = columns_text(loaded.saved.encoding.kinds)
        screen.raw(kinds)
        return {"columns": kinds}
    saved, summary = loaded.saved, loaded.saved.summary
    facts = {
        "network": _networks(saved.model),
        "loss": type(saved.model.loss).__name__,
        "parameters": saved.model.n_parameters,
        "float_type": saved.model.dtype.name,
        "created": summary.created,
        "rosenblatt": summary.version,
        "epochs": summary.epochs,
        "stop_reason": summary.stop_reason,
        "weight_column": summary.weight_column,
        "table": None if saved.encoding.reading is None else saved.encoding.reading.describe(),
        "format_version": loaded.format_version,
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
        "networks": len(saved.model.members),
        "rows": parts,
        "options": options,
        "target": saved.encoding.target.name,
        "columns": columns_as_json(columns),
        "scores": scores_as_json(summary.scores),
        "notes": [],
    }


def _networks(model: AnyModel) -> str:
    """'30 → 64 ReLU → 32 ReLU → 1', or '8 networks 30 → 64 ReLU → 1', or some of each."""
    chains = Counter(_chain(member.network) for member in model.members)
    if len(model.members) == 1:
        return next(iter(chains))
    return some_of([f"{count(n, 'network')} {chain}" for chain, n in chains.items()], ", ")


def _chain(network: Network) -> str:
    sizes = [n_out for _, n_out in network.shapes]
    steps = [f"{n} {layer.name}" for n, layer in zip(sizes, network.layers[:-1], strict=False)]
    return " → ".join([str(network.n_inputs), *steps, str(network.n_outputs)])
