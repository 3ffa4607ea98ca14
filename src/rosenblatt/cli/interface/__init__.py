"""The arguments and options of the commands.

Each function returns the job that the command line asks for, and `app` runs it: inside, typer would
turn an interruption or a closed pipe into exit codes of its own.
"""

from __future__ import annotations

from rosenblatt.cli.interface.exchange import export, import_
from rosenblatt.cli.interface.fits import look, search, train
from rosenblatt.cli.interface.teaching import lab, trace
from rosenblatt.cli.interface.uses import evaluate, explain, inspect, predict, serve
from rosenblatt.cli.overview import examples, new_app

__all__ = ["app"]

COMMANDS = (
    *(look, train, search, predict, evaluate, explain, serve),
    *(import_, export, inspect, trace, lab),
)

app = new_app()
for command in COMMANDS:
    name = command.__name__.rstrip("_")  # `import` is a word of Python's
    app.command(name, epilog=examples(name))(command)
