"""What is known to fail is said before the table is read, or before the training."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.checkpoints import Checkpoint, Store
from rosenblatt.cli import (
    commands,
    explain_command,
    lab_command,
    learn_command,
    source,
    train_command,
)
from rosenblatt.cli.app import run
from rosenblatt.persistence import container
from rosenblatt.support import atomic
from rosenblatt.table import TableEncoding, table_formats
from rosenblatt.table.files.column_builder import ColumnBuilder
from tests.support.commands import QUICK

LEARNER = ["train", "shop.csv", "--target", "bought", "--preset", "fast"]
TRAIN = ["train", "shop.csv", "--target", "bought", *QUICK]


def failing(said: str) -> Callable[..., None]:
    """In place of what a refusal has to come before."""

    def fails(*_: object, **__: object) -> None:
        raise AssertionError(said)

    return fails


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    fails = failing("the table was read")
    monkeypatch.setattr(source, "read_table", fails)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    fails = failing("the network was trained")
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
    monkeypatch.setattr(container, "MAX_COLUMNS_BYTES", 150)
    assert run(TRAIN) == 2
    assert "leave out columns" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_learner_with_more_to_say_than_a_header_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its networks and the training rows add to the columns is known after the training."""
    monkeypatch.setattr(container, "MAX_HEADER_BYTES", 8000)
    assert run([*LEARNER, "--out", "m"]) == 0
    assert b'"rosenblatt":{"dtype":"U8"' in Path("m").read_bytes()
    assert run(["predict", "m", "shop.csv", "--out", "p.csv"]) == 0
    assert len(pd.read_csv("p.csv")) == len(pd.read_csv("shop.csv"))


@pytest.fixture
def unencoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No column is recognised but the target, and none is encoded."""

    fails = failing("the columns were looked at")
    monkeypatch.setattr(table_formats, "recognise", fails)
    monkeypatch.setattr(TableEncoding, "encode", fails)


def table(**columns: object) -> None:
    frame = pd.DataFrame({"size": np.arange(30), "bought": ["yes", "no"] * 15} | columns)
    frame.to_csv("shop.csv", index=False)


ONE_NETWORK = ["--hidden", "4"]


@pytest.mark.usefixtures("unencoded")
@pytest.mark.parametrize("options", [[], ONE_NETWORK], ids=["learner", "one network"])
@pytest.mark.parametrize(
    ("columns", "given", "said"),
    [
        ({"bought": "yes"}, [], "'yes' in every row"),
        ({"bought": None}, [], "missing in every row"),
        ({"bought": [f"w{k}" for k in range(30)]}, [], "too many for classes"),
        (
            {"bought": [None, *["yes"] * 28, "no"], "w": [1, *[0] * 29]},
            ["--sample-weight", "w"],
            "are 0 in every row that has a target",
        ),
    ],
)
def test_what_the_target_and_the_rows_decide(
    columns: dict[str, object],
    given: list[str],
    said: str,
    options: list[str],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(**columns)
    assert run(["train", "shop.csv", "--target", "bought", *given, *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("unencoded")
@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        ({"shop": "x"}, ["--groups", "shop"], "group"),
        ({"bought": [*["yes"] * 29, "no"], "w": [1, *[0] * 29]}, ["--sample-weight", "w"], "1 row"),
    ],
)
def test_what_rows_decide_for_the_learner(
    columns: dict[str, object],
    options: list[str],
    said: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(**columns)
    assert run(["train", "shop.csv", "--target", "bought", "--test-fraction", "0", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files may have 5 kB, as by ulimit -f."""
    monkeypatch.setattr(atomic, "size_limit", lambda: 5_000)


