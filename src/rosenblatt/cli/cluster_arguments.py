"""The options by which `train` spreads one network over a cluster."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, final

import typer

from rosenblatt.cli.arguments import alternatives
from rosenblatt.cli.cluster_options import COMPRESSIONS, MODES, ClusterOptions
from rosenblatt.errors import InputError

__all__ = ["CLUSTER_NAMES", "ClusterArguments", "cluster_options"]

PANEL = "Training over a cluster"


@final
@dataclass(frozen=True, kw_only=True)
class ClusterArguments:
    """How one network is spread over processes."""

    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that compute gradients, on Ray; one process without it.",
            rich_help_panel=PANEL,
        ),
    ] = None
    servers: Annotated[
        int,
        typer.Option(help="Processes that hold the parameters.", rich_help_panel=PANEL),
    ] = 1
    mode: Annotated[
        str,
        typer.Option(
            help=f"How workers wait for each other: {alternatives(MODES)}.", rich_help_panel=PANEL
        ),
    ] = "sync"
    staleness: Annotated[
        int,
        typer.Option(
            help="Steps that a worker may be ahead, of --mode bounded.", rich_help_panel=PANEL
        ),
    ] = 3
    local_steps: Annotated[
        int,
        typer.Option(help="Steps that a worker makes between two messages.", rich_help_panel=PANEL),
    ] = 1
    compression: Annotated[
        str | None,
        typer.Option(
            help=f"Of the gradients on their way: {alternatives(COMPRESSIONS)}.",
            rich_help_panel=PANEL,
        ),
    ] = None
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Of a Ray cluster that you trust: it runs your code, and you its. One of this"
            " machine's own if not given.",
            rich_help_panel=PANEL,
        ),
    ] = None


CLUSTER_NAMES = tuple(field.name for field in fields(ClusterArguments))


def cluster_options(given: ClusterArguments, written: list[str]) -> ClusterOptions | None:
    """The options, checked; None for a training in one process.

    Parameters
    ----------
    given : ClusterArguments
    written : list of str
        Those that stand on the command line.
    """
    if given.workers is None:
        if written:
            raise InputError(f"{written[0]} is for several workers: give --workers 2 or more too")
        return None
    if "--staleness" in written and given.mode != "bounded":
        raise InputError("--staleness is for --mode bounded: give that too, or leave it out")
    return ClusterOptions(
        given.workers,
        given.servers,
        given.mode,
        given.staleness,
        given.local_steps,
        given.compression,
        given.cluster,
    )
