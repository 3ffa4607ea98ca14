"""The command `train`: trains one network on a table and saves it."""

from __future__ import annotations

from rosenblatt.cli.cluster_options import ClusterOptions
from rosenblatt.cli.json_output import Json
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.train_and_save import saved_and_shown, shown_table
from rosenblatt.cli.training import train_network
from rosenblatt.cli.training_request import TrainingRequest


def run_train(
    source: Source,
    screen: Screen,
    asked: TrainingRequest,
    cluster: ClusterOptions | None = None,
) -> Json:
    """Train on a table and save the model, after a check that it can be saved."""
    place, options = asked.place(source), asked.options
    table = shown_table(
        source,
        screen,
        place,
        options,
        target=asked.target,
        weight_column=asked.weight_column,
        hidden=options.hidden,
    )
    if cluster is not None:
        screen.notes(cluster.before)
    trained = train_network(
        table.prepared,
        options,
        progress=screen.shows_progress,
        checkpoint=asked.checkpoint,
        cluster=cluster,
    )
    if cluster is not None:
        cluster.show_workers(screen)
    return saved_and_shown(source, screen, place, trained, table.notes)