@pytest.mark.usefixtures("untrained", "limited")
@pytest.mark.parametrize("options", [[], ["--checkpoint", "c"]], ids=["model", "with a checkpoint"])
def test_a_file_larger_than_the_limit(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*TRAIN, "--hidden", "800", *options]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: cannot write shop.safetensors: it takes ")
    assert said.endswith("limited to 5 kB: raise the limit (ulimit -f)")


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("network", [[], ["--network", "realmlp"]], ids=["learner", "published"])
def test_networks_larger_than_the_limit(
    network: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(learn_command, "FEWEST_UNITS", 1)
    assert run(["train", "shop.csv", "--target", "bought", *network]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: cannot write shop.safetensors: it takes ")
    assert sorted(path.name for path in Path().iterdir()) == ["shop.csv"]


def test_predictions_larger_than_the_disk(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()  # the table may be read
    monkeypatch.chdir(model)
    monkeypatch.setattr(atomic, "free_space", lambda place: 100.0)
    monkeypatch.setattr(commands, "predict", None)
    assert run(["predict", "m.safetensors", "shop.csv", "--out", "p.csv"]) == 2
    assert "and 0 kB are free there: free some space" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["train"], ["train", *ONE_NETWORK], ["search"]], ids=["learner", "one", "search"]
)
@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"size": [1, 2], "bought": ["yes", "no"]}, "was trained on other columns"),
        ({"size": [1, 2], "sold": ["yes", "no"]}, "predicts 'bought'"),
    ],
)
def test_a_model_of_other_columns_is_no_model_of_this_table(
    command: list[str],
    table: dict[str, list[object]],
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*TRAIN, "--out", "m.safetensors"]) == 0

    fails = failing("a column was looked at")
    monkeypatch.setattr(table_formats, "candidate_of", fails)
    pd.DataFrame(table).to_csv("other.csv", index=False)
    target = list(table)[-1]
    assert run([*command, "other.csv", "--target", target, "--out", "m.safetensors"]) == 2
    assert f"m.safetensors holds another model, which {said}: " in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["size_limit", "free_space"])
@pytest.mark.parametrize(
    "option", [["--out", "v.csv"], ["--out", "v.parquet"], ["--plot", "v.png"]], ids=" ".join
)
def test_files_of_an_explanation_or_an_experiment(
    fault: str,
    option: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*TRAIN, "--out", "m.safetensors"]) == 0

    fails = failing("the work began")
    monkeypatch.setattr(atomic, fault, lambda *_: 0.0)
    monkeypatch.setattr(explain_command, "ShapExplainer", fails)
    monkeypatch.setattr(lab_command, "performed", fails)
    commands = [["explain", "m.safetensors", "shop.csv", *option]]
    if option[0] == "--plot":
        commands.append(["lab", "G5", *option])
    capsys.readouterr()
    for command in commands:
        assert run(command) == 2
        assert f"cannot write {option[1]}: it takes" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize(
    "command", [["train"], ["train", *ONE_NETWORK], ["search"]], ids=["learner", "one", "search"]
)
def test_one_row_is_too_few_before_its_columns_are_built(
    command: list[str],
    kind: str,
    folder: Path,
    unencoded: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fails = failing("a column was built")
    monkeypatch.setattr(ColumnBuilder, "take", fails)
    frame = pd.DataFrame({"size": [1], "bought": ["yes"]})
    write = {
        "csv": lambda path: frame.to_csv(path, index=False),
        "parquet": frame.to_parquet,
        "jsonl": lambda path: frame.to_json(path, orient="records", lines=True),
    }
    write[kind](f"one.{kind}")
    assert run([*command, f"one.{kind}", "--target", "bought"]) == 2
    assert capsys.readouterr().err == (
        f"error: one.{kind} has 1 row, and 2 are needed at least: add rows\n"
    )


@pytest.fixture
def model(folder: Path, request: pytest.FixtureRequest) -> Path:
    assert run([*TRAIN, "--quiet", "--out", "m.safetensors"]) == 0
    request.getfixturevalue("unread")
    return folder


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--coverage", "0.9"], "no scores of rows outside"),
        (["--quantile", "0.5"], "--quantile is of numbers"),
        (["--warn-shift"], "--warn-shift"),
        (["--keep-column", "prediction"], "--keep-column prediction"),
    ],
)
def test_what_a_model_cannot_say(
    options: list[str], said: str, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["predict", "m.safetensors", "shop.csv", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_network_that_no_trace_shows(
    folder: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    assert run([*LEARNER, "--ensemble", "2", "--quiet", "--out", "m"]) == 0
    request.getfixturevalue("unread")
    assert run(["trace", "m", "shop.csv"]) == 2
    assert "the model is the mean of 2 networks" in capsys.readouterr().err


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
