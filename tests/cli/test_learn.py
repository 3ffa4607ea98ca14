"""`rosenblatt train` with the table learner: the same networks as in Python, and its options."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier, TableRegressor, load
from rosenblatt.cli import learning
from rosenblatt.cli.app import run
from rosenblatt.losses import AbsoluteError
from rosenblatt.model import AnyModel
from rosenblatt.persistence import container, load_model
from tests.support.cli_tables import shop_table

FAST = ["--preset", "fast"]
MODEL = Path("shop.safetensors")


def assert_same(one: AnyModel, other: AnyModel) -> None:
    assert len(one.members) == len(other.members)
    for a, b in zip(one.members, other.members, strict=True):
        assert a.network == b.network
        np.testing.assert_array_equal(a.parameters, b.parameters)


@pytest.mark.parametrize("target", ["bought", "weight"])
def test_the_networks_are_those_of_the_estimators(folder: Path, result, target: str) -> None:
    table = shop_table()
    table.loc[[3, 50], target] = None
    table.to_csv("shop.csv", index=False)
    trained = result("train", "shop.csv", "--target", target, *FAST, "--seed", "5")
    kind = TableClassifier if target == "bought" else TableRegressor
    estimator = kind("fast", random_state=5).fit(pd.read_csv("shop.csv"), target=target)
    saved = load_model(MODEL)
    assert_same(saved.model, estimator.network_)
    main = "accuracy" if target == "bought" else "r2"
    assert trained["scores"]["network"]["validation"][main] == pytest.approx(
        estimator.validation_score_
    )
    assert trained["epochs"] == len(estimator.history_)
    assert trained["rows"] == {"train": 238}
    again = load("shop.safetensors")
    np.testing.assert_array_equal(again.predict(table), estimator.predict(table))
    assert again.validation_score_ == pytest.approx(estimator.validation_score_)


def test_a_split_by_time_is_that_of_the_estimators(folder: Path, result) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=300), "day": np.arange(300) // 3})
    frame["y"] = frame["x"] + frame["day"] / 50 + rng.normal(size=300) / 9
    frame.to_csv("days.csv", index=False)
    arguments = ["train", "days.csv", "--target", "y", *FAST, "--split", "time:day"]
    trained = result(*arguments, "--test-fraction", "0.1")
    assert trained["rows"] == {"train": 270, "held-out": 30}
    older = frame[frame["day"] < 90]
    estimator = TableRegressor("fast", random_state=0).fit(older, target="y", time="day")
    assert_same(load_model("days.safetensors").model, estimator.network_)
    score = trained["scores"]["network"]["held-out"]["r2"]
    assert score == pytest.approx(estimator.score(frame[270:].drop(columns="y"), frame["y"][270:]))


def test_folds_of_a_column_are_those_of_the_estimators(folder: Path, result) -> None:
    rng = np.random.default_rng(0)
    table = shop_table().assign(part=rng.choice(["a", "b", "c", "-1", None], 240))
    table.to_csv("shop.csv", index=False)
    result("train", "shop.csv", "--target", "weight", *FAST, "--split", "folds:part")
    estimator = TableRegressor("fast", random_state=0)
    estimator.fit(pd.read_csv("shop.csv"), target="weight", folds="part")
    assert "part" not in estimator.columns_
    assert_same(load_model(MODEL).model, estimator.network_)


def test_folds_that_part_a_group_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = shop_table().assign(part=np.arange(240) % 2, house=np.arange(240) // 4)
    table.to_csv("shop.csv", index=False)
    arguments = ["--target", "weight", "--groups", "house", "--split", "folds:part"]
    assert run(["train", "shop.csv", *arguments]) == 2
    assert "the group '0' is in two folds" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--split", "folds:"], "--split folds: is none: say time:"),
        (["--split", "folds:fold"], "the table has no column 'fold' of folds"),
        (["--split", "folds:bought"], "'bought' cannot be target and folds"),
        (["--split", "day"], "--split day is none: say time:"),
        (["--split", "time:town"], "the column 'town' holds no times"),
        (["--split", "time:price", "--groups", "town"], "--split and --groups both say"),
        (["--split", "time:bought"], "the target 'bought' cannot be the time"),
    ],
)
def test_what_is_no_time_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    towns = np.tile(["Rome", "Oslo"], 120)
    shop_table().assign(town=towns).to_csv("shop.csv", index=False)
    assert run(["train", "shop.csv", "--target", "bought", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_random_category_is_worth_nothing(folder: Path, result) -> None:
    rng = np.random.default_rng(0)
    codes = np.char.add("c", rng.integers(30, size=2000).astype(str))
    target = np.where(rng.random(2000) < 0.5, "yes", "no")
    pd.DataFrame({"code": codes, "x": rng.normal(size=2000), "target": target}).to_csv(
        "noise.csv", index=False
    )
    scores = result("train", "noise.csv", *FAST)["scores"]
    for model in ("network", "linear"):  # four standard errors
        assert abs(scores[model]["validation"]["accuracy"] - 0.5) < 0.045, scores


def test_the_networks_are_those_of_the_estimators_with_weights_and_groups(
    folder: Path, result
) -> None:
    rng = np.random.default_rng(0)
    table = shop_table().assign(
        times=rng.integers(0, 3, 240), house=[f"house {k}" for k in rng.integers(0, 30, 240)]
    )
    table.to_csv("shop.csv", index=False)
    options = ["--target", "bought", "--sample-weight", "times", "--groups", "house", *FAST]
    trained = result("train", "shop.csv", *options)
    assert not {"times", "house"} & {column["name"] for column in trained["columns"]}
    X = table.drop(columns=["times", "house"])
    estimator = TableClassifier("fast", random_state=0)
    estimator.fit(X, target="bought", sample_weight=table["times"], groups=table["house"])
    assert_same(load_model(MODEL).model, estimator.network_)
    assert any("rows with the same 'house' are not divided" in note for note in trained["notes"])


def test_simple_models_stand_beside_the_networks(folder: Path, result) -> None:
    trained = result("train", "shop.csv", "--target", "weight", *FAST, "--test-fraction", "0.25")
    assert trained["rows"] == {"train": 180, "held-out": 60}
    scores = trained["scores"]
    assert list(scores) == ["network", "linear", "trivial"]
    for part in ("validation", "held-out"):
        assert scores["network"][part]["r2"] > 0.8
        assert scores["linear"][part]["r2"] > 0.9
        assert -0.2 < scores["trivial"][part]["r2"] < 1e-12
    assert result("inspect", str(MODEL))["scores"] == scores


@pytest.mark.parametrize("options", [["--hidden", "4"], ["--network", "4"], ["--epochs", "3"]])
def test_an_option_of_one_network_trains_one(folder: Path, result, options: list[str]) -> None:
    trained = result("train", "shop.csv", "--target", "bought", *options)
    assert trained["networks"] == 1
    assert trained["rows"] == {"train": 168, "validation": 24, "held-out": 48}
    assert result("inspect", str(MODEL))["format_version"] == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--preset", "fast", "--epochs", "3"], "--preset is for the table learner, and --epochs"),
        (["--hidden", "3", "--groups", "a"], "--groups is for the table learner, and --hidden"),
        (["--network", "3", "--groups", "a"], "--groups is for the table learner, and --network"),
        (["--network", "3", "--hidden", "4"], "mean the same: leave one of them out"),
        (["--network", "wide"], "--network 'wide' is not a list"),
        (["--network", "0"], "--network has a layer of size 0"),
        (["--ensemble", "3", "--checkpoint", "c"], "and --checkpoint trains one network"),
        (["--preset", "fats"], "did you mean 'fast'"),
        (["--time", "soon"], "--time 60s"),
        (["--ensemble", "0"], "from 1 to 1000"),
        (["--class-weight", "balance"], "did you mean 'balanced'"),
        (["--test-fraction", "1"], "--test-fraction 0.2"),
        (["--save-predictions", "p.txt"], ".parquet"),
        (["--save-predictions", "shop.csv"], "the model's file or the table"),
        (["--save-predictions", "shop.safetensors/"], "shop.safetensors"),
        (["--groups", "hose"], "has no column 'hose' of groups"),
        (["--groups", "constant"], "same 'constant', so that none are outside: give two"),
        (["--groups", "bought"], "cannot be target and groups"),
        (["--sample-weight", "size", "--groups", "size"], "sample weights and groups"),
        (["--target", "weight", "--class-weight", "balanced"], "is taken for a number"),
        (["--loss", "squared_error"], "is taken for classes"),
        (["--loss", "absolut_error"], "did you mean 'absolute_error'"),
        (["--drop", "bougt"], "did you mean 'bought'"),
    ],
)
def test_what_is_refused(folder: Path, capsys, options: list[str], named: str) -> None:
    target = [] if "--target" in options else ["--target", "bought"]
    assert run(["train", "shop.csv", *target, *options]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert named in captured.err
    assert not MODEL.exists()


def test_dropped_columns_are_no_features_and_no_target(folder: Path, result) -> None:
    trained = result("train", "shop.csv", "--drop", "bought", "--drop", "size", *FAST)
    assert trained["target"] == "weight"
    kinds = {column["name"]: column["features"] for column in trained["columns"]}
    assert kinds["bought"] == kinds["size"] == 0


def test_as_many_networks_as_asked_for(folder: Path, result) -> None:
    arguments = ["train", "shop.csv", "--target", "bought", *FAST, "--force"]
    for n in (1, 6):
        trained = result(*arguments, "--ensemble", str(n))
        assert trained["networks"] == n
        scored = trained["scores"]["network"]["validation"]
        assert scored["accuracy"] > 0.8


def test_balanced_classes_count_alike(folder: Path, result) -> None:
    """The rare class is found more often: its recall and the balanced accuracy are larger."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=1200)
    rare = (x + rng.normal(0, 1.5, 1200)) > 2.8
    pd.DataFrame({"x": x, "y": np.where(rare, "rare", "usual")}).to_csv("r.csv", index=False)
    plain = result("train", "r.csv", *FAST)["scores"]["network"]["validation"]
    balanced = result("train", "r.csv", *FAST, "--class-weight", "balanced")
    found = balanced["scores"]["network"]["validation"]
    assert found["balanced_accuracy"] > plain["balanced_accuracy"] + 0.1


