"""Tables as they are written in the world, through train, predict, evaluate and look."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.support.read_tables import put

R = Random(0)
QUICK = ["--epochs", "2", "--hidden", "8"]
LEARNT = ["--epochs", "100", "--hidden", "16"]


def predictions(result: Any, model: str, table: str) -> list[Any]:
    return [row["prediction"] for row in result("predict", model, table)["predictions"]]


def test_german_prices_are_predicted_in_their_size(folder: Path, result) -> None:
    areas = [R.randint(200, 1500) for _ in range(300)]
    prices = [a * 350 + R.randint(-5000, 5000) for a in areas]
    lines = [
        f"{a // 10},{a % 10};{R.randint(1, 5)};{p:,}".replace(",", ".", 9).replace(".", ",", 1)
        for a, p in zip(areas, prices, strict=True)
    ]
    put(Path("a1.csv"), ["area;rooms;price", *lines])
    report = result("train", "a1.csv", *QUICK)
    detail = report["columns"][-1]["detail"]
    assert detail.startswith("numbers, written 1.234,5")
    assert 150_000 < np.mean(predictions(result, "a1.safetensors", "a1.csv")) < 450_000


def test_codes_come_out_as_they_went_in(folder: Path, result) -> None:
    for name, labels in {
        "e2": ["1E5", "2E3", "7E1"],
        "e3": ["1234567890123456789", "1234567890123456791", "1234567890123456999"],
        "e4": ["FALSE", "TRUE"],
        "e5": ["-1", "+1"],
        "e6": ["007", "07", "7"],
    }.items():
        drawn = [R.choice(labels) for _ in range(120)]
        rows = [f"{labels.index(text) + R.random() / 2:.2f},{text}" for text in drawn]
        put(Path(f"{name}.csv"), ["x,code", *rows])
        result("train", f"{name}.csv", *LEARNT)
        assert predictions(result, f"{name}.safetensors", f"{name}.csv") == drawn
        scores = result("evaluate", f"{name}.safetensors", f"{name}.csv")["scores"]
        assert scores["accuracy"] == 1.0


def test_one_table_is_trained_or_refused_whatever_the_seed(folder: Path, result) -> None:
    rows = [
        f"{'n.a.' if i == 77 else round(R.uniform(0, 9), 2)},{R.randint(1, 9)},{R.choice('pq')}"
        for i in range(200)
    ]
    put(Path("b1.csv"), ["a,b,y", *rows])
    columns = [
        result("train", "b1.csv", *QUICK, "--seed", str(seed), "--force")["columns"]
        for seed in range(8)
    ]
    assert len({str([(c["name"], c["taken_for"]) for c in one]) for one in columns}) == 1


def test_a_csv_and_a_parquet_file_have_one_score(folder: Path, result) -> None:
    effects = {"NA": 4, "ZA": -4, "ZW": 2, "BW": -2}
    rows = [
        (c, round(R.uniform(0, 9), 2), "hi" if effects[c] + R.gauss(0, 0.3) > 0 else "lo")
        for c in (R.choice(list(effects)) for _ in range(300))
    ]
    frame = pd.DataFrame(rows, columns=["country", "x", "y"])
    frame.to_csv("f.csv", index=False)
    frame.to_csv("f.tsv", index=False, sep="\t")
    frame.to_parquet("f.parquet")
    frame.to_feather("f.feather")
    result("train", "f.csv", *LEARNT)
    ends = ("csv", "tsv", "parquet", "feather")
    scores = [str(result("evaluate", "f.safetensors", f"f.{end}")["scores"]) for end in ends]
    assert len(set(scores)) == 1


def test_salaries_in_quotation_marks(folder: Path, result) -> None:
    pay = [950, 1200, 38000, 41000, 45000, 50000, 61000, 70000]
    n = [R.choice(pay) for _ in range(300)]
    put(Path("g.csv"), ["salary,bought", *(f'"{v:,}",{"yes" if v > 45000 else "no"}' for v in n)])
    put(Path("g_new.csv"), ["salary", '"65,000"', '"1,000"'])
    result("train", "g.csv", *LEARNT)
    assert predictions(result, "g.safetensors", "g_new.csv") == ["yes", "no"]


def test_spellings_of_numbers_and_dates_are_shown(folder: Path, result) -> None:
    spell = {
        "minus": lambda v, n: str(v).replace("-", "\u2212"),
        "nbsp": lambda v, n: f"{n:,}".replace(",", "\u00a0"),
        "swiss": lambda v, n: f"{n:,}".replace(",", "’"),
        "paren": lambda v, n: f"({-v})" if v < 0 else v,
        "unit": lambda v, n: f"{abs(v)} kg",
        "eur": lambda v, n: f"{n} EUR",
        "excel": lambda v, n: ["#DIV/0!", "#REF!", "#NAME?", "#NUM!"][n % 4] if n % 11 == 0 else v,
        "date": lambda v, n: f"2023年{n % 12 + 1}月{n % 28 + 1}日",
    }
    pairs = [(round(R.gauss(10, 30), 2), R.randint(1000, 99999)) for _ in range(300)]
    rows = [
        ",".join(str(f(v, n)) for f in spell.values()) + f",{'a' if v > 10 else 'b'}"
        for v, n in pairs
    ]
    put(Path("h.csv"), [",".join(spell) + ",y", *rows])
    kinds = {c["name"]: c["kind"] for c in result("look", "h.csv")["columns"]}
    assert kinds == {**dict.fromkeys(spell, "number"), "date": "date", "y": "category"}
    assert result("train", "h.csv", *QUICK)


@pytest.mark.parametrize("target", ["3", None])
def test_a_parquet_file_with_numbers_for_names(folder: Path, result, target) -> None:
    X = np.random.default_rng(0).normal(size=(100, 3))
    frame = pd.DataFrame(X)
    frame[3] = (X[:, 0] > 0).astype(int)
    frame.to_parquet("j.parquet")
    report = result("train", "j.parquet", *QUICK, *(["--target", target] if target else []))
    assert report["target"] == "3"


def test_three_rows_of_one_column_have_three_predictions(folder: Path, result) -> None:
    put(Path("n0.csv"), ["x,y", *(f"{i / 10},{'a' if i > 50 else 'b'}" for i in range(100))])
    result("train", "n0.csv", *QUICK)
    put(Path("n.csv"), ["x", "0.5", "", "2.5"])
    assert len(predictions(result, "n0.safetensors", "n.csv")) == 3


def test_a_label_that_is_new_counts_as_an_error(folder: Path, result) -> None:
    put(Path("t.csv"), ["x,y", *(f"{i},{'a' if i > 50 else 'b'}" for i in range(100))])
    result("train", "t.csv", *LEARNT)
    put(Path("new.csv"), ["x,y", "90,a", "10,b", "95,c", "5,c"])
    report = result("evaluate", "t.safetensors", "new.csv")
    assert report["scores"]["accuracy"] == 0.5
    assert any("counted as errors" in note for note in report["notes"])


@pytest.mark.parametrize("name", ["german.csv", "chinese.csv", "us_accounting.csv", "r.csv"])
def test_a_dialect_goes_through_every_command(folder: Path, result, name) -> None:
    path = str(Path(__file__).parents[1] / "table" / "dialects" / name)
    looked = result("look", path)
    kinds = [column["kind"] for column in looked["columns"][:4]]
    assert kinds == ["category", "date", "number", "number"]
    report = result("train", path, *QUICK, "--out", "d.safetensors")
    taken = [column["taken_for"] for column in report["columns"][:4]]
    assert taken == kinds
    found = predictions(result, "d.safetensors", path)
    assert len(found) == looked["rows"] == 40
    assert result("evaluate", "d.safetensors", path)["rows"] == 40
