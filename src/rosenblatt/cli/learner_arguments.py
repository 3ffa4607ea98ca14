"""The options of the table learner, which `train` uses where no network is described."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, final

import typer

from rosenblatt.cli.arguments import NEW_FILE, alternatives
from rosenblatt.cli.fit_arguments import FitArguments
from rosenblatt.cli.learner_options import CLASS_WEIGHTS, LearnerOptions
from rosenblatt.cli.search_options import parse_time
from rosenblatt.errors import InputError
from rosenblatt.tabular.preset import DEFAULT, EXTRAPOLATIONS, NUMBER_LOSSES

__all__ = ["LearnerArguments"]

PANEL = "The table learner"
DIRECTIONS = {"1": 1, "+1": 1, "-1": -1}


@final
@dataclass(frozen=True, kw_only=True)
class LearnerArguments:
    """The values of these options. Fields are declared as typer expects parameters."""

    preset: Annotated[
        str,
        typer.Option(
            help="fast, default or best: about 1, 4 and 30 seconds on two cores for 6,000 rows.",
            rich_help_panel=PANEL,
        ),
    ] = DEFAULT
    time: Annotated[
        str | None,
        typer.Option(
            help="At most so long, such as 60s, 5m or 1h: the best so far is saved.",
            rich_help_panel=PANEL,
        ),
    ] = None
    ensemble: Annotated[
        int | None,
        typer.Option(
            metavar="NETWORKS",
            help="How many networks; from the preset if not given.",
            rich_help_panel=PANEL,
        ),
    ] = None
    class_weight: Annotated[
        str | None,
        typer.Option(
            help=f"{CLASS_WEIGHTS[0]} = every class counts alike, however few its rows.",
            rich_help_panel=PANEL,
        ),
    ] = None
    decision: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            help="What predicted classes are best for: f1, balanced_accuracy, recall:0.9,"
            " precision:0.9 or cost:FILE.",
            rich_help_panel=PANEL,
        ),
    ] = None
    loss: Annotated[
        str | None,
        typer.Option(
            help=f"Of numbers: {alternatives(NUMBER_LOSSES)}.",
            rich_help_panel=PANEL,
        ),
    ] = None
    monotone: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=1|-1",
            help="Predictions do not fall (1) or do not rise (-1) with this column; repeatable.",
            rich_help_panel=PANEL,
        ),
    ] = None
    extrapolation: Annotated[
        str,
        typer.Option(
            help=f"Far beyond the training rows: {alternatives(EXTRAPOLATIONS)}.",
            rich_help_panel=PANEL,
        ),
    ] = EXTRAPOLATIONS[0]
    groups: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Rows with the same cell here, such as a patient's, are not divided; no feature.",
            rich_help_panel=PANEL,
        ),
    ] = None
    split: Annotated[
        str | None,
        typer.Option(
            metavar="KIND:COLUMN",
            help="time:COLUMN, of dates or numbers: networks are compared by rows that are later"
            " than all that they learn from, and the newest ones are held out. folds:COLUMN: they"
            " are compared by the rows of a fold that they do not learn from.",
            rich_help_panel=PANEL,
        ),
    ] = None
    save_predictions: Annotated[
        Path | None,
        typer.Option(
            help="A .csv, .tsv or .parquet file: every row predicted by networks that have not"
            " seen it. --force replaces also one that holds something else.",
            rich_help_panel=PANEL,
            **NEW_FILE,
        ),
    ] = None

    def options(self, task: str, fit: FitArguments, network: str | None) -> LearnerOptions:
        """The options of the learner, checked."""
        return LearnerOptions(
            task=task,
            preset=self.preset,
            seconds=None if self.time is None else parse_time(self.time),
            ensemble=self.ensemble,
            network=network,
            class_weight=self.class_weight,
            decision=None if self.decision is None else decision_of(self.decision),
            split=self.split,
            loss=self.loss,
            every_row=self.save_predictions is not None,
            test_fraction=fit.test_fraction or 0.0,
            seed=fit.seed,
            jobs=fit.jobs,
            extrapolation=self.extrapolation,
            directions=dict(map(direction_of, self.monotone or [])),
        )


def direction_of(text: str) -> tuple[str, int]:
    """'income=1' → its name and direction; the name may hold = itself."""
    name, _, direction = text.rpartition("=")
    if not name or direction.strip() not in DIRECTIONS:
        raise InputError(
            f"--monotone {text!r} is not COLUMN=1 or COLUMN=-1: write it like --monotone income=1"
        )
    return name, DIRECTIONS[direction.strip()]


def decision_of(text: str) -> str | float | None:
    """The option --decision as a plain value, with the costs of a file written out."""
    # Not at the top: a command line is parsed before anything heavy is imported.
    from rosenblatt.tabular.decision_text import parsed, written

    return written(parsed(text))
