"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from rosenblatt.cli.options import TASKS
from rosenblatt.cli.standard_input import STANDARD_INPUT
from rosenblatt.errors import InputError
from rosenblatt.support.paths import file_path


def alternatives(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"


def new_file(text: str) -> Path:
    """The path of a file to write, checked as typed: a Path drops a slash at the end."""
    if text == "-":
        raise typer.BadParameter("- is no file, and stands for no stream here: write ./- for it")
    try:
        return file_path(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


def table_file(text: str) -> Path:
    """The path of a table; - stands for standard input."""
    return STANDARD_INPUT if text == "-" else Path(text)


NEW_FILE: Any = {"parser": new_file, "metavar": "<path>"}

# Whether it can be read says its reader, with what to do.
GIVEN_FILE: Any = {"readable": False}

ModelPath = Annotated[
    Path,
    typer.Argument(help="A model file that `train` wrote.", show_default=False, **GIVEN_FILE),
]
Data = Annotated[
    Path | None,
    typer.Argument(
        help="A table: CSV, TSV, JSON lines, Parquet, Arrow, Excel, DATA.db::table; - reads it from"
        " standard input.",
        show_default=False,
        parser=table_file,
    ),
]
Example = Annotated[
    str | None,
    typer.Option(
        help="Use bundled real data instead: breast_cancer, diabetes, digits, iris or wine."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
ReplacesOthers = Annotated[
    bool, typer.Option("--force", help="Replace also a file that holds something else.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Leave out notes and reports; warnings stay.")]

Target = Annotated[
    str | None, typer.Option(help="The column to predict; `target` or the last one if not given.")
]
TaskName = Annotated[str, typer.Option(help=f"{alternatives(TASKS)}.")]
