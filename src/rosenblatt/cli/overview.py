"""The command without its subcommands' options: enough for --help, --version and a misspelt name.

The options name activations, solvers and schedules, whose modules take a second to import.
"""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["COMMANDS", "new_app", "overview"]

# The subcommands in the order of the help; their functions have the same docstrings.
COMMANDS = {
    "look": "Show what is understood of a table, before any training.",
    "train": "Train networks on a table and save them.",
    "search": "Try networks of several sizes on a table, train the one chosen and save it.",
    "predict": "Predict the target of every row of a table.",
    "evaluate": "Score a model on rows whose target is known.",
    "serve": "Answer requests over HTTP with the predictions of a model.",
    "export": "Write a model as ONNX, as C or as plain weights.",
    "inspect": "Show what a model file holds.",
}


def show_version(asked: bool) -> None:
    if asked:
        from rosenblatt import __version__

        print(f"rosenblatt {__version__}")
        raise typer.Exit


def main_options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """The options that stand before a subcommand."""


def new_app() -> typer.Typer:
    """The command, to which subcommands are added."""
    app = typer.Typer(
        name="rosenblatt",
        help="Train neural networks on a table, and predict with them.",
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(main_options)
    return app


def overview() -> typer.Typer:
    """The command with the names and summaries of its subcommands, which do nothing."""
    app = new_app()
    for name, summary in COMMANDS.items():
        app.command(name, help=summary)(lambda: None)
    return app
