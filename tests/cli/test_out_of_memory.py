"""What a command says when memory runs out: what makes this very command take less."""

from __future__ import annotations

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
