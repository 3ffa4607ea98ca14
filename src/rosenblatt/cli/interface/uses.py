"""What a model is used for: predict, evaluate, explain, serve, inspect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rosenblatt.cli.argument_groups import expand_groups
from rosenblatt.cli.arguments import (
    NEW_FILE,
    AsJson,
    Data,
    Example,
    ModelPath,
    Quiet,
    ReplacesOthers,
)
from rosenblatt.cli.job import Job, check_source, source_of
from rosenblatt.cli.prediction_file import PredictionFile
from rosenblatt.cli.size import parse_size
from rosenblatt.cli.table_arguments import TableArguments
from rosenblatt.serving import Settings
from rosenblatt.support.coverage import checked_coverage

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen

__all__ = ["evaluate", "explain", "inspect", "predict", "serve"]


@expand_groups
def predict(
    model: ModelPath,
    data: Data = None,
    *,
    example: Example = None,
    table: TableArguments,
    keep_column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A column of the table to stand beside the predictions, such as an id.",
            show_default=False,
        ),
    ] = None,
    coverage: Annotated[
        float | None,
        typer.Option(
            help="The probability, such as 0.9, with which an interval, lower to upper, holds the"
            " number; or a set, in_set_..., the class.",
            show_default=False,
        ),
    ] = None,
    quantile: Annotated[
        list[float] | None,
        typer.Option(
            metavar="LEVEL",
            help="A quantile of the number, such as 0.1, of a model with --loss gaussian, quantile"
            " or another that has them; repeatable.",
            show_default=False,
        ),
    ] = None,
    warn_shift: Annotated[
        bool,
        typer.Option(
            "--warn-shift",
            help="Note columns by which the rows differ from those of the training; of rows like"
            " those, 1 table in 100 is noted.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A .csv, .tsv or .parquet file; CSV to standard output if not given.", **NEW_FILE
        ),
    ] = None,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Predict the target of every row of a table."""
    check_source(data, example)
    fmt = table.format()
    file = None if out is None else PredictionFile(out)
    if coverage is not None:
        coverage = checked_coverage(coverage, "--coverage")
    quantiles = [checked_coverage(level, "--quantile") for level in quantile or ()]

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_predict

        return run_predict(
            model,
            source_of(data, example, fmt),
            screen,
            out=file,
            keep=keep_column or (),
            coverage=coverage,
            quantiles=quantiles,
            warns=warn_shift,
            force=force,
        )

    return Job(job, as_json, quiet)


@expand_groups
def evaluate(
    model: ModelPath,
    data: Data = None,
    *,
    example: Example = None,
    table: TableArguments,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Score a model on rows whose target is known."""
    check_source(data, example)
    fmt = table.format()

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_evaluate

        source = source_of(data, example, fmt)
        return run_evaluate(model, source, screen)

    return Job(job, as_json, quiet)


@expand_groups
def explain(
    model: ModelPath,
    data: Data = None,
    *,
    example: Example = None,
    table: TableArguments,
    rows: Annotated[int, typer.Option(help="So many rows are explained, drawn at random.")] = 1000,
    row: Annotated[int, typer.Option(help="The number of a row whose reasons are shown.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A .csv, .tsv or .parquet file for the values of every row explained.",
            **NEW_FILE,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="The picture, a PNG, SVG or PDF file; none if not given.", **NEW_FILE),
    ] = None,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Show which columns count, and why a row is predicted as it is."""
    check_source(data, example)
    fmt = table.format()
    file = None if out is None else PredictionFile(out)

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.explain_command import ExplainOptions, run_explain

        options = ExplainOptions(rows, row, file, plot, force)
        return run_explain(model, source_of(data, example, fmt), screen, options)

    return Job(job, as_json, quiet)


def serve(
    model: ModelPath,
    *,
    port: Annotated[int, typer.Option(help="0 for any that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen at; another than this needs a token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            envvar="ROSENBLATT_TOKEN",
            show_envvar=False,
            help="What requests must bear; ROSENBLATT_TOKEN keeps it out of the list of processes.",
        ),
    ] = None,
    max_body: Annotated[str, typer.Option(help="A request's size at most.")] = "10MB",
    quiet: Quiet = False,
) -> Job:
    """Answer requests over HTTP with the predictions of a model."""
    settings = Settings(host, port, token, parse_size("--max-body", max_body))

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.serve_command import run_serve

        return run_serve(model, settings, screen)

    return Job(job, as_json=False, quiet=quiet)


def inspect(
    model: ModelPath,
    *,
    columns: Annotated[
        bool,
        typer.Option("--columns", help="Print the kinds of its columns as a file for --columns."),
    ] = False,
    as_json: AsJson = False,
) -> Job:
    """Show what a model file holds."""

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_inspect

        return run_inspect(model, screen, as_columns=columns)

    return Job(job, as_json=as_json)
