"""The helps of a command and its subcommands, in the language that is set."""

from __future__ import annotations

from typing import Any

import typer

from rosenblatt.cli.languages.line_breaks import break_lines
from rosenblatt.support.wording import is_english, worded

__all__ = ["word_help"]

# typer's own words, which it has as constants.
OF_TYPER = (
    "ARGUMENTS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
    "DEFAULT_STRING",
    "OPTIONS_PANEL_TITLE",
    "REQUIRED_LONG_STRING",
)


def word_help(command: Any) -> None:
    """Word what a command and its subcommands show as help, in place."""
    if is_english():
        return
    # With rich: only another language needs it here.
    from typer import rich_utils

    for name in OF_TYPER:
        setattr(rich_utils, name, worded(getattr(rich_utils, name)))
    break_lines()
    word_command(command)


def word_command(command: Any) -> None:
    """Word a command, and those in it."""
    command.get_usage = lambda context, usage=command.get_usage: worded(usage(context))
    for name in ("help", "short_help", "epilog"):
        setattr(command, name, in_one(getattr(command, name)))
    for parameter in (*command.params, command.get_help_option(typer.Context(command))):
        parameter.help = in_one(parameter.help)
        parameter.rich_help_panel = in_one(parameter.rich_help_panel)
    for subcommand in getattr(command, "commands", {}).values():
        word_command(subcommand)


def in_one(text: str | None) -> str | None:
    """A text whose paragraphs are each worded as one line."""
    if text is None:
        return None
    paragraphs = text.split("\n\n")
    lines = [p if p.startswith(" ") else " ".join(p.split()) for p in paragraphs]
    return "\n\n".join(map(worded, lines))
