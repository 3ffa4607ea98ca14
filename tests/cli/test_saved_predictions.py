"""`train --save-predictions`: rows as predicted by networks that have not seen them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, r2_score

from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table

FAST = ["--preset", "fast"]


def test_predictions_of_rows_that_the_networks_have_not_seen(folder: Path, result) -> None:
    table = shop_table()
    table.loc[[0, 17], "bought"] = None
    table.to_csv("shop.csv", index=False)
    arguments = ["train", "shop.csv", "--target", "bought", *FAST, "--save-predictions", "p.csv"]
    trained = result(*arguments)
    assert trained["predictions"] == "p.csv"
    assert trained["rows_without_prediction"] == 2
    predicted = pd.read_csv("p.csv")
    assert len(predicted) == 240
    assert predicted[predicted["prediction"].isna()].index.tolist() == [0, 17]
    known = table["bought"].notna()
    score = accuracy_score(table["bought"][known], predicted["prediction"][known])
    assert score == pytest.approx(trained["scores"]["network"]["validation"]["accuracy"])
    assert run([*arguments, "--quiet"]) == 0  # its own file is replaced
    Path("p.csv").write_text("mine\n1\n")
    assert run(arguments) == 2
    assert Path("p.csv").read_text() == "mine\n1\n"


def test_predictions_of_numbers(folder: Path, result) -> None:
    options = ["--target", "weight", *FAST, "--save-predictions", "p.parquet"]
    trained = result("train", "shop.csv", *options)
    predicted = pd.read_parquet("p.parquet")["prediction"]
    score = r2_score(shop_table()["weight"], predicted)
    assert score == pytest.approx(trained["scores"]["network"]["validation"]["r2"])


@pytest.mark.parametrize(
    "options",
    [
        ["--target", "bought"],
        ["--target", "weight"],
        ["--target", "weight", "--loss", "quantile"],
        ["--target", "weight", "--loss", "gaussian"],
    ],
)
def test_predictions_where_no_network_was_trained(
    folder: Path, result, capsys, options: Any
) -> None:
    """No file of nothing, a warning however quiet, and an older file stays."""
    arguments = ["train", "shop.csv", *options, "--time", "0.001s", "--save-predictions", "p.csv"]
    trained = result(*arguments)
    assert trained["predictions"] is None
    assert trained["rows_without_prediction"] == 240
    assert not Path("p.csv").exists()
    assert run([*arguments, "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("warning: p.csv was not written: no network was trained")


def test_force_replaces_a_file_at_save_predictions(folder: Path) -> None:
    arguments = ["train", "shop.csv", "--target", "bought", *FAST, "--save-predictions", "p.csv"]
    Path("p.csv").write_text("mine\n1\n")
    assert run([*arguments, "--force", "--quiet"]) == 0
    assert Path("p.csv").read_text().startswith("prediction")
