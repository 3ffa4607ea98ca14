"""The options that `train` and `search` share: one declaration for both commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, final

import typer

from rosenblatt.cli.arguments import NEW_FILE, alternatives
from rosenblatt.cli.options import DIVERGENCE_ACTIONS, SCHEDULES, SOLVER_NAMES, TrainingOptions
from rosenblatt.options.activations import activations

__all__ = ["PANEL", "FitArguments", "NetworkArguments", "training_options"]

PANEL = "The training of one network"
TEST_FRACTION = 0.2  # where one network is trained


@final
@dataclass(frozen=True, kw_only=True)
class FitArguments:
    """The values of the shared options. Fields are declared as typer expects parameters."""

    test_fraction: Annotated[
        float | None,
        typer.Option(
            help="Share of the rows held out from training, for its scores;"
            f" {TEST_FRACTION} with one network, none with the table learner."
        ),
    ] = None
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0
    sample_weight: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="A column of weights: 2 counts like the row twice."),
    ] = None
    jobs: Annotated[int | None, typer.Option(help="Threads; all that it may use if not given.")] = (
        None
    )
    deterministic: Annotated[
        bool,
        typer.Option(
            "--deterministic",
            help="The same bits for any number of threads; the table learner's are so anyway.",
        ),
    ] = False
    out: Annotated[
        Path | None,
        typer.Option(help="The model file; <data>.safetensors here if not given.", **NEW_FILE),
    ] = None
    force: Annotated[
        bool, typer.Option("--force", help="Replace a model of another table at --out.")
    ] = False


@final
@dataclass(frozen=True, kw_only=True)
class NetworkArguments:
    """How one network is trained."""

    activation: Annotated[
        str,
        typer.Option(
            help=f"Of the hidden layers: {alternatives(activations())}.", rich_help_panel=PANEL
        ),
    ] = "relu"
    solver: Annotated[
        str, typer.Option(help=f"{alternatives(SOLVER_NAMES)}.", rich_help_panel=PANEL)
    ] = "adam"
    alpha: Annotated[
        float, typer.Option(help="Strength of the L2 penalty.", rich_help_panel=PANEL)
    ] = 1e-4
    batch_size: Annotated[
        int | None,
        typer.Option(
            help="Rows a step; from the number of rows if not given.", rich_help_panel=PANEL
        ),
    ] = None
    learning_rate: Annotated[
        float, typer.Option(help="Size of the first steps.", rich_help_panel=PANEL)
    ] = 1e-3
    schedule: Annotated[
        str,
        typer.Option(
            help=f"How the learning rate changes: {alternatives(SCHEDULES)}.",
            rich_help_panel=PANEL,
        ),
    ] = "constant"
    epochs: Annotated[
        int, typer.Option(help="Most passes over the training rows.", rich_help_panel=PANEL)
    ] = 200
    validation_fraction: Annotated[
        float,
        typer.Option(help="Share of the rows for early stopping; 0 = none.", rich_help_panel=PANEL),
    ] = 0.1
    patience: Annotated[
        int,
        typer.Option(
            help="Epochs without a better validation loss before it stops.", rich_help_panel=PANEL
        ),
    ] = 20
    on_divergence: Annotated[
        str,
        typer.Option(
            help=f"{alternatives(DIVERGENCE_ACTIONS)}:"
            " end with an error, or go back and on at a smaller rate.",
            rich_help_panel=PANEL,
        ),
    ] = "raise"


def training_options(
    task: str, hidden: tuple[int, ...], network: NetworkArguments, fit: FitArguments
) -> TrainingOptions:
    """The options of the training of one network, checked."""
    fraction = TEST_FRACTION if fit.test_fraction is None else fit.test_fraction
    return TrainingOptions(
        task=task,
        hidden=hidden,
        test_fraction=fraction,
        seed=fit.seed,
        jobs=fit.jobs,
        deterministic=fit.deterministic,
        **values_of(network),
    )


def values_of(group: NetworkArguments) -> Mapping[str, Any]:
    return {field.name: getattr(group, field.name) for field in fields(group)}
