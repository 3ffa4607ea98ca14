"""The command `lab`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rosenblatt import lab
from rosenblatt.cli import lab_command
from rosenblatt.cli.app import run
from rosenblatt.errors import InputError
from rosenblatt.lab.registry import experiment_of


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_the_list_has_the_last_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "--json"]) == 0
    before = {
        e["id"]: e["last_verdict"] for e in json.loads(capsys.readouterr().out)["experiments"]
    }
    assert before["L16"] is None
    assert run(["lab", "l16", "--quick", "--quiet"]) == 0
    assert run(["lab", "--json"]) == 0
    after = {e["id"]: e["last_verdict"] for e in json.loads(capsys.readouterr().out)["experiments"]}
    assert after == {**before, "L16": "does not hold"}


@pytest.mark.parametrize("content", ['{"L16": "perhaps"}', "[" * 100_000, "[]", "\0"])
def test_a_damaged_state_is_no_verdict(
    content: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / "rosenblatt").mkdir(parents=True)
    (state / "rosenblatt" / "lab.json").write_text(content)
    assert run(["lab"]) == 0
    assert "L16" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name is not of Windows")
def test_a_pipe_is_no_state(state: Path) -> None:
    (state / "rosenblatt").mkdir(parents=True)
    os.mkfifo(state / "rosenblatt" / "lab.json")
    assert run(["lab", "--quiet"]) == 0


def test_a_user_without_a_home_has_no_last_verdicts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", staticmethod(none))
    assert run(["lab", "L16", "--quick", "--quiet"]) == 0
    assert run(["lab"]) == 0
    assert "L16" in capsys.readouterr().out


def test_an_unknown_id_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lab", "L61"]) == 2
    assert "L16" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [-1, 0.5, None, [1]])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(InputError, match="give a whole number from 0 on"):
        lab.run("L16", quick=True, seed=seed)
    with pytest.raises(InputError, match="there is no experiment 16"):
        lab.run(16)  # type: ignore[arg-type]


def test_all_go_into_a_folder_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("kept")
    assert run(["lab", "--all", "--out", str(tmp_path / "mine")]) == 2
    assert "is a file, and --all writes a folder" in " ".join(capsys.readouterr().err.split())
    assert (tmp_path / "mine").read_text() == "kept"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Experiments, of which the lab has so many that all take minutes."""
    known = {name: experiment_of(name) for name in ("L16", "G5")}
    monkeypatch.setattr(lab_command, "experiments", lambda: known)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("name", ["lab.json", "G5.json", "L16.png"])
def test_files_of_others_are_replaced_with_force_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out = tmp_path / "out"
    everything = ["lab", "--all", "--quick", "--quiet", "--out", str(out)]
    for _ in range(2):  # new, and once more
        assert run(everything) == 0
    names = sorted(path.name for path in out.iterdir())
    assert name in names
    (out / name).write_bytes(b"my own")
    assert run(everything) == 2
    assert f"{name} exists and holds no" in " ".join(capsys.readouterr().err.split())
    assert (out / name).read_bytes() == b"my own"
    assert run([*everything, "--force"]) == 0
    assert (out / name).read_bytes() != b"my own"
    assert sorted(path.name for path in out.iterdir()) == names


@pytest.mark.parametrize(
    "arguments",
    [
        ["L16", "--all", "--out", "x"],
        ["--all"],
        ["L16", "--out", "x"],
        ["--plot", "x.png"],
        ["--quick"],
        ["--seed", "3"],
        ["--force"],
        ["L16", "--plot", "x.txt"],
        ["L16", "--plot", "/nowhere/x.png"],
    ],
)
def test_what_does_not_go_together_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lab", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Verdict"), ("zh", "结论")])
def test_a_run_shows_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    picture = tmp_path / "l16.png"
    assert run(["--lang", language, "lab", "L16", "--plot", str(picture)]) == 0
    assert word in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")
