"""Models of and for other tools: import and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rosenblatt.cli.argument_groups import expand_groups
from rosenblatt.cli.arguments import GIVEN_FILE, NEW_FILE, AsJson, ModelPath, Quiet, ReplacesOthers
from rosenblatt.cli.job import Job
from rosenblatt.cli.table_arguments import TableArguments

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen

__all__ = ["export", "import_"]


@expand_groups
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="The file that the other tool saved.", show_default=False, **GIVEN_FILE
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The model file to write.", **NEW_FILE)],
    data: Annotated[
        Path | None,
        typer.Option(
            help="The table that the tool trained on: column names, scaling ranges, categories.",
            **GIVEN_FILE,
        ),
    ] = None,
    inputs: Annotated[
        str | None,
        typer.Option(help="Names of the inputs in order, separated by commas."),
    ] = None,
    target: Annotated[str | None, typer.Option(help="Name of what is predicted.")] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            help="Labels of the outputs in order, separated by commas; of a single output those of"
            " 0 and of 1."
        ),
    ] = None,
    output: Annotated[
        int | None, typer.Option(min=1, help="Which of several outputs is predicted, from 1.")
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(
            help="Activations of a file that has weights alone, separated by commas: one for all,"
            " or one for each place between layers and perhaps one for the outputs."
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="A table of the tool's own predictions, to compare with.", **GIVEN_FILE),
    ] = None,
    table: TableArguments,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Make a model of a network that another tool has trained."""
    fmt = table.format()

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.import_command import run_import
        from rosenblatt.cli.options import check_name
        from rosenblatt.importing.given import Given
        from rosenblatt.options.activations import activations, chosen_activations

        named = listed(activation)
        for name in named or ():
            check_name("--activation", name, activations())
        chosen = None if named is None else chosen_activations(named)
        given = Given(data, listed(inputs), target, listed(classes), output, chosen)
        return run_import(file, screen, given=given, out=out, check=check, fmt=fmt, force=force)

    return Job(job, as_json, quiet)


def listed(text: str | None) -> tuple[str, ...] | None:
    """Words between commas."""
    return None if text is None else tuple(word.strip() for word in text.split(","))


def export(
    model: ModelPath,
    *,
    to: Annotated[
        str | None,
        typer.Option(
            help="onnx, c, sql, javascript, r, pmml, fann, keras, tfjs or safetensors; by the"
            " ending of --out if not given."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The file; named after the model if not given.", **NEW_FILE
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Of the function in C and R, of the table in SQL.")
    ] = None,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Write a model for other programs: ONNX, C, SQL, JavaScript, PMML, Keras."""

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.export_command import run_export

        return run_export(model, screen, to=to, out=out, name=name, force=force)

    return Job(job, as_json, quiet)
