"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from rosenblatt.cli.options import DIVERGENCE_ACTIONS, SCHEDULES, SOLVER_NAMES, TASKS
from rosenblatt.errors import InputError
from rosenblatt.options.activations import activations
from rosenblatt.support.paths import file_path


def one_of(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"


def new_file(text: str) -> Path:
    """A file to write, as it was typed: a Path no longer knows of a slash at its end."""
    try:
        return file_path(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


NEW_FILE: Any = {"parser": new_file, "metavar": "<path>"}

Model = Annotated[Path, typer.Argument(help="A model file that `train` wrote.", show_default=False)]
Data = Annotated[
    Path | None,
    typer.Argument(help="A table: CSV, TSV, Parquet, Arrow or Feather.", show_default=False),
]
Example = Annotated[
    str | None,
    typer.Option(
        help="Use bundled real data instead: breast_cancer, diabetes, digits, iris or wine."
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="Character encoding of a text file; detected if not given.")
]
Delimiter = Annotated[
    str | None, typer.Option(help="What separates a text file's columns; detected if not given.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Leave out notes and reports.")]

# Of those that make a model.
Target = Annotated[
    str | None, typer.Option(help="The column to predict; `target` or the last one if not given.")
]
Task = Annotated[str, typer.Option(help=f"{one_of(TASKS)}.")]
Activation = Annotated[str, typer.Option(help=f"Of the hidden layers: {one_of(activations())}.")]
Solver = Annotated[str, typer.Option(help=f"{one_of(SOLVER_NAMES)}.")]
Alpha = Annotated[float, typer.Option(help="Strength of the L2 penalty.")]
BatchSize = Annotated[
    int | None, typer.Option(help="Rows a step; from the number of rows if not given.")
]
LearningRate = Annotated[float, typer.Option(help="Size of the first steps.")]
Schedule = Annotated[str, typer.Option(help=f"How the learning rate changes: {one_of(SCHEDULES)}.")]
Epochs = Annotated[int, typer.Option(help="Most passes over the training rows.")]
ValidationFraction = Annotated[
    float, typer.Option(help="Share of the rows that tells when to stop; 0 = do not watch.")
]
TestFraction = Annotated[
    float, typer.Option(help="Share of the rows held out from training, for its scores.")
]
Patience = Annotated[
    int, typer.Option(help="Epochs without a better validation loss before it stops.")
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same model.")]
SampleWeight = Annotated[
    str | None, typer.Option(help="A column of weights: 2 counts like the row twice.")
]
Jobs = Annotated[int | None, typer.Option(help="Threads; all that it may use if not given.")]
Deterministic = Annotated[
    bool, typer.Option("--deterministic", help="The same bits for any number of threads.")
]
OnDivergence = Annotated[
    str,
    typer.Option(
        help=f"{one_of(DIVERGENCE_ACTIONS)}:"
        " end with an error, or go back and on at a smaller rate."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(help="The model file; <data>.safetensors here if not given.", **NEW_FILE),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a model of another table at --out.")]
