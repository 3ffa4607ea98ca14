"""The arguments and options of the four commands.

Each function returns the job that the command line asks for, and `app` runs it: inside, typer would
turn an interruption or a closed pipe into exit codes of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, final

import typer

from rosenblatt.cli.options import SCHEDULES, SOLVERS, TASKS, TrainingOptions, parse_hidden
from rosenblatt.estimators.activation_choice import ACTIVATIONS

if TYPE_CHECKING:
    from rosenblatt.cli.screen import Screen
    from rosenblatt.cli.source import Source

app = typer.Typer(
    name="rosenblatt",
    help="Train a neural network on a table, and predict with it.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def one_of(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}"


Model = Annotated[Path, typer.Argument(help="A model file that `train` wrote.", show_default=False)]
Data = Annotated[
    Path | None,
    typer.Argument(help="A table: CSV, TSV, Parquet, Arrow or Feather.", show_default=False),
]
Example = Annotated[
    str | None,
    typer.Option(
        help="Use bundled real data instead: breast_cancer, diabetes, digits, iris or wine."
    ),
]
Encoding = Annotated[
    str | None, typer.Option(help="Character encoding of a text file; detected if not given.")
]
Delimiter = Annotated[
    str | None, typer.Option(help="What separates a text file's columns; detected if not given.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Leave out notes and reports.")]


@final
@dataclass(frozen=True)
class Job:
    """What a command line asks for. The work, and what it needs, is imported when it is called."""

    work: Callable[[Screen], dict[str, Any]]
    as_json: bool
    quiet: bool = False

    def __call__(self) -> None:
        from rosenblatt.cli.screen import Screen

        screen = Screen(quiet=self.quiet, as_json=self.as_json)
        screen.finish(self.work(screen))


def show_version(asked: bool) -> None:
    if asked:
        from rosenblatt import __version__

        print(f"rosenblatt {__version__}")
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


@app.command()
def train(
    data: Data = None,
    *,
    example: Example = None,
    target: Annotated[
        str | None,
        typer.Option(help="The column to predict; `target` or the last one if not given."),
    ] = None,
    task: Annotated[str, typer.Option(help=f"{one_of(TASKS)}.")] = "auto",
    hidden: Annotated[str, typer.Option(help="Units of the hidden layers.")] = "128,64",
    activation: Annotated[
        str, typer.Option(help=f"Of the hidden layers: {one_of(ACTIVATIONS)}.")
    ] = "relu",
    solver: Annotated[str, typer.Option(help=f"{one_of(SOLVERS)}.")] = "adam",
    alpha: Annotated[float, typer.Option(help="Strength of the L2 penalty.")] = 1e-4,
    batch_size: Annotated[
        int | None, typer.Option(help="Rows a step; from the number of rows if not given.")
    ] = None,
    learning_rate: Annotated[float, typer.Option(help="Size of the first steps.")] = 1e-3,
    schedule: Annotated[
        str, typer.Option(help=f"How the learning rate changes: {one_of(SCHEDULES)}.")
    ] = "constant",
    epochs: Annotated[int, typer.Option(help="Most passes over the training rows.")] = 200,
    validation_fraction: Annotated[
        float, typer.Option(help="Share of the rows that tells when to stop; 0 = do not watch.")
    ] = 0.1,
    test_fraction: Annotated[
        float, typer.Option(help="Share of the rows held out from training, for its scores.")
    ] = 0.2,
    patience: Annotated[
        int, typer.Option(help="Epochs without a better validation loss before it stops.")
    ] = 20,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    sample_weight: Annotated[
        str | None, typer.Option(help="A column of weights: 2 counts like the row twice.")
    ] = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    jobs: Annotated[
        int | None, typer.Option(help="Threads; all that it may use if not given.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The model file; <data>.safetensors here if not given.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Train a network on a table and save it."""
    options = TrainingOptions(
        task=task,
        hidden=parse_hidden(hidden),
        activation=activation,
        solver=solver,
        alpha=alpha,
        batch_size=batch_size,
        learning_rate=learning_rate,
        schedule=schedule,
        epochs=epochs,
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        patience=patience,
        seed=seed,
        jobs=jobs,
    )

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_train

        return run_train(
            source_of(data, example, encoding, delimiter),
            screen,
            target=target,
            weight_column=sample_weight,
            options=options,
            out=out,
        )

    return Job(job, as_json, quiet)


@app.command()
def predict(
    model: Model,
    data: Data = None,
    *,
    example: Example = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A .csv, .tsv or .parquet file; CSV to standard output if not given."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Predict the target of every row of a table."""

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_predict

        source = source_of(data, example, encoding, delimiter)
        return run_predict(model, source, screen, out=out)

    return Job(job, as_json, quiet)


@app.command()
def evaluate(
    model: Model,
    data: Data = None,
    *,
    example: Example = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Score a model on rows whose target is known."""

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_evaluate

        source = source_of(data, example, encoding, delimiter)
        return run_evaluate(model, source, screen)

    return Job(job, as_json, quiet)


@app.command()
def inspect(model: Model, *, as_json: AsJson = False) -> Job:
    """Show what a model file holds."""

    def job(screen: Screen) -> dict[str, Any]:
        from rosenblatt.cli.commands import run_inspect

        return run_inspect(model, screen)

    return Job(job, as_json=as_json)


def source_of(
    data: Path | None, example: str | None, encoding: str | None, delimiter: str | None
) -> Source:
    from rosenblatt.cli.source import Source

    return Source(data, example, encoding, delimiter)