def test_the_absolute_error_leads_to_the_median(folder: Path, result) -> None:
    """Of a target whose mean lies far from it, on columns that say nothing."""
    rng = np.random.default_rng(0)
    y = np.where(rng.random(600) < 0.2, 100.0, 0.0) + rng.normal(0, 1, 600)
    pd.DataFrame({"x": rng.normal(size=600), "y": y}).to_csv("y.csv", index=False)
    middles = {}
    for loss in ("squared_error", "absolute_error"):
        result("train", "y.csv", *FAST, "--loss", loss)
        predicted = result("predict", "y.safetensors", "y.csv")["predictions"]
        middles[loss] = np.median([row["prediction"] for row in predicted])
    assert middles["squared_error"] == pytest.approx(y.mean(), abs=6)
    assert middles["absolute_error"] == pytest.approx(np.median(y), abs=1)
    saved = load_model(Path("y.safetensors")).model
    assert saved.loss == AbsoluteError()
    estimator = TableRegressor("fast", loss="absolute_error", random_state=0)
    assert_same(saved, estimator.fit(pd.read_csv("y.csv"), target="y").network_)


def test_a_time_too_short_for_a_network_gives_a_linear_model(folder: Path, result) -> None:
    trained = result("train", "shop.csv", "--target", "bought", "--time", "0.001s")
    assert trained["networks"] == 1
    assert trained["stop_reason"] == "--time was over"
    assert any("which --time counts and does not cut short" in note for note in trained["notes"])
    assert any("a linear model is saved" in note for note in trained["notes"])
    evaluated = result("evaluate", str(MODEL), "shop.csv")
    assert evaluated["scores"]["accuracy"] > 0.8


