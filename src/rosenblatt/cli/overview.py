"""The command without its subcommands' options: enough for --help, --version and a misspelt name.

The options name activations, solvers and schedules, whose modules take a second to import.
"""

from __future__ import annotations

from typing import Annotated

import typer

from rosenblatt.cli.languages.choice import LANGUAGES

__all__ = ["COMMANDS", "EXAMPLES", "examples", "new_app", "overview"]

# The subcommands in the order of the help; their functions have the same docstrings.
COMMANDS = {
    "look": "Show what is understood of a table, before any training.",
    "train": "Train networks on a table and save them.",
    "search": "Try networks of several sizes on a table, train the one chosen and save it.",
    "predict": "Predict the target of every row of a table.",
    "evaluate": "Score a model on rows whose target is known.",
    "explain": "Show which columns count, and why a row is predicted as it is.",
    "serve": "Answer requests over HTTP with the predictions of a model.",
    "import": "Make a model of a network that another tool has trained.",
    "export": "Write a model for other programs: ONNX, C, SQL, JavaScript, PMML, Keras.",
    "inspect": "Show what a model file holds.",
    "trace": "Show one row's way through a network, number by number.",
    "lab": "Put claims about neural networks to the test.",
}


# Two command lines for the end of each help.
EXAMPLES = {
    "look": ("look data.csv", "look survey.xlsx --missing -999"),
    "train": ("train data.csv --target price", "train data.csv --target price --preset best"),
    "search": (
        "search data.csv --target price --time 60s",
        "search data.csv --hidden 16 --hidden 64,32",
    ),
    "predict": (
        "predict data.safetensors new.csv --out predictions.csv",
        "predict data.safetensors - --keep-column id < new.csv",
    ),
    "evaluate": (
        "evaluate data.safetensors labelled.csv",
        "evaluate data.safetensors labelled.csv --json",
    ),
    "explain": (
        "explain data.safetensors new.csv",
        "explain data.safetensors new.csv --row 12 --plot why.png",
    ),
    "serve": ("serve data.safetensors", "serve data.safetensors --port 80 --max-body 50MB"),
    "import": (
        "import net.net --inputs age,income --classes no,yes --out model.safetensors",
        "import net.net --out model.safetensors --check predictions.csv",
    ),
    "export": ("export data.safetensors --to onnx", "export data.safetensors --out net.c"),
    "inspect": (
        "inspect data.safetensors",
        "inspect data.safetensors --columns > columns.toml",
    ),
    "trace": (
        "trace data.safetensors data.csv --row 3",
        "trace data.safetensors data.csv --row 3 --html trace.html",
    ),
    "lab": ("lab", "lab L16 --plot saturation.png"),
}


def examples(name: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(["Examples:", *(f"  rosenblatt {line}" for line in EXAMPLES[name])])


def show_version(asked: bool) -> None:
    if asked:
        from rosenblatt import __version__

        print(f"rosenblatt {__version__}")
        raise typer.Exit


def main_options(
    language: Annotated[
        str | None,
        typer.Option(
            "--lang",
            help="The language of what is shown: en or zh. ROSENBLATT_LANG and the locale say it"
            " too.",
            autocompletion=lambda: list(LANGUAGES),
            show_default=False,
        ),
    ] = None,
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
