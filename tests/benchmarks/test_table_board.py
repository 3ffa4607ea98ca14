"""The leaderboard as its users run it, on small tables of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.tables.contenders.base import numbered, with_missing_category
from benchmarks.tables.data import CannotRead, Task, read, tables
from tests.support.benchmark_reports import ROOT

RNG = np.random.default_rng(0)
MLP = "scikit-learn MLP"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    x = RNG.normal(size=400)
    x[::50] = np.nan
    colour = np.where(np.nan_to_num(x) > 0, "red", "blue").astype(object)
    features = {"x [m, <1]": x, "colour": pd.Categorical(colour)}
    noise = RNG.normal(0, 0.1, 400)
    frames = {
        "classes": pd.DataFrame(features | {"target": pd.Categorical(colour)}),
        "numbers": pd.DataFrame(features | {"target": 1e6 + 1e5 * (np.nan_to_num(x) + noise)}),
        "counts": pd.DataFrame({"x": x, "target": np.arange(400)}),
        "unnamed": pd.DataFrame({"x": x, "y": x}),
    }
    for name, frame in frames.items():
        frame.to_parquet(path / f"{name}.parquet")
    return path


def board(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.tables", *map(str, arguments)]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def test_runs_are_recorded_once_and_a_named_contender_runs_again(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "board.json"
    asked = ("--data", folder, "--out", out, "--only", MLP, "--rows", 200, "--seeds", 0)
    done = board(*asked, "--tables", "classes")
    assert done.returncode == 0, done.stderr
    (first,) = json.loads(out.read_text())["records"]
    assert (first["training_rows"], first["test_rows"], first["columns"]) == (200, 200, 2)
    assert first["error"] < 0.1
    assert first["log_loss"] < 0.3
    assert first["fit_seconds"]["cpu"] > 0

    done = board(*asked, "--tables", "classes", "numbers")
    assert done.returncode == 0, done.stderr
    kept, new = json.loads(out.read_text())["records"]
    assert kept == first
    assert new["error"] < 0.2
    assert new["log_loss"] is None
    assert f"{MLP}, numbers, seed 0: error" in done.stdout
    assert f"{MLP}, classes" not in done.stdout

    done = board(*asked, "--tables", "classes", "--again", MLP)
    again = json.loads(out.read_text())["records"][0]
    assert again["error"] == first["error"]
    assert again["fit_seconds"] != first["fit_seconds"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tables", "none"], "no table none in"),
        (["--tables", "counts"], "the target of"),
        (["--tables", "unnamed"], "has no column target"),
        (["--data", "nowhere"], "no Parquet file in nowhere"),
        (["--rows", "0"], "--rows"),
        (["--seeds", "-1"], "--seeds"),
        (["--only", "nobody"], "nobody"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(
    folder: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    done = board("--data", folder, "--out", tmp_path / "board.json", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_text_is_classified_and_floats_are_regressed(folder: Path, tmp_path: Path) -> None:
    assert read(folder / "classes.parquet").task is Task.CLASSIFICATION
    assert read(folder / "numbers.parquet").task is Task.REGRESSION
    path = tmp_path / "plain.parquet"
    pd.DataFrame({"x": ["a", None, "b"], "target": ["0", "1", "0"]}).to_parquet(path)
    table = read(path)
    assert table.task is Task.CLASSIFICATION
    assert list(table.frame.x.cat.categories) == ["a", "b"]


def test_without_names_the_tables_of_the_list_are_run_or_else_all(
    folder: Path, tmp_path: Path
) -> None:
    assert [path.stem for path in tables(folder, None)] == [
        "classes",
        "counts",
        "numbers",
        "unnamed",
    ]
    for name in ("mnist", "letter", "adult"):
        (tmp_path / f"{name}.parquet").touch()
    assert [path.stem for path in tables(tmp_path, None)] == ["adult", "letter"]
    with pytest.raises(CannotRead, match="there are adult, letter, mnist"):
        tables(tmp_path, ["iris"])


def test_frames_reach_libraries_in_the_form_they_take() -> None:
    X = pd.DataFrame({"x [m, <1]": [1.0, np.nan], "colour": pd.Categorical(["red", None])})
    assert list(numbered(X).columns) == ["c0", "c1"]
    texts = with_missing_category(X)
    assert list(texts.colour) == ["red", "missing"]
    assert set(map(type, texts.colour)) == {str}
    assert texts["x [m, <1]"].equals(X["x [m, <1]"])
