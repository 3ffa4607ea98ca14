"""Commands run in this process, and options of short trainings."""

from __future__ import annotations

import contextlib
import io

from rosenblatt.cli.app import run

QUICK = ["--epochs", "40", "--hidden", "16"]


def command(*arguments: object) -> str:
    """Run a command that must succeed, and return what it prints."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(output):
        assert run(list(map(str, arguments))) == 0
    return output.buffer.getvalue().decode()
