"""The command `explain`: which columns count, and why one row is predicted as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

import numpy as np

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.late_progress import LateProgress
from rosenblatt.cli.plot_file import check_drawable
from rosenblatt.cli.prediction_file import PredictionFile, holds_predictions
from rosenblatt.cli.replacing import check_not_read, check_replaceable
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.errors import InputError
from rosenblatt.explain import Explanation, ShapExplainer
from rosenblatt.explain.explanation import cell_text
from rosenblatt.explain.figure import MOST_SHOWN, draw
from rosenblatt.fitting.progress_bar import bar
from rosenblatt.persistence import load_model
from rosenblatt.support.atomic import check_room, check_writable, replaced_file
from rosenblatt.support.listing import count
from rosenblatt.support.plain_text import printable
from rosenblatt.support.types import IntArray
from rosenblatt.table import for_rows

MOST_BACKGROUND = 100


@final
@dataclass(frozen=True)
class ExplainOptions:
    """What is explained, and where it goes."""

    rows: int = 1000
    row: int = 1
    out: PredictionFile | None = None
    plot: Path | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if self.rows < 1:
            raise InputError(f"--rows {self.rows}: explain one row or more")
        if self.row < 1:
            raise InputError(f"--row {self.row}: the first row of a table is row 1")


def run_explain(model: Path, source: Source, screen: Screen, options: ExplainOptions) -> Json:
    """Explain rows of a table, among them one by its number, against a sample of the table."""
    check_files(model, source, options)
    saved = load_model(model)
    saved = replace(saved, encoding=for_rows(saved.encoding, source.format))
    read = source.read(saved.encoding)
    n = len(read.table)
    if options.row > n:
        raise InputError(f"--row {options.row}: the table has {count(n, 'row')}")
    rng = np.random.default_rng(0)
    background = sample(n, MOST_BACKGROUND, rng)
    rows = sample(n, options.rows, rng)
    if options.row - 1 not in rows:
        rows[-1] = options.row - 1
    if options.out is not None:
        check_room(options.out.path, options.out.least_size(len(rows)))
    explainer = ShapExplainer(saved, read.table.take(background))
    progress = LateProgress(words_of_progress) if screen.shows_progress else None
    whole = explainer(read.table.take(rows), report=progress and progress.show)
    if progress is not None:
        progress.line.close()
    explanation = whole.of_largest_output()
    one = int(np.flatnonzero(rows == options.row - 1)[0])
    notes = list(read.notes)
    if len(rows) < n:
        notes.append(f"{count(len(rows), 'row')} of {n:,} are explained, drawn at random")
    show(explanation, one, options, screen)
    screen.notes(notes)
    if options.out is not None:
        with replaced_file(options.out.path) as file:
            options.out.write(explanation.columns(rows + 1), file)
        screen.saved(options.out.path)
        screen.say(f"wrote the values of {count(len(rows), 'row')} to {options.out.path}")
    if options.plot is not None:
        missing = draw(explanation, one, options.plot)
        if missing:
            character = printable(min(missing))
            notes.append(
                f"the picture has boxes for characters that no font of this system has, such as"
                f" {character!r}: install one that has them"
            )
            screen.notes(notes[-1:])
        screen.saved(options.plot)
        screen.say(f"wrote the picture to {options.plot}")
    return {
        "rows": len(rows),
        "background": len(background),
        "importances": explanation.importances,
        "standard_error": float(explanation.standard_errors.max()),
        "row": {
            "number": options.row,
            "output": explanation.output_names[one],
            "base_value": float(explanation.base_values[one]),
            "prediction": float(explanation.predictions[one]),
            "values": dict(
                zip(explanation.feature_names, explanation.values[one].tolist(), strict=True)
            ),
        },
        "out": None if options.out is None else str(options.out.path),
        "plot": None if options.plot is None else str(options.plot),
        "notes": notes,
    }


def words_of_progress(done: int, total: int) -> str:
    return f"{done:,} of {total:,} rows are explained {bar(done, total)}"


def check_files(model: Path, source: Source, options: ExplainOptions) -> None:
    """InputError for a file that cannot be written or should not be replaced."""
    if options.out is not None:
        check_not_read("--out", options.out.path, (model, source.data))
        check_replaceable(options.out.path, holds_predictions, "predictions", force=options.force)
        check_writable(options.out.path)
    if options.plot is not None:
        check_not_read("--plot", options.plot, (model, source.data))
        check_drawable(options.plot, force=options.force)


def sample(n: int, most: int, rng: np.random.Generator) -> IntArray:
    """Numbers of at most so many of n rows, in their order."""
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def show(explanation: Explanation, one: int, options: ExplainOptions, screen: Screen) -> None:
    importances = list(explanation.importances.items())
    screen.say(f"the columns that count, in the mean of {count(len(explanation), 'row')}:\n")
    shown = [(name, f"{value:.3g}") for name, value in importances[:MOST_SHOWN]]
    screen.values(("column", "mean |value|"), shown)
    if len(importances) > MOST_SHOWN:
        screen.say(f"{len(importances) - MOST_SHOWN:,} columns count less")
    output, base = explanation.output_names[one], explanation.base_values[one]
    total = explanation.predictions[one]
    screen.say(
        f"\nrow {options.row}: {output} is {total:.4g}, and {base:.4g} in the background."
        " Its cells add:\n"
    )
    order = np.argsort(-np.abs(explanation.values[one]), kind="stable")[:MOST_SHOWN]
    lines = [
        (
            explanation.feature_names[k],
            cell_text(explanation.data[one, k]),
            f"{explanation.values[one, k]:+.3g}",
        )
        for k in order.tolist()
    ]
    screen.values(("column", "cell", "value"), lines)
    worst = float(explanation.standard_errors.max())
    if worst > 0:
        screen.say(f"\nstandard error of a value: {worst:.2g} at most")
