"""The arguments and options of the commands.

Each function returns the job that the command line asks for, and `app` runs it: inside, typer would
turn an interruption or a closed pipe into exit codes of its own.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
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
    Target,
    TaskName,
    alternatives,
)
from rosenblatt.cli.cluster_arguments import CLUSTER_NAMES, ClusterArguments, cluster_options
from rosenblatt.cli.fit_arguments import PANEL, FitArguments, NetworkArguments, training_options
from rosenblatt.cli.job import Job, check_source, source_of
from rosenblatt.cli.lab_options import check_lab
from rosenblatt.cli.learner_arguments import LearnerArguments
from rosenblatt.cli.one_network import (
    check_goes_on,
    describes_one_network,
    given,
    hidden_layers,
    published_network,
)
from rosenblatt.cli.options import DEFAULT_HIDDEN, parse_hidden
from rosenblatt.cli.overview import examples, new_app
from rosenblatt.cli.prediction_file import PredictionFile
from rosenblatt.cli.search_options import SELECTIONS, STRATEGIES, SearchOptions, parse_time
from rosenblatt.cli.size import parse_size
from rosenblatt.cli.table_arguments import TableArguments
from rosenblatt.serving import Settings
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.tabular.preset import NETWORK_NAMES

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen


app = new_app()


@app.command(epilog=examples("look"))
@expand_groups
def look(
    data: Data = None,
    *,
    example: Example = None,
    table: TableArguments,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Show what is understood of a table, before any training."""
    check_source(data, example)
    fmt = table.format()

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.look import run_look

        return run_look(source_of(data, example, fmt), screen)

    return Job(job, as_json, quiet)


@app.command(epilog=examples("train"))
@expand_groups
def train(
    data: Data = None,
    *,
    example: Example = None,
    target: Target = None,
    task: TaskName = "auto",
    fit: FitArguments,
    learner: LearnerArguments,
    network: Annotated[
        str | None,
        typer.Option(
            help="Units of the hidden layers of one network, such as 64,32; none = a linear model."
            f" {DEFAULT_HIDDEN} if an option below is given. Or a published network by its name:"
            f" {alternatives(NETWORK_NAMES)}.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    hidden: Annotated[
        str | None,
        typer.Option(help="Another name of --network.", rich_help_panel=PANEL),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="A model file of one network, also an imported one, to train on; its columns,"
            " target and layers stay.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    of_network: NetworkArguments,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            help="A file to keep the training in as it goes; the same command goes on from there.",
            rich_help_panel=PANEL,
            **NEW_FILE,
        ),
    ] = None,
    of_cluster: ClusterArguments,
    table: TableArguments,
    as_json: AsJson = False,
    quiet: Quiet = False,
    context: typer.Context,
) -> Job:
    """Train networks on a table and save them.

    The table learner chooses the networks, unless an option of the group "The
    training of one network" describes one by hand.
    """
    begun = perf_counter()
    single, learned = None, None
    spread = cluster_options(of_cluster, given(context, CLUSTER_NAMES))
    published = published_network(context, network)
    if from_ is not None:
        check_goes_on(context)
    if published is None and describes_one_network(context):
        single = training_options(task, hidden_layers(network, hidden), of_network, fit)
    else:
        learned = learner.options(task, fit, published)
    check_source(data, example)
    fmt = table.format()
    predictions = learner.save_predictions
    file = None if predictions is None else PredictionFile(predictions)

    def job(screen: Screen) -> dict[str, Any]:
        source = source_of(data, example, fmt)
        if spread is None:
            source.require_one_file()
        if learned is not None:
            from rosenblatt.cli.learn_command import run_learn

            return run_learn(
                source,
                screen,
                target=target,
                weight_column=fit.sample_weight,
                group_column=learner.groups,
                options=learned,
                out=fit.out,
                predictions=file,
                force=fit.force,
                begun=begun,
            )
        assert single is not None
        from rosenblatt.cli.training_request import TrainingRequest

        asked = TrainingRequest(
            target, fit.sample_weight, single, fit.out, checkpoint, force=fit.force
        )
        if from_ is not None:
            from rosenblatt.cli.train_on_command import run_train_on

            return run_train_on(from_, source, screen, asked)
        if spread is not None and source.is_pattern:
            from rosenblatt.cli.train_files_command import run_train_files

            return run_train_files(source, screen, asked, spread)
        from rosenblatt.cli.train_command import run_train

        return run_train(source, screen, asked, spread)

    return Job(job, as_json, quiet)


@app.command(epilog=examples("search"))
@expand_groups
def search(
    data: Data = None,
    *,
    example: Example = None,
    target: Target = None,
    task: TaskName = "auto",
    hidden: Annotated[
        list[str] | None,
        typer.Option(
            help="Hidden layers to try, as often as you like: --hidden none --hidden 16 "
            "--hidden 64,32; a ladder that fits the table if not given.",
            show_default=False,
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(help="At most so long, such as 60s, 5m or 1h; the last training comes after."),
    ] = None,
    strategy: Annotated[
        str, typer.Option(help=f"How candidates are tried: {alternatives(STRATEGIES)}.")
    ] = "all",
    folds: Annotated[
        int, typer.Option(help="Parts of the cross-validation over the training rows.")
    ] = 5,
    select: Annotated[
        str,
        typer.Option(
            help="The highest mean score, or the smallest network near it:"
            f" {alternatives(SELECTIONS)}."
        ),
    ] = "best",
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Of a Ray cluster that you trust, to train candidates on; 'local' for one of this"
            " machine's own.",
        ),
    ] = None,
    fit: FitArguments,
    of_network: NetworkArguments,
    table: TableArguments,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="The picture, a PNG, SVG or PDF file; <data>-search.png if not given.", **NEW_FILE
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Try networks of several sizes on a table, train the one chosen and save it."""
    options = SearchOptions(
        training=training_options(task, (), of_network, fit),
        candidates=None if hidden is None else tuple(map(parse_hidden, hidden)),
        seconds=None if time is None else parse_time(time),
        strategy=strategy,
        folds=folds,
        select=select,
        cluster=cluster,
    )
    check_source(data, example)
    fmt = table.format()

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.search_command import run_search

        return run_search(
            source_of(data, example, fmt),
            screen,
            target=target,
            weight_column=fit.sample_weight,
            options=options,
            out=fit.out,
            force=fit.force,
            plot=plot,
        )

    return Job(job, as_json, quiet)


@app.command(epilog=examples("predict"))
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


@app.command(epilog=examples("evaluate"))
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


@app.command(epilog=examples("explain"))
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


@app.command(epilog=examples("serve"))
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


@app.command("import", epilog=examples("import"))
@expand_groups
def import_(
    file: Annotated[
        Path, typer.Argument(help="The file that the other tool saved.", show_default=False)
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The model file to write.", **NEW_FILE)],
    data: Annotated[
        Path | None,
        typer.Option(
            help="The table that the tool trained on: column names, scaling ranges, categories."
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
        typer.Option(help="A table of the tool's own predictions, to compare with."),
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


@app.command(epilog=examples("export"))
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


@app.command(epilog=examples("inspect"))
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


@app.command(epilog=examples("trace"))
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


@app.command(epilog=examples("lab"))
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
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Put claims about neural networks to the test."""
    check_lab(experiment, plot, all_of_them, out)

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.lab_command import list_lab, run_all, run_one

        if out is not None:
            return run_all(out, screen, quick=quick, seed=seed)
        if experiment is not None:
            return run_one(experiment, screen, quick=quick, seed=seed, plot=plot)
        return list_lab(screen)

    return Job(job, as_json, quiet)
