"""Tables to models: look, train, search."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rosenblatt.cli.argument_groups import expand_groups
from rosenblatt.cli.arguments import (
    GIVEN_FILE,
    NEW_FILE,
    AsJson,
    Data,
    Example,
    Quiet,
    Target,
    TaskName,
    alternatives,
)
from rosenblatt.cli.cluster_arguments import CLUSTER_NAMES, ClusterArguments, cluster_options
from rosenblatt.cli.fit_arguments import PANEL, FitArguments, NetworkArguments, training_options
from rosenblatt.cli.job import Job, check_source, source_of
from rosenblatt.cli.learner_arguments import LearnerArguments
from rosenblatt.cli.one_network import (
    check_goes_on,
    describes_one_network,
    given,
    hidden_layers,
    published_network,
)
from rosenblatt.cli.options import DEFAULT_HIDDEN, parse_hidden
from rosenblatt.cli.prediction_file import PredictionFile
from rosenblatt.cli.search_options import SELECTIONS, STRATEGIES, SearchOptions, parse_time
from rosenblatt.cli.table_arguments import TableArguments
from rosenblatt.tabular.preset import NETWORK_NAMES

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen

__all__ = ["look", "search", "train"]


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
            **GIVEN_FILE,
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
