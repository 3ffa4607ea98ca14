"""`rosenblatt predict --coverage`: intervals and sets beside predictions, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import load
from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK, command
from tests.support.houses import FEATURES, classifier, houses, regressor


@pytest.fixture
def models(tmp_path: Path) -> Path:
    frame = houses()
    regressor().fit(frame[FEATURES], frame["price"]).save(tmp_path / "number.safetensors")
    classifier().fit(frame[FEATURES], frame["dear"]).save(tmp_path / "class.safetensors")
    frame[FEATURES].to_parquet(tmp_path / "rows.parquet")
    return tmp_path


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_intervals_are_those_of_python(models: Path, ending: str) -> None:
    model, out = models / "number.safetensors", models / f"p.{ending}"
    command("predict", model, models / "rows.parquet", "--coverage", 0.8, "--out", out)
    read = {"csv": pd.read_csv, "tsv": pd.read_table, "parquet": pd.read_parquet}[ending]
    found = read(out)
    assert list(found) == ["prediction", "lower", "upper"]
    wanted = load(model).predict_interval(houses()[FEATURES], 0.8)
    np.testing.assert_allclose(found[["lower", "upper"]], wanted, rtol=1e-6)


def test_sets_are_those_of_python(models: Path) -> None:
    model = models / "class.safetensors"
    arguments = ("predict", model, models / "rows.parquet", "--coverage", 0.8, "--json")
    found = pd.DataFrame(json.loads(command(*arguments))["predictions"])
    assert list(found)[-2:] == ["in_set_no", "in_set_yes"]
    wanted = load(model).predict_set(houses()[FEATURES], 0.8)
    np.testing.assert_array_equal(found[["in_set_no", "in_set_yes"]], wanted)


def test_infinite_ends_are_null_in_json(tmp_path: Path) -> None:
    frame = houses(8)
    regressor().fit(frame[FEATURES], frame["price"]).save(tmp_path / "m.safetensors")
    frame[FEATURES].to_parquet(tmp_path / "rows.parquet")
    arguments = ("predict", tmp_path / "m.safetensors", tmp_path / "rows.parquet")
    said = json.loads(command(*arguments, "--coverage", 0.99, "--json"))
    assert said["predictions"][0]["lower"] is None


def test_the_learner_of_the_command_line_keeps_them_as_well(tmp_path: Path) -> None:
    shop_table().to_csv(tmp_path / "shop.csv", index=False)
    model = tmp_path / "m.safetensors"
    for target in ("weight", "bought"):
        train = ("train", tmp_path / "shop.csv", "--target", target, "--preset", "fast")
        command(*train, "--out", model, "--quiet", "--force")
        predict = ("predict", model, tmp_path / "shop.csv", "--coverage", "0.9", "--json")
        rows = json.loads(command(*predict))["predictions"]
        assert {"weight": "lower", "bought": "in_set_buys"}[target] in rows[0]


@pytest.mark.parametrize("coverage", ["0", "1", "1.2", "nan", "-0.5"])
def test_what_is_no_coverage_is_refused(models: Path, capsys: Any, coverage: str) -> None:
    model, rows = str(models / "number.safetensors"), str(models / "rows.parquet")
    assert run(["predict", model, rows, f"--coverage={coverage}"]) == 2
    assert "--coverage must be one number between 0 and 1" in capsys.readouterr().err


def test_a_single_network_says_that_it_cannot(tmp_path: Path, capsys: Any) -> None:
    shop_table().to_csv(tmp_path / "shop.csv", index=False)
    model = str(tmp_path / "m.safetensors")
    train = ["train", str(tmp_path / "shop.csv"), "--target", "bought", "--out", model, "--quiet"]
    assert run([*train, *QUICK]) == 0
    assert run(["predict", model, str(tmp_path / "shop.csv"), "--coverage", "0.9"]) == 2
    assert "no scores of rows outside its training" in capsys.readouterr().err


def test_quantiles_that_are_not_finite_are_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, as predictions are, although these are within the range of the training."""
    frame = pd.DataFrame({"a": np.linspace(-1, 1, 60), "b": np.cos(np.arange(60))})
    model = regressor(loss="poisson")
    model.fit(frame, np.arange(60.0) % 7)
    for member in model.network_.members:
        member.parameters[:] *= 1e6
    model.save(tmp_path / "m.safetensors")
    frame.to_csv(tmp_path / "rows.csv", index=False)
    paths = [str(tmp_path / name) for name in ("m.safetensors", "rows.csv", "p.csv")]
    assert run(["predict", *paths[:2], "--quantile", "0.9", "--out", paths[2]]) == 0
    n_bad = int(np.isinf(pd.read_csv(paths[2])["quantile_0.9"]).sum())
    assert n_bad
    (note,) = (line for line in capsys.readouterr().err.splitlines() if "finite" in line)
    assert note.startswith(f"note: the prediction of {n_bad} rows is not finite")