def test_rows_of_one_group_are_held_out_together(folder: Path, result) -> None:
    table = shop_table().assign(house=np.arange(240) // 6)
    table["bought"] = np.where(np.arange(240) // 6 % 2, "a", "b")  # known by the house alone
    table.to_csv("shop.csv", index=False)
    options = ["--groups", "house", "--test-fraction", "0.2", *FAST]
    trained: dict[str, Any] = result("train", "shop.csv", "--target", "bought", *options)
    assert trained["rows"] == {"train": 192, "held-out": 48}
    for part in ("validation", "held-out"):
        assert trained["scores"]["network"][part]["accuracy"] < 0.75


def test_ctrl_c_keeps_the_networks_that_have_an_epoch(folder: Path) -> None:
    """In a process of its own, as soon as its progress is shown on a terminal."""
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    arguments = ["train", "shop.csv", "--target", "bought", "--ensemble", "1000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rosenblatt", *arguments],
        stdout=subprocess.PIPE,
        stderr=child,
        text=True,
    )
    try:
        os.close(child)
        shown = b""
        while not re.search(rb"epoch \d+/\d+ .* network", shown):
            shown += os.read(parent, 10_000)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    assert process.returncode == 0
    assert "stopped, because it was interrupted" in told
    assert 1 <= len(load_model(MODEL).model.members) < 1000
    assert run(["predict", str(MODEL), "shop.csv", "--quiet"]) == 0


def test_ctrl_c_among_the_simple_models_keeps_the_networks(
    folder: Path, result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(learning, "compared", interrupted)
    trained = result("train", "shop.csv", "--target", "bought", *FAST)
    assert list(trained["scores"]) == ["network"]
    assert any("the linear model was not fitted" in note for note in trained["notes"])


def test_a_table_too_wide_for_a_model_file_is_refused_before_the_training(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError("networks were trained")

    monkeypatch.setattr(learning, "train_networks", fails)
    monkeypatch.setattr(container, "MAX_COLUMNS_BYTES", 150)
    assert run(["train", "shop.csv", "--target", "bought"]) == 2
    assert "leave out columns" in capsys.readouterr().err


def test_another_tables_model_is_replaced_with_force_alone(folder: Path, capsys, result) -> None:
    result("train", "shop.csv", "--target", "bought", *FAST)
    kept = MODEL.read_bytes()
    assert run(["train", "shop.csv", "--target", "weight", *FAST]) == 2
    assert "--force" in capsys.readouterr().err
    assert MODEL.read_bytes() == kept
    result("train", "shop.csv", "--target", "weight", *FAST, "--force")
    assert load_model(MODEL).encoding.target.name == "weight"


@pytest.mark.parametrize("n_rows", [2, 3, 4, 7])
@pytest.mark.parametrize("target", ["bought", "weight"])
def test_a_handful_of_rows(folder: Path, capsys, target: str, n_rows: int) -> None:
    """Too few to learn from, perhaps, and then said so: in no case a traceback."""
    table = shop_table()[["size", "weight", "bought"]].dropna()
    table.groupby("bought").head(4).sort_values("size").iloc[:n_rows].to_csv("few.csv", index=False)
    assert run(["train", "few.csv", "--target", target, *FAST]) in (0, 2)
    assert "Traceback" not in capsys.readouterr().err


def test_rows_of_weight_0_are_not_there(folder: Path, result) -> None:
    table = shop_table()
    table["times"] = np.where(table["bought"] == "buys", 0.0, 1.0)
    table.to_csv("shop.csv", index=False)
    options = ["--target", "bought", "--sample-weight", "times", *FAST]
    trained = result("train", "shop.csv", *options)
    assert trained["rows"] == {"train": int((table["times"] > 0).sum())}
    predicted = result("predict", str(MODEL), "shop.csv")
    assert {row["prediction"] for row in predicted["predictions"]} == {"leaves"}
