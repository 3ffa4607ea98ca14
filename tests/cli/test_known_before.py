"""What is known to fail is said before the table is read, or before the training."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rosenblatt.checkpoints import Checkpoint, Store
from rosenblatt.cli import source, train_command
from rosenblatt.cli.app import run
from rosenblatt.persistence import container
from tests.support.commands import QUICK

TRAIN = ["train", "shop.csv", "--target", "bought", *QUICK]


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError("the table was read")

    monkeypatch.setattr(source, "read_table", fails)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError("the network was trained")

    monkeypatch.setattr(train_command, "train_network", fails)


@pytest.mark.usefixtures("unread")
def test_a_checkpoint_in_use(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.held(Checkpoint(Path("c"))):
        assert run([*TRAIN, "--checkpoint", "c"]) == 2
    assert "another fit is using the checkpoint" in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == ["shop.csv"]


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("name", ["c", "c.previous"])
def test_a_checkpoint_that_is_another_file(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text("somebody's notes")
    assert run([*TRAIN, "--checkpoint", "c"]) == 2
    assert "another path" in capsys.readouterr().err
    assert Path(name).read_text() == "somebody's notes"


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("option", ["--out", "--checkpoint"])
@pytest.mark.parametrize("path", ["none/file", "shop.csv/file", "."])
def test_places_where_nothing_can_be_written(
    option: str, path: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*TRAIN, option, path]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.usefixtures("untrained")
def test_a_table_too_wide_for_a_model_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_HEADER_BYTES", 1500)
    assert run(TRAIN) == 2
    assert "leave out columns" in capsys.readouterr().err


def test_a_file_at_the_output_that_may_not_be_read_is_no_other_file(
    folder: Path, unread: None, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds cannot be told; the superuser may read all files."""
    Path("m.safetensors").touch(0o000)
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path).stat().st_mode & 0o400) > 0)
    assert run([*TRAIN, "--out", "m.safetensors"]) == 2
    assert capsys.readouterr().err == (
        "error: m.safetensors may not be read: change its permissions\n"
    )
