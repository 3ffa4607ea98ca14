"""What is given is shown by its beginning in errors and notes, however long it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from rosenblatt.errors import clipped
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK

WORD = "a" * 100_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["look", WORD],
        ["look", "shop.csv", "--encoding", WORD],
        ["look", "shop.csv", "--delimiter", WORD],
        ["train", "shop.csv", "--target", WORD],
        ["train", "shop.csv", "--out", WORD],
        ["predict", WORD, "shop.csv"],
        ["predict", "shop.csv", "shop.csv", "--column", f"{WORD}={WORD}"],
        ["inspect", "a " * 50_000],
        ["import", WORD, "--out", "a.safetensors"],
        [WORD],
        ["look", f"--{WORD}"],
    ],
    ids=lambda given: " ".join(word[:9] for word in given),
)
def test_an_error(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shop_table().to_csv("shop.csv", index=False)
    assert run([*arguments, "--json"]) == 2
    captured = capsys.readouterr()
    assert len(captured.err) < 6_000
    assert captured.err.count("\n") == 1
    assert len(json.loads(captured.out)["error"]) < 6_000


def test_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shop_table().assign(**{WORD: 1}).to_csv("shop.csv", index=False)
    assert run(["train", "shop.csv", "--target", "bought", *QUICK]) == 0
    notes = [line for line in capsys.readouterr().err.split("\n") if "constant" in line]
    assert len(notes) == 1
    assert "aaaa..." in notes[0]
    assert len(notes[0]) < 2_000


def test_usual_names_are_shown_whole() -> None:
    for name in ("/home/" + "a" * 255 + "/" + "b" * 255 + "/data.csv", "many words, " * 200):
        assert clipped(name) == name
