"""Numbers and claims to look at: trace and lab."""

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
from rosenblatt.cli.lab_options import check_lab
from rosenblatt.cli.table_arguments import TableArguments

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen

__all__ = ["lab", "trace"]


@expand_groups
def trace(
    model: ModelPath,
    data: Data = None,
    *,
    example: Example = None,
    row: Annotated[int, typer.Option(min=1, help="Which row of the table, from 1.")] = 1,
    learning_rate: Annotated[
        float | None,
        typer.Option(min=0, help="Of the step shown; the training's if not given."),
    ] = None,
    most: Annotated[
        int, typer.Option(min=1, help="Inputs and units that are shown of each layer.")
    ] = 8,
    as_latex: Annotated[
        bool, typer.Option("--latex", help="Print LaTeX, for a document with amsmath.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="A file for the same as HTML.", **NEW_FILE)
    ] = None,
    table: TableArguments,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Show one row's way through a network, number by number."""
    check_source(data, example)
    fmt = table.format()

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.trace_command import Shown, run_trace

        source = source_of(data, example, fmt)
        shown = Shown(most, as_latex, html, force)
        return run_trace(model, source, screen, row=row, learning_rate=learning_rate, shown=shown)

    return Job(job, as_json, quiet)


def lab(
    experiment: Annotated[
        str | None, typer.Argument(help="Its id, such as L16; a list if not given.")
    ] = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="With fewer seeds, steps and rows.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="What is random follows from it.")] = 0,
    plot: Annotated[
        Path | None,
        typer.Option(help="A picture of the measurements: a PNG, SVG or PDF file.", **NEW_FILE),
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="Run all of them, into the folder of --out.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The folder of --all: JSON and pictures.", **NEW_FILE),
    ] = None,
    force: ReplacesOthers = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Put claims about neural networks to the test."""
    ignored = {"--quick": quick, "--seed": seed, "--force": force}
    check_lab(experiment, plot, all_of_them, out, tuple(name for name, v in ignored.items() if v))

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.lab_command import list_lab, run_all, run_one

        if out is not None:
            return run_all(out, screen, quick=quick, seed=seed, force=force)
        if experiment is not None:
            return run_one(experiment, screen, quick=quick, seed=seed, plot=plot, force=force)
        return list_lab(screen)

    return Job(job, as_json, quiet)
