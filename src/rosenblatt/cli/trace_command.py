"""The command `trace`: one row's way through a network, number by number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.recorded_training import RecordedTraining
from rosenblatt.cli.replacing import check_not_read, check_replaceable, holds
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel, load_model
from rosenblatt.support.atomic import check_writable, replaced_file
from rosenblatt.support.listing import count
from rosenblatt.support.wording import is_english
from rosenblatt.table import Table, for_rows
from rosenblatt.table.messages import python_text
from rosenblatt.table.target import NumberTarget
from rosenblatt.tracing import SampleTrace, model_trace, traceable
from rosenblatt.tracing.html import page


@final
@dataclass(frozen=True)
class Shown:
    """How a trace is shown: so many units of each layer, as LaTeX, into a file."""

    most: int
    as_latex: bool
    html: Path | None
    force: bool


def run_trace(
    model: Path,
    source: Source,
    screen: Screen,
    *,
    row: int,
    learning_rate: float | None,
    shown: Shown,
) -> Json:
    """Show the trace of one row that has a target, after the inputs that its cells became."""
    path = shown.html
    if path is not None and shown.as_latex:
        raise InputError("--html writes HTML and --latex prints LaTeX: give one of them")
    if path is not None:
        check_not_read("--html", path, (model, source.data))
        check_replaceable(path, is_trace, "trace", force=shown.force)
        check_writable(path)
    saved = load_model(model)
    traceable(saved.model)
    saved = replace(saved, encoding=for_rows(saved.encoding, source.format))
    read = source.read(saved.encoding)
    if row > len(read.table):
        raise InputError(f"--row {row}: the table has {count(len(read.table), 'row')}")
    one = read.table.take(np.array([row - 1]))
    trace, notes = traced(saved, one, row, learning_rate)
    cells = cells_of(saved, one)
    language = "en" if is_english() else "zh"
    if path is not None:
        whole = page(trace.to_html(language, shown.most), f"{source.name}, {row}", language)
        with replaced_file(path) as file:
            file.write(whole.encode())
        screen.saved(path)
        screen.say(f"wrote {path}")
    elif shown.as_latex:
        screen.raw(trace.to_latex(language, shown.most) + "\n")
    elif screen.shows_results:
        show(trace, saved, cells, screen, language, shown.most)
    all_notes = [*read.notes, *notes]
    screen.notes(all_notes)
    inputs = dict(zip(saved.encoding.feature_names, trace.x.tolist(), strict=True))
    return {"row": row, "cells": cells, "inputs": inputs, **trace.as_dict(), "notes": all_notes}


def is_trace(path: Path) -> bool:
    return holds(path, b"rosenblatt-trace")


def traced(
    saved: SavedModel, one: Table, row: int, learning_rate: float | None
) -> tuple[SampleTrace, tuple[str, ...]]:
    """The trace of a table of one row, and notes."""
    target, weights = saved.encoding.target, saved.summary.weight_column
    found = saved.encoding.encode_target(one)
    if not len(found.y):
        raise InputError(
            f"row {row} has no known {target.name!r}, from which the error goes back: take another"
            " row"
        )
    cells = one if weights is None else one.without(weights)
    encoded = saved.encoding.encode(cells, saved.model.dtype)
    y: Any = found.y[0]
    label: Any = y
    if isinstance(target, NumberTarget):
        y = target.standardise(found.y)[0]
    elif y >= len(target.classes):
        raise InputError(
            f"the {target.name!r} of row {row} is no class of the model: take another row"
        )
    else:
        label = str(target.labels(found.y)[0])
    training = RecordedTraining.of(saved.summary)
    optimizer, note = training.step(learning_rate)
    trace = model_trace(
        saved.model,
        encoded.X[0],
        np.atleast_1d(y),
        penalty=training.penalty,
        optimizer=optimizer,
        label=label,
        note=note,
    )
    return trace, (*found.notes, *encoded.notes)


def cells_of(saved: SavedModel, one: Table) -> dict[str, str | None]:
    """The row's cells as they are written, by column."""
    names = [name for name, _, _ in saved.encoding.kinds if name in one.by_name]
    return {name: python_text(one.by_name[name], 0) for name in names}


def show(
    trace: SampleTrace,
    saved: SavedModel,
    cells: dict[str, str | None],
    screen: Screen,
    language: str,
    most: int,
) -> None:
    """Cells and the inputs that they became, then the trace."""
    rows = [(name, "" if cell is None else cell) for name, cell in cells.items()]
    screen.lines(("column", "cell"), rows[: 2 * most], dim=[False] * len(rows[: 2 * most]))
    screen.say()
    inputs = [
        (f"x_{i}", name, f"{value:.6g}")
        for i, (name, value) in enumerate(
            zip(saved.encoding.feature_names, trace.x, strict=True), 1
        )
    ]
    screen.lines(("input", "feature", "value"), inputs[:most], dim=[False] * len(inputs[:most]))
    screen.say()
    screen.raw(trace.to_text(language, most) + "\n")
