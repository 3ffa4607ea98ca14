"""`rosenblatt train 'data/*.parquet' --workers 3`: a training on files, by simulated workers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rosenblatt.cli.app import run
from rosenblatt.cli.source import Source
from rosenblatt.cluster.shards import fit
from rosenblatt.persistence import load_model
from rosenblatt.table import TableFormat
from tests.support.commands import command
from tests.support.parquet_files import numbers, spread

WORKERS = ["--workers", "3", "--cluster", "inproc", "--hidden", "8"]


@pytest.mark.parametrize("classes", [True, False])
def test_a_model_of_files_predicts_and_is_scored_on_rows_held_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], classes: bool
) -> None:
    folder = spread(numbers(1_500, 3, classes=classes), tmp_path / "data")
    out = tmp_path / "m.safetensors"
    given = ["--epochs", "30", "--learning-rate", "0.01", "--out", out, "--json"]
    shown = json.loads(command("train", f"{folder}/*.parquet", "--target", "y", *WORKERS, *given))
    assert sum(shown["rows"].values()) == 1_500
    assert 200 < shown["rows"]["held-out"] < 400
    scores = shown["scores"]
    metric = "accuracy" if classes else "r2"
    assert scores["network"]["held-out"][metric] > 0.85
    assert scores["trivial"]["held-out"][metric] < 0.7
    assert scores["linear"]["held-out"][metric] > 0.85
    assert not [word for word in shown["notes"] if "linear" in word]
    assert load_model(out).encoding.target.name == "y"
    rows = folder / "part-0.parquet"
    assert str(rows) in shown["next"]
    capsys.readouterr()
    lines = command("predict", out, rows).splitlines()
    assert len(lines) == 1 + pq.read_metadata(rows).num_rows


def test_columns_and_workers_are_shown_and_the_target_is_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spread(numbers(600, 2), tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    shown = command("train", "data", *WORKERS, "--epochs", "2", "--drop", "x1")
    said = " ".join(capsys.readouterr().err.split())
    assert "data: 600 rows, 2 columns and the target" in shown
    assert "no target was named: 'y' is taken" in said
    assert "3 workers and 1 server sent" in said
    assert (tmp_path / "data.safetensors").exists()


def test_the_linear_model_learns_from_rows_that_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "MOST_OUTSIDE", 400)
    folder = spread(numbers(1_500, 3), tmp_path / "data")
    given = ["--epochs", "2", "--out", tmp_path / "m.safetensors", "--json"]
    shown = json.loads(command("train", folder, "--target", "y", *WORKERS, *given))
    (word,) = [word for word in shown["notes"] if "linear" in word]
    found = re.search(r"learnt from ([\d,]+) of the ([\d,]+) rows", word)
    assert found is not None
    n, n_rows = (int(text.replace(",", "")) for text in found.groups())
    assert 0.15 * n_rows < n < 0.4 * n_rows
    assert n_rows == shown["rows"]["train"]
    assert shown["scores"]["linear"]["held-out"]["accuracy"] > 0.85


@pytest.mark.parametrize("classes", [True, False])
def test_a_column_of_weights_counts_in_training_and_in_scores(
    tmp_path: Path, classes: bool
) -> None:
    table = numbers(600, 3, classes=classes)
    y = table.column("y").to_numpy()
    large = y == "no" if classes else y > 100
    rows = table.append_column("w", pa.array(np.where(large, 9.0, 0.5)))
    folder, out = spread(rows, tmp_path / "data"), tmp_path / "m.safetensors"
    given = ["--epochs", "3", "--sample-weight", "w", "--out", out, "--json"]
    shown = json.loads(command("train", folder, "--mode", "bounded", *WORKERS, *given))
    saved = load_model(out)
    assert saved.summary.weight_column == "w"
    trivial = shown["scores"]["trivial"]["held-out"]
    if classes:
        assert trivial["accuracy"] > 0.85  # of 0.5 without weights
    else:
        assert abs(trivial["r2"]) < 0.1
    assert {line.name for line in saved.encoding.describe()} == {"x0", "x1", "x2", "y"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--sample-weight", "x0"], "every weight must be a number of 0 or more"),
        (["--sample-weight", "v"], "the files have no column 'v' of weights"),
        (["--solver", "lbfgs"], "take a first-order solver"),
        (["--target", "z"], "the files have no target column 'z'"),
        (["--learning-rate", "1e30", "--solver", "sgd"], "training diverged"),
    ],
)
def test_what_is_refused(
    given: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = spread(numbers(300, 2), tmp_path / "data")
    out = tmp_path / "m.safetensors"
    assert run(["train", str(folder), *WORKERS, *given, "--out", str(out)]) == 2
    assert says in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_without_workers_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = spread(numbers(300, 2), tmp_path / "data")
    for given in (str(folder), f"{folder}/*.parquet"):
        assert run(["train", given, "--hidden", "8"]) == 2
        assert "give --workers 2 or more too" in " ".join(capsys.readouterr().err.split())


def test_the_folder_names_the_model() -> None:
    for name, stem in (("data/*.parquet", "data"), ("*.parquet", "files"), ("../a/**/*", "a")):
        assert Source(Path(name), None, TableFormat()).stem == stem
