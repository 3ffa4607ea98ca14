"""Rows unlike those of the training are noticed, and rows like those are not."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableRegressor, load
from rosenblatt.cli.app import run
from rosenblatt.errors import InputError
from tests.support.commands import command
from tests.support.houses import QUICK


def people(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "income": rng.lognormal(10, 0.5, n).round(2),
            "town": rng.choice(["Ulm", "Bonn", "Kiel"], n, p=[0.6, 0.3, 0.1]),
            "street": [f"street {k}" for k in rng.zipf(1.7, n) % 400],
            "owner": rng.choice([True, False], n),
        }
    )
    frame.loc[rng.random(n) < 0.1, "income"] = np.nan
    return frame.assign(y=frame["age"] + rng.normal(size=n))


@pytest.fixture(scope="module")
def model() -> Any:
    frame = people(1500, 0)
    return TableRegressor(QUICK, random_state=0).fit(frame, target="y")


def test_scores_of_like_rows_are_p_values(model: Any) -> None:
    p = model.shift_score(people(4000, 1))
    assert p.shape == (4000,)
    assert (p > 0).all()
    for level in (0.01, 0.05):
        assert np.mean(p <= level) == pytest.approx(level, abs=0.025)
    assert np.mean(p <= 0.5) <= 0.5  # rows without an odd cell are alike


def test_false_alarms_are_as_rare_as_said(model: Any) -> None:
    told = [model.shift_report(people(n, seed))["differs"] for seed, n in enumerate([40, 400] * 60)]
    assert np.mean(told) <= 0.05  # 0.01, and chance of 120


def incomes_in_another_unit(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(income=frame["income"] * 3)


def other_towns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(town=frame["town"].map({"Ulm": "Kiel", "Kiel": "Ulm", "Bonn": "Bonn"}))


def new_towns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(town=frame["town"].replace("Bonn", "Jena"))


def later(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["age"] > 50]


def without_incomes(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(income=frame["income"].where(frame.index % 3 > 0))


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (incomes_in_another_unit, "income"),
        (other_towns, "town"),
        (new_towns, "town"),
        (later, "age"),
        (without_incomes, "income"),
    ],
)
def test_what_is_planted_is_noticed_in_its_column(model: Any, change: Any, column: str) -> None:
    report = model.shift_report(change(people(400, 2)))
    assert report["differs"]
    assert [one["name"] for one in report["columns"]] == [column]
    assert report["p_value"] < 1e-3


def test_an_odd_row_has_a_low_score(model: Any) -> None:
    rows = people(3, 3)
    rows["age"] = 40
    rows.loc[1, "income"] = 1e9
    rows.loc[2, "town"] = "Jena"
    rows.loc[2, "age"] = 900
    usual, *odd = model.shift_score(rows)
    assert usual > 0.05
    assert max(odd) < 0.01


def test_rows_odd_in_many_columns_at_once_are_noticed(model: Any) -> None:
    rows = people(300, 4)
    rows.loc[:25, "age"] = 140
    assert model.shift_report(rows)["odd_rows"] > 0.05


def test_files_and_pickles_keep_it(model: Any, tmp_path: Path) -> None:
    model.save(tmp_path / "m.safetensors")
    rows = people(50, 5)
    for again in (load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.shift_score(rows), model.shift_score(rows))
        assert again.shift_report(rows) == model.shift_report(rows)


def test_the_command_line_warns(model: Any, tmp_path: Path) -> None:
    model.save(tmp_path / "m.safetensors")
    arguments = ("predict", tmp_path / "m.safetensors", tmp_path / "rows.parquet", "--json")
    people(400, 6).to_parquet(tmp_path / "rows.parquet")
    assert "shift" not in json.loads(command(*arguments))
    like = json.loads(command(*arguments, "--warn-shift"))
    assert not like["shift"]["differs"]
    assert not any("differ" in note for note in like["notes"])
    incomes_in_another_unit(people(400, 6)).to_parquet(tmp_path / "rows.parquet")
    unlike = json.loads(command(*arguments, "--warn-shift"))
    assert unlike["shift"]["columns"][0]["name"] == "income"
    assert any("differ from those of the training in 'income'" in n for n in unlike["notes"])


def test_a_single_network_says_that_it_cannot(tmp_path: Path, capsys: Any) -> None:
    people(200, 7).to_csv(tmp_path / "people.csv", index=False)
    data, file = str(tmp_path / "people.csv"), str(tmp_path / "m.safetensors")
    train = ["train", data, "--target", "y", "--hidden", "4", "--epochs", "2", "--quiet"]
    assert run([*train, "--out", file]) == 0
    assert run(["predict", file, data, "--warn-shift"]) == 2
    assert "how its training rows were distributed" in capsys.readouterr().err


def test_too_few_rows_have_no_distribution() -> None:
    frame = people(15, 8)
    with pytest.raises(InputError, match="how its training rows were distributed"):
        TableRegressor(QUICK, random_state=0).fit(frame, target="y").shift_score(frame)
    enough = people(60, 9)
    few = TableRegressor(QUICK, random_state=0).fit(enough, target="y")
    with pytest.raises(InputError, match="rate must be one number between 0 and 1"):
        few.shift_report(enough, rate=2)
