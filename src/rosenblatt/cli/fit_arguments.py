"""The options that `train` and `search` share: one declaration for both commands."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, final

import typer

from rosenblatt.cli.arguments import NEW_FILE, alternatives
from rosenblatt.cli.options import DIVERGENCE_ACTIONS, SCHEDULES, SOLVER_NAMES, TrainingOptions
from rosenblatt.options.activations import activations

__all__ = ["FitArguments"]


@final
@dataclass(frozen=True, kw_only=True)
class FitArguments:
    """The values of the shared options. Fields are declared as typer expects parameters."""

    activation: Annotated[
        str, typer.Option(help=f"Of the hidden layers: {alternatives(activations())}.")
    ] = "relu"
    solver: Annotated[str, typer.Option(help=f"{alternatives(SOLVER_NAMES)}.")] = "adam"
    alpha: Annotated[float, typer.Option(help="Strength of the L2 penalty.")] = 1e-4
    batch_size: Annotated[
        int | None, typer.Option(help="Rows a step; from the number of rows if not given.")
    ] = None
    learning_rate: Annotated[float, typer.Option(help="Size of the first steps.")] = 1e-3
    schedule: Annotated[
        str, typer.Option(help=f"How the learning rate changes: {alternatives(SCHEDULES)}.")
    ] = "constant"
    epochs: Annotated[int, typer.Option(help="Most passes over the training rows.")] = 200
    validation_fraction: Annotated[
        float, typer.Option(help="Share of the rows for early stopping; 0 = none.")
    ] = 0.1
    test_fraction: Annotated[
        float, typer.Option(help="Share of the rows held out from training, for its scores.")
    ] = 0.2
    patience: Annotated[
        int, typer.Option(help="Epochs without a better validation loss before it stops.")
    ] = 20
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0
    sample_weight: Annotated[
        str | None, typer.Option(help="A column of weights: 2 counts like the row twice.")
    ] = None
    jobs: Annotated[int | None, typer.Option(help="Threads; all that it may use if not given.")] = (
        None
    )
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="The same bits for any number of threads.")
    ] = False
    on_divergence: Annotated[
        str,
        typer.Option(
            help=f"{alternatives(DIVERGENCE_ACTIONS)}:"
            " end with an error, or go back and on at a smaller rate."
        ),
    ] = "raise"
    out: Annotated[
        Path | None,
        typer.Option(help="The model file; <data>.safetensors here if not given.", **NEW_FILE),
    ] = None
    force: Annotated[
        bool, typer.Option("--force", help="Replace a model of another table at --out.")
    ] = False

    def training_options(self, task: str, hidden: tuple[int, ...]) -> TrainingOptions:
        """The options of the training, checked."""
        shared = {f.name for f in fields(self)} & {f.name for f in fields(TrainingOptions)}
        values = {name: getattr(self, name) for name in shared}
        return TrainingOptions(task=task, hidden=hidden, **values)
