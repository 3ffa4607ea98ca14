"""`rosenblatt train --network NAME`: a published network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier, load
from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table


def test_it_is_that_of_the_estimator(folder: Path, result) -> None:
    table = shop_table()
    table.to_csv("shop.csv", index=False)
    trained = result("train", "shop.csv", "--target", "bought", "--network", "mlp", "--seed", "5")
    estimator = TableClassifier(network="mlp", random_state=5)
    estimator.fit(pd.read_csv("shop.csv"), target="bought")
    again = load("shop.safetensors")
    assert again.network == "mlp"
    np.testing.assert_array_equal(again.predict_proba(table), estimator.predict_proba(table))
    score = trained["scores"]["network"]["validation"]["accuracy"]
    assert score == pytest.approx(estimator.validation_score_)
    assert trained["epochs"] == len(estimator.history_)


def test_a_linear_model_beside_it_sees_no_codes(folder: Path, result) -> None:
    table = shop_table()
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"code": rng.integers(0, 40, 240).astype(str), "y": table["weight"]})
    table["code"] = "c" + table["code"]
    table.to_csv("shop.csv", index=False)
    trained = result(
        "train", "shop.csv", "--target", "y", "--network", "mlp", "--test-fraction", "0.2"
    )
    scores = trained["scores"]
    for part in ("validation", "held-out"):
        linear, trivial = scores["linear"][part]["r2"], scores["trivial"][part]["r2"]
        assert linear == pytest.approx(trivial, abs=0.05)


@pytest.mark.parametrize(
    "others",
    [["--preset", "best"], ["--ensemble", "3"], ["--epochs", "5"], ["--hidden", "64"]],
)
def test_what_its_recipe_says_cannot_be_said_as_well(
    folder: Path, capsys: pytest.CaptureFixture[str], others: list[str]
) -> None:
    shop_table().to_csv("shop.csv", index=False)
    assert run(["train", "shop.csv", "--target", "bought", "--network", "tabm", *others]) == 2
    error = capsys.readouterr().err
    assert f"--network tabm is trained as it was published, and {others[0]}" in error
