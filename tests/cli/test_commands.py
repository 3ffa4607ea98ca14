"""The commands on small tables, run in this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, r2_score

from rosenblatt.cli.app import run
from rosenblatt.persistence import load_model
from tests.support.cli_tables import REAL_DATA, shop_table
from tests.support.commands import QUICK


def test_train_predict_evaluate_inspect(folder: Path, result) -> None:
    trained = result("train", "shop.csv", "--target", "bought", *QUICK)
    assert trained["model"] == "shop.safetensors"
    assert trained["task"] == "classification"
    assert trained["rows"] == {"train": 168, "validation": 24, "held-out": 48}
    kinds = {column["name"]: column["taken_for"] for column in trained["columns"]}
    assert kinds == {
        "id": "left out",
        "size": "number",
        "colour": "category",
        "member": "true/false",
        "since": "date",
        "constant": "left out",
        "weight": "number",
        "bought": "target",
    }
    scores = trained["scores"]
    assert set(scores) == {"network", "linear", "trivial"}
    assert scores["network"]["held-out"]["accuracy"] > 0.85
    assert scores["trivial"]["held-out"]["balanced_accuracy"] == 0.5

    command, *arguments = trained["next"].split()
    assert command == "rosenblatt"
    assert result(*arguments)["rows"] == 240
    predictions = pd.read_csv("shop.predictions.csv")
    assert list(predictions) == ["prediction", "probability_buys", "probability_leaves"]
    probabilities = predictions[["probability_buys", "probability_leaves"]]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert (probabilities.idxmax(axis=1) == "probability_" + predictions["prediction"]).all()

    evaluated = result("evaluate", "shop.safetensors", "shop.csv")
    assert evaluated["rows"] == 240
    truth = shop_table()["bought"]
    assert evaluated["scores"]["accuracy"] == accuracy_score(truth, predictions["prediction"])

    inspected = result("inspect", "shop.safetensors")
    assert inspected["network"].endswith("→ 16 ReLU → 1")
    assert inspected["scores"] == scores
    assert inspected["columns"] == trained["columns"]
    assert inspected["format_version"] == 1
    assert inspected["options"]["hidden"] == "16"


def test_a_regression_predicts_in_the_targets_units(folder: Path, result) -> None:
    options = ["--target", "weight", "--hidden", "128,64", "--out", "w.safetensors"]
    trained = result("train", "shop.csv", *options)
    assert trained["task"] == "regression"
    assert trained["scores"]["network"]["held-out"]["r2"] > 0.8
    assert trained["scores"]["trivial"]["train"]["r2"] == pytest.approx(0)
    result("predict", "w.safetensors", "shop.csv", "--out", "p.parquet")
    predicted = pd.read_parquet("p.parquet")
    assert list(predicted) == ["prediction"]
    truth = shop_table()["weight"]
    scores = result("evaluate", "w.safetensors", "shop.csv")["scores"]
    assert scores["r2"] == pytest.approx(r2_score(truth, predicted["prediction"]))
    assert scores["mae"] == pytest.approx((truth - predicted["prediction"]).abs().mean())


def test_columns_in_another_order_and_rows_in_another_one(folder: Path, result) -> None:
    result("train", "shop.csv", "--target", "bought", *QUICK)
    result("predict", "shop.safetensors", "shop.csv", "--out", "a.csv")
    table = shop_table()
    table.drop(columns="bought").iloc[::-1, ::-1].to_parquet("turned.parquet")
    result("predict", "shop.safetensors", "turned.parquet", "--out", "b.csv")
    a, b = pd.read_csv("a.csv"), pd.read_csv("b.csv")
    # A file of text has no types: the dates and gaps must mean the same from either.
    pd.testing.assert_frame_equal(a, b.iloc[::-1].reset_index(drop=True), rtol=1e-4)


def test_predictions_go_to_standard_output_as_csv(folder: Path, result, capsys) -> None:
    result("train", "shop.csv", "--target", "bought", *QUICK)
    result("predict", "shop.safetensors", "shop.csv", "--out", "a.csv")
    assert run(["predict", "shop.safetensors", "shop.csv"]) == 0
    assert capsys.readouterr().out == Path("a.csv").read_text()
    rows = result("predict", "shop.safetensors", "shop.csv")["predictions"]
    pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.read_csv("a.csv"), rtol=1e-6)


def test_the_ending_decides_how_predictions_are_written(folder: Path, result, capsys) -> None:
    result("train", "shop.csv", "--target", "bought", *QUICK)
    frames = []
    for name, read in [
        ("p.csv", pd.read_csv),
        ("p.tsv", lambda path: pd.read_csv(path, sep="\t")),
        ("p.parquet", pd.read_parquet),
    ]:
        result("predict", "shop.safetensors", "shop.csv", "--out", name)
        frames.append(read(name))
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0], check_dtype=False, rtol=1e-6)
    assert run(["predict", "shop.safetensors", "shop.csv", "--out", "p.xlsx"]) == 2
    assert ".csv, .tsv, .parquet" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["shop.csv", "shop.safetensors", "./shop.csv"])
def test_predictions_never_overwrite_what_they_come_from(folder, result, capsys, given) -> None:
    result("train", "shop.csv", "--target", "bought", *QUICK)
    before = Path("shop.csv").read_bytes(), Path("shop.safetensors").read_bytes()
    assert run(["predict", "shop.safetensors", "shop.csv", "--out", given]) == 2
    assert (Path("shop.csv").read_bytes(), Path("shop.safetensors").read_bytes()) == before


def test_the_same_seed_gives_the_same_weights(folder: Path, result) -> None:
    thetas = []
    for seed in ("5", "5", "6"):
        result("train", "shop.csv", "--target", "bought", *QUICK, "--seed", seed)
        thetas.append(load_model(Path("shop.safetensors")).model.parameters)
    np.testing.assert_array_equal(thetas[0], thetas[1])
    assert not np.array_equal(thetas[0], thetas[2])


def test_class_labels_keep_their_type(folder: Path, result) -> None:
    table = shop_table().assign(target=lambda t: np.where(t["bought"] == "buys", 10, 2))
    table.drop(columns="bought").to_csv("numbers.csv", index=False)
    result("train", "numbers.csv", *QUICK)
    row = result("predict", "numbers.safetensors", "numbers.csv")["predictions"][0]
    assert row["prediction"] in (2, 10)
    assert list(row) == ["prediction", "probability_2", "probability_10"]


@pytest.mark.skipif(not REAL_DATA.is_dir(), reason="the development data sets are not here")
@pytest.mark.parametrize(
    ("table", "metric", "least"),
    [("iris", "accuracy", 0.85), ("breast_cancer", "accuracy", 0.93), ("ames", "r2", 0.8)],
)
def test_real_tables(folder: Path, result, table: str, metric: str, least: float) -> None:
    path = REAL_DATA / f"{table}.parquet"
    trained = result("train", str(path), "--epochs", "40")
    assert trained["scores"]["network"]["held-out"][metric] > least
    result("predict", f"{table}.safetensors", str(path), "--out", "p.csv")
    assert len(pd.read_csv("p.csv")) == len(pd.read_parquet(path))
    evaluated = result("evaluate", f"{table}.safetensors", str(path))
    assert evaluated["scores"][metric] > least


def test_the_same_command_twice_differs_in_its_time_alone(folder: Path, result) -> None:
    for name in ("one", "other"):
        result("train", "shop.csv", "--target", "bought", *QUICK, "--out", f"{name}.safetensors")
    one, other = (load_model(f"{name}.safetensors") for name in ("one", "other"))
    assert replace(other.summary, created=one.summary.created) == one.summary
    np.testing.assert_array_equal(one.model.parameters, other.model.parameters)


@pytest.mark.parametrize("column", [[[1, 2]] * 40, [{"a": 1}] * 40, [b"\xff"] * 40])
def test_a_column_of_lists_is_no_weight_group_or_label(folder: Path, result, capsys, column):
    table = pd.DataFrame({"x": range(40), "y": ["a", "b"] * 20, "w": 1})
    table.to_csv("plain.csv", index=False)
    table.assign(w=column).to_parquet("lists.parquet")
    train = [
        "train",
        "plain.csv",
        "--target",
        "y",
        "--sample-weight",
        "w",
        "--out",
        "m.safetensors",
    ]
    result(*train, "--network", "2", "--epochs", "2")
    for arguments in (
        ["train", "lists.parquet", "--target", "y", "--sample-weight", "w"],
        ["train", "lists.parquet", "--target", "y", "--groups", "w"],
        ["train", "lists.parquet", "--target", "w"],
        ["search", "lists.parquet", "--target", "y", "--sample-weight", "w"],
        ["evaluate", "m.safetensors", "lists.parquet"],
        ["predict", "m.safetensors", "lists.parquet", "--keep-column", "w", "--out", "p.csv"],
    ):
        capsys.readouterr()
        assert run(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "not single values" in error or "not text, numbers or times" in error
