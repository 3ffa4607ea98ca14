"""Output of commands: results on standard output, notes on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from rich.table import Table
from rich.text import Text

from rosenblatt.cli.alike_notes import in_short
from rosenblatt.cli.start import drop, note_saved
from rosenblatt.cli.streams import Printer, closed, results
from rosenblatt.errors import InputError, clipped
from rosenblatt.support.finite_json import finite_json
from rosenblatt.support.listing import count
from rosenblatt.support.plain_text import printable, printable_lines
from rosenblatt.support.wording import worded

if TYPE_CHECKING:
    from rosenblatt.persistence import Score
    from rosenblatt.table import ColumnLine

# Tables with more columns are summarised.
MANY_COLUMNS = 40
METRICS = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
    "recall": "recall",
    "precision": "precision",
    "cost": "mean cost",
    "log_loss": "log loss",
    "roc_auc": "ROC AUC",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
}


@final
class Screen:
    """Writes results and notes, without markup in texts such as column names.

    Errors of the streams are raised by `finish`, once the work is done.
    """

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self.shows_results = not as_json
        self._quiet = quiet or as_json
        self._out = Printer(sys.stdout, quiet=self._quiet)
        self._notes = Printer(sys.stderr, quiet=quiet)
        self._warnings = Printer(sys.stderr, quiet=False)
        self._saved: Path | None = None
        self._is_lost = sys.stdout is None and (as_json or not quiet)

    @property
    def shows_progress(self) -> bool:
        return self._notes.is_terminal and not self._quiet

    @property
    def width(self) -> int:
        """Characters of a line of standard output."""
        return self._out.width

    def saved(self, path: Path) -> None:
        """Record a file that was written, for the message if the report fails, or Ctrl-C comes."""
        note_saved()
        self._saved = path

    def finish(self, result: Mapping[str, Any]) -> None:
        """Print the result as JSON if requested, and flush standard output.

        A command that is for something else, as a server is, has an empty result.

        Raises
        ------
        BrokenPipeError
            If its reader has closed the pipe.
        InputError
            If it failed after a file was saved.
        OSError
            If it failed and nothing was saved, or was closed from the start and the result is all
            that the command is for.
        """
        if self._is_lost and self._saved is None and result:
            raise closed()
        fault = self._out.fault
        try:
            if not self.shows_results:
                print(finite_json(result, indent=2))
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:
            drop(sys.stdout)
            fault = error
        if fault is None:
            return
        if self._saved is None or isinstance(fault, BrokenPipeError):
            raise fault
        raise InputError(
            f"{self._saved} is saved, but standard output could not take the report: "
            f"{fault.strerror}"
        )

    def say(self, text: str = "", style: str = "") -> None:
        self._out.print(Text(worded(printable_lines(text)), style), wrap=False)

    def notes(self, texts: Iterable[str]) -> None:
        for text in in_short(texts):
            shown = worded("note: ") + worded(printable(clipped(text)))
            self._notes.print(Text(shown, "yellow"), wrap=False)

    def warnings(self, texts: Iterable[str]) -> None:
        """What was asked for and has not been done, although the command goes on: never quiet."""
        for text in texts:
            shown = worded("warning: ") + worded(printable(clipped(text)))
            self._warnings.print(Text(shown, "bold yellow"), wrap=False)

    def columns(self, lines: Sequence[ColumnLine], *, in_short: bool) -> None:
        """The kind of every column, the target last; many columns are summarised by kind."""
        table = _table("column", "taken for", "in detail", "features")
        table.columns[3].justify = "right"
        *features, target = (
            replace(line, kind=worded(line.kind), detail=worded(printable(line.detail)))
            for line in lines
        )
        if in_short and len(features) > MANY_COLUMNS:
            features = _by_kind(features)
        for line in features:
            style = "dim" if line.n_features == 0 else ""
            _row(table, style, line.name, line.kind, line.detail, f"{line.n_features:,}")
        _row(table, "bold", target.name, target.kind, target.detail, "")
        self._out.print(table, wrap=True)

    def lines(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], dim: Sequence[bool]
    ) -> None:
        """A table of texts; rows in `dim` stand back."""
        table = _table(*headings)
        for cells, stands_back in zip(rows, dim, strict=True):
            _row(table, "dim" if stands_back else "", *cells)
        self._out.print(table, wrap=True)

    def raw(self, text: str) -> None:
        """Text for another program, such as a file, as it is, but for a terminal made safe."""
        if self.shows_results:
            results().write(text.encode())

    def scores(self, scores: Iterable[Score]) -> None:
        """A line for every metric and part, a column for every model."""
        lines: dict[tuple[str, str], dict[str, float | None]] = {}
        for score in scores:
            lines.setdefault((score.metric, score.part), {})[score.model] = score.value
        if not lines:
            return
        models = list(next(iter(lines.values())))
        table = _table("score", "of", *models)
        for column in table.columns[2:]:
            column.justify = "right"
        shown = ""
        # Scores are ordered by model and part; the table is ordered by metric.
        for metric, part in sorted(lines, key=lambda line: place_of(line[0])):
            values = [figure(lines[metric, part].get(model)) for model in models]
            name = worded(METRICS.get(metric, metric)) if metric != shown else ""
            shown = metric
            _row(table, "bold" if part == "held-out" else "", name, worded(part), *values)
        self._out.print(table, wrap=True)

    def values(self, headers: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
        """A table whose last column are numbers."""
        table = _table(*headers)
        table.columns[-1].justify = "right"
        for line in lines:
            _row(table, "", *(printable(cell) for cell in line))
        self._out.print(table, wrap=True)

    def pairs(self, facts: Mapping[str, object]) -> None:
        """Names and values side by side; a value that is None is left out."""
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in facts.items():
            if value is not None:
                table.add_row(
                    Text(worded(name.replace("_", " ")), "dim"),
                    Text(worded(printable(_in_words(value)))),
                )
        self._out.print(table, wrap=True)


def place_of(metric: str) -> int:
    """The row of a metric in the table; metrics of other versions come last."""
    return list(METRICS).index(metric) if metric in METRICS else len(METRICS)


def figure(value: float | None) -> str:
    """A score with about four digits; very large ones in scientific notation."""
    if value is None:
        return "-"
    size = abs(value)
    if size >= 1e12:
        return f"{value:.3g}"
    decimals = 4 if size < 10 else 1 if size < 1000 else 0
    # Adding 0 turns the -0.0 that a tiny negative number is rounded to into 0.
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        known = {name: item for name, item in value.items() if item is not None}
        return ", ".join(f"{worded(name)} {_in_words(item)}" for name, item in known.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold underline")
    for header in headers:
        table.add_column(worded(header))
    return table


def _row(table: Table, style: str, *cells: str) -> None:
    table.add_row(*(Text(printable(cell), overflow="fold") for cell in cells), style=style)


def _by_kind(lines: Sequence[ColumnLine]) -> list[ColumnLine]:
    kinds: dict[str, list[ColumnLine]] = {}
    for line in lines:
        kinds.setdefault(line.kind, []).append(line)
    return [
        replace(
            members[0],
            name=worded(count(len(members), "column")),
            detail=", ".join(line.name for line in members[:5]) + (", …" if members[5:] else ""),
            n_features=sum(line.n_features for line in members),
        )
        for members in kinds.values()
    ]
