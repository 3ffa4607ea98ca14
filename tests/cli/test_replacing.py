"""Files at --out: what a command has written itself is replaced, anything else with --force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from rosenblatt.cli.app import run
from tests.support.commands import QUICK


@pytest.fixture
def model(folder: Path) -> Path:
    assert run(["train", "shop.csv", "--target", "bought", "--quiet", *QUICK]) == 0
    return Path("shop.safetensors")


@pytest.mark.parametrize("name", ["p.csv", "p.tsv", "p.parquet"])
def test_predictions(model: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    predict, path = ["predict", str(model), "shop.csv", "--quiet", "--out", name], Path(name)
    for _ in range(2):  # new, and once more
        assert run(predict) == 0
    path.write_bytes(b"")  # as mktemp leaves it
    assert run(predict) == 0
    written = path.read_bytes()
    if path.suffix == ".parquet":
        pd.DataFrame({"wage": [1.0]}).to_parquet(path)
    else:
        path.write_text("predictions of last year,wage\n1,2\n")
    other = path.read_bytes()
    assert run(predict) == 2
    assert f"{name} exists and holds no predictions" in capsys.readouterr().err
    assert path.read_bytes() == other
    assert run([*predict, "--force"]) == 0
    assert path.read_bytes() == written


def test_a_damaged_table_is_no_predictions(model: Path) -> None:
    Path("p.parquet").write_bytes(b"PAR1 and nothing more")
    assert run(["predict", str(model), "shop.csv", "--out", "p.parquet"]) == 2


@pytest.mark.parametrize("name", ["net.onnx", "net.c", "net.safetensors"])
def test_exports(model: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name.endswith("onnx"):
        pytest.importorskip("onnx")
    export, path = ["export", str(model), "--quiet", "--out", name], Path(name)
    for _ in range(2):
        assert run(export) == 0
    written = path.read_bytes()
    for other in (b"somebody's own", model.read_bytes()):
        path.write_bytes(other)
        assert run(export) == 2
        assert "holds no export of rosenblatt" in capsys.readouterr().err
        assert path.read_bytes() == other
    assert run([*export, "--force"]) == 0
    assert path.read_bytes() == written


def test_places_that_the_system_refuses_are_told_as_such(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "x" * 300  # which is refused to root too
    for command in (
        ["train", "shop.csv", "--out", f"{long}.safetensors"],
        ["predict", str(model), "shop.csv", "--out", f"{long}.csv"],
        ["export", str(model), "--out", f"{long}.c"],
    ):
        assert run(command) == 2
        told = capsys.readouterr().err
        assert f"error: cannot write {command[-1]}: File name too long;" in told


def test_the_readers_of_files_say_that_they_may_not_be_read(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.access", lambda path, *_, **__: Path(path).name != model.name)
    monkeypatch.setattr(Path, "open", refused)
    for command in (
        ["inspect", str(model)],
        ["train", "shop.csv", "--from", str(model), "--out", "new.safetensors"],
        ["import", str(model), "--out", "new.safetensors"],
    ):
        assert run(command) == 2
        assert "it cannot be read: Permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize("kind", ["explain", "search", "lab"])
def test_pictures(model: Path, kind: str, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    path = Path(f"picture.{ending}")
    small = ["--hidden", "2", "--folds", "2", "--epochs", "2", "--out", "s.safetensors"]
    draw = {
        "explain": ["explain", str(model), "shop.csv", "--rows", "2"],
        "search": ["search", "shop.csv", "--target", "bought", *small],
        "lab": ["lab", "L16", "--quick"],
    }[kind]
    draw += ["--quiet", "--plot", str(path)]
    for _ in range(2):
        assert run(draw) == 0
    path.write_bytes(b"somebody's own")
    assert run(draw) == 2
    assert "holds no picture" in capsys.readouterr().err
    assert path.read_bytes() == b"somebody's own"
    assert run([*draw, "--force"]) == 0
    assert path.read_bytes() != b"somebody's own"


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
@pytest.mark.parametrize("option", ["--plot", "--out", "--html"])
def test_files_that_are_read_are_kept(
    model: Path, option: str, link: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Under whatever name, and with --force."""
    path = Path({"--plot": "same.png", "--out": "same.csv", "--html": "same.html"}[option])
    command = "trace" if option == "--html" else "explain"
    small = ["--hidden", "2", "--folds", "2", "--epochs", "2", "--out", "s.safetensors"]
    commands = {str(model): [command, str(model), "shop.csv"]}
    commands["shop.csv"] = [command, str(model), "shop.csv"]
    for read, words in commands.items():
        link(path, read)
        before = Path(read).read_bytes()
        assert run([*words, "--quiet", "--force", option, str(path)]) == 2
        assert f"{option} {path} is one of the files to read" in capsys.readouterr().err
        assert Path(read).read_bytes() == before
        path.unlink()
    if option == "--plot":
        link(path, "shop.csv")
        search = [
            "search",
            "shop.csv",
            "--target",
            "bought",
            *small,
            "--force",
            "--plot",
            str(path),
        ]
        assert run([*search, "--plot", str(path)]) == 2
        assert "is one of the files to read" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["explain", "search", "lab"])
def test_a_picture_at_a_link_in_a_circle(
    model: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    Path("loop.png").symlink_to("loop.png")
    words = {
        "explain": [str(model), "shop.csv"],
        "search": ["shop.csv", "--target", "bought"],
        "lab": ["L16", "--quick"],
    }[command]
    assert run([command, *words, "--plot", "loop.png"]) == 2
    assert "its links lead in a circle" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["loop.csv", "nowhere.csv"])
@pytest.mark.parametrize("command", ["look", "train", "predict"])
def test_a_table_at_a_link_that_leads_nowhere(
    model: Path, command: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("loop.csv").symlink_to(target)
    words = [str(model)] if command == "predict" else []
    assert run([command, *words, "loop.csv"]) == 2
    assert "loop.csv is a link that leads to no file" in capsys.readouterr().err
