"""Completion by a shell: what typer answers in words of its own is refused before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from rosenblatt.errors import InputError

__all__ = ["COMPLETION", "check_shells", "check_word_request"]

COMPLETION = "_ROSENBLATT_COMPLETE"  # set by the shell that asks what a word may become
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")  # of which typer has scripts
PLACE = re.compile("[0-9]{1,9}")  # of a word among others
OPTIONS = ("install_completion", "show_completion")


def check_word_request() -> None:
    """InputError if the shell that asks for words is none that there is a script for."""
    asked = os.environ[COMPLETION]
    action, _, shell = asked.partition("_")
    if action not in ("complete", "source") or shell not in SHELLS:
        raise InputError(
            f"{COMPLETION} is {asked!r}, which no shell asks: take the script of "
            f"--show-completion as it is"
        )
    words, place = os.environ.get("COMP_WORDS"), os.environ.get("COMP_CWORD", "")
    if asked == "complete_bash" and (words is None or not PLACE.fullmatch(place)):
        raise InputError(
            f"{COMPLETION} is {asked!r} without the words that bash gives beside it: take the"
            " script of --show-completion as it is"
        )


def check_shells(command: Any) -> None:
    """Let the options of completion refuse a shell that there is no script for."""
    for parameter in command.params:
        if parameter.name in OPTIONS:
            parameter.callback = checked(parameter.callback)


def checked(callback: Callable[..., Any]) -> Callable[..., Any]:
    def called(context: Any, parameter: Any, value: Any) -> Any:
        if value:
            check_shell()
        return callback(context, parameter, value)

    return called


def check_shell() -> None:
    """InputError unless the command was started from a shell that completion is made for."""
    import shellingham

    try:
        name, _ = shellingham.detect_shell()
    except shellingham.ShellDetectionFailure as error:
        raise InputError(
            "no shell is found that this command was started from: start it from bash, zsh, fish"
            " or PowerShell to set up completion"
        ) from error
    if name not in SHELLS:
        raise InputError(
            f"there is no completion for the shell {name}: start this command from bash, zsh, fish"
            " or PowerShell"
        )
