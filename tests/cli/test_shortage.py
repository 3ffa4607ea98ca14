"""What a command says when memory runs out, which makes this very command take less, or files."""

from __future__ import annotations

import errno
import os

import pytest

from rosenblatt.cli import app

TABLE, NETWORK, ANY = "fewer rows or columns", "a smaller network", "free some"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        *((command, NETWORK) for command in ("train", "search")),
        *((command, TABLE) for command in ("look", "predict", "evaluate", "explain")),
        *((command, ANY) for command in ("inspect", "export", "import", "serve", "lab")),
    ],
)
def test_the_message_fits_the_command(
    command: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def runs_out(arguments: object) -> int:
        raise MemoryError

    monkeypatch.setattr(app, "_dispatch", runs_out)
    assert app.run([command]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_no_more_open_files(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a pipe to a process of its own: not that standard output cannot be written."""

    def fails(arguments: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(app, "_dispatch", fails)
    assert app.run(["import", "m.keras"]) == 2
    said = "error: no more files may be open: close some, or raise their limit (ulimit -n)\n"
    assert capsys.readouterr() == ("", said)
