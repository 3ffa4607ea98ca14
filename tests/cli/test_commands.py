"""The commands on small tables, run in this process."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, r2_score

from rosenblatt.cli.app import run
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import Quantile
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import load_model, save_model
from rosenblatt.support.optional_dependencies import install
from tests.support.cli_tables import REAL_DATA, shop_table
from tests.support.model_files import rewrite

QUICK = ["--epochs", "40", "--hidden", "16"]


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
    trained = result("train", "shop.csv", "--target", "weight", "--out", "w.safetensors")
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


def test_only_an_older_model_of_the_same_table_is_replaced_unasked(
    folder: Path, result, capsys
) -> None:
    result("train", "shop.csv", "--target", "bought", *QUICK)
    again = result("train", "shop.csv", "--target", "bought", *QUICK, "--seed", "1")
    assert any("older model" in note for note in again["notes"])
    kept = Path("shop.safetensors").read_bytes()
    assert run(["train", "shop.csv", "--target", "weight", *QUICK]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path("shop.safetensors").read_bytes() == kept
    forced = result("train", "shop.csv", "--target", "weight", *QUICK, "--force")
    assert any("older model" in note for note in forced["notes"])
    assert load_model(Path("shop.safetensors")).encoding.target.name == "weight"
    before = Path("shop.csv").read_bytes()
    assert run(["train", "shop.csv", "--out", "shop.csv", *QUICK, "--force"]) == 2
    assert "not a model" in capsys.readouterr().err
    assert Path("shop.csv").read_bytes() == before


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs", "lion"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity", "elu", "gelu"])
def test_every_solver_and_activation(folder: Path, result, solver, activation) -> None:
    options = ["--solver", solver, "--activation", activation, "--epochs", "3", "--hidden", "4,3"]
    trained = result("train", "shop.csv", "--target", "weight", *options)
    assert trained["epochs"] <= 3
    assert result("predict", "shop.safetensors", "shop.csv")["rows"] == 240


def test_a_model_of_several_quantiles_is_for_python(folder: Path, result, capsys) -> None:
    result("train", "shop.csv", "--target", "weight", "--epochs", "1")
    saved = load_model(Path("shop.safetensors"))
    network = saved.model.network
    two = Network(network.n_inputs, (*network.layers[:-1], Dense(2)))
    model = Model(two, np.zeros(two.n_parameters, np.float32), Quantile((0.1, 0.9)))
    save_model(Path("two.safetensors"), replace(saved, model=model))
    for command in ("predict", "evaluate"):
        assert run([command, "two.safetensors", "shop.csv"]) == 2
        assert "predicts several quantiles" in capsys.readouterr().err


@pytest.mark.parametrize("example", ["breast_cancer", "diabetes", "digits", "iris", "wine"])
def test_the_examples_train_and_predict(folder: Path, result, example: str) -> None:
    trained = result("train", "--example", example, "--epochs", "25")
    assert trained["model"] == f"{example}.safetensors"
    network = trained["scores"]["network"]["held-out"]
    trivial = trained["scores"]["trivial"]["held-out"]
    main = "r2" if example == "diabetes" else "accuracy"
    assert network[main] > trivial[main] + 0.25
    result(*trained["next"].split()[1:])
    evaluated = result("evaluate", f"{example}.safetensors", "--example", example)
    assert evaluated["rows"] == len(pd.read_csv(f"{example}.predictions.csv"))


def test_sample_weights_are_no_feature_and_count(folder: Path, result) -> None:
    table = shop_table()
    table["times"] = np.where(table["bought"] == "buys", 0.0, 1.0)
    table.to_csv("weighted.csv", index=False)
    options = ["--target", "bought", "--sample-weight", "times", "--validation-fraction", "0"]
    trained = result("train", "weighted.csv", *options)
    assert "times" not in {column["name"] for column in trained["columns"]}
    # Rows of weight 0 are not there: all that is left to learn is the other class.
    predicted = result("predict", "weighted.safetensors", "weighted.csv")
    assert {row["prediction"] for row in predicted["predictions"]} == {"leaves"}
    assert predicted["notes"] == []
    evaluated = result("evaluate", "weighted.safetensors", "weighted.csv")
    assert evaluated["scores"]["accuracy"] == 1
    assert any("weighted by 'times'" in note for note in evaluated["notes"])


def test_weights_are_never_guessed_to_be_the_target(folder: Path, result, capsys) -> None:
    shop_table().assign(times=1).to_csv("shop.csv", index=False)
    trained = result("train", "shop.csv", "--sample-weight", "times", *QUICK)
    assert trained["target"] == "bought"
    assert run(["train", "shop.csv", "--sample-weight", "size", "--target", "size"]) == 2
    assert "cannot be target and sample weights" in capsys.readouterr().err
    assert run(["train", "shop.csv", "--sample-weight", "tims"]) == 2
    assert "'times'" in capsys.readouterr().err


def test_parts_without_weight_are_not_scored(folder: Path, result) -> None:
    table = shop_table()
    table["times"] = np.where(np.arange(len(table)) == 7, 1.0, 0.0)
    table.to_csv("shop.csv", index=False)
    arguments = ["train", "shop.csv", "--target", "weight", "--sample-weight", "times", *QUICK]
    # One row has all the weight: some seed trains on it, and then no other part has any.
    for seed in range(10):
        if run([*arguments, "--seed", str(seed), "--quiet"]) == 0:
            break
    assert list(result("inspect", "shop.safetensors")["scores"]["network"]) == ["train"]


@pytest.mark.parametrize("n_rows", [2, 3, 4, 7])
@pytest.mark.parametrize("target", ["bought", "weight"])
def test_a_handful_of_rows(folder: Path, capsys, target: str, n_rows: int) -> None:
    """Too few to learn from, perhaps, and then said so: in no case a traceback."""
    table = shop_table()[["size", "weight", "bought"]].dropna()
    both_classes = table.groupby("bought").head(4).sort_values("size").iloc[:n_rows]
    both_classes.to_csv("few.csv", index=False)
    assert run(["train", "few.csv", "--target", target, *QUICK]) in (0, 2)
    assert "Traceback" not in capsys.readouterr().err


def test_no_validation_and_no_held_out_rows(folder: Path, result) -> None:
    options = ["--validation-fraction", "0", "--test-fraction", "0", *QUICK]
    trained = result("train", "shop.csv", "--target", "bought", *options)
    assert trained["rows"] == {"train": 240}
    assert list(trained["scores"]["network"]) == ["train"]


def test_what_is_handled_is_said(folder: Path, result) -> None:
    table = shop_table()
    table.loc[:4, "bought"] = None
    table.loc[5, "bought"] = "returns"
    table["nothing"] = np.nan
    table["many"] = [f"kind {k % 120}" for k in range(len(table))]
    table.to_csv("odd.csv", index=False)
    trained = result("train", "odd.csv", "--target", "bought", *QUICK)
    said = " / ".join(trained["notes"])
    assert "5 rows left out: 'bought' is missing" in said
    assert "'returns'" in said
    assert "'nothing'" in said
    assert "'id'" in said
    assert "'constant'" in said
    assert sum(trained["rows"].values()) == 235

    fresh = shop_table(20, seed=1).assign(many="kind 1", nothing=1.0, surplus=3)
    fresh.loc[0, "colour"] = "violet"
    fresh.to_csv("fresh.csv", index=False)
    predicted = result("predict", "odd.safetensors", "fresh.csv")
    said = " / ".join(predicted["notes"])
    assert predicted["rows"] == 20
    assert "surplus" in said
    assert "violet" in said


def test_a_schedule_is_followed_and_remembered(folder: Path, result) -> None:
    options = ["--target", "weight", "--solver", "rmsprop", "--epochs", "5", "--hidden", "8"]
    constant = result("train", "shop.csv", *options)["scores"]["network"]
    annealed = result("train", "shop.csv", *options, "--schedule", "cosine")["scores"]["network"]
    assert constant["train"] != annealed["train"]
    inspected = result("inspect", "shop.safetensors")
    assert inspected["options"]["schedule"] == "cosine"
    assert inspected["options"]["solver"] == "rmsprop"


def test_a_rate_too_large_keeps_the_best_weights_under_early_stopping(folder, result) -> None:
    options = ["--target", "weight", "--hidden", "64", "--activation", "identity"]
    trained = result("train", "shop.csv", *options, "--solver", "sgd", "--learning-rate", "0.28")
    assert any("diverged in epoch" in note for note in trained["notes"])
    assert trained["stop_reason"] == f"it diverged in epoch {trained['epochs']}"
    assert any("predicts worse than the trivial model" in note for note in trained["notes"])
    assert np.isfinite(load_model(Path("shop.safetensors")).model.parameters).all()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ["--patience", "1", "--learning-rate", "0.1"],
            "the validation loss had not improved for 1 epoch",
        ),
        (
            ["--patience", "2", "--validation-fraction", "0", "--learning-rate", "0.1"],
            "the training loss had not improved for 2 epochs",
        ),
        (["--epochs", "3"], "--epochs allows no more"),
        (["--epochs", "3", "--solver", "lbfgs"], "--epochs allows no more"),
        (
            ["--solver", "lbfgs", "--alpha", "1000", "--epochs", "2000"],
            "the training loss had reached a minimum",
        ),
    ],
)
def test_what_stopped_the_training_is_said_in_the_options_words(
    folder: Path, capsys, options: list[str], reason: str
) -> None:
    assert run(["train", "shop.csv", "--target", "bought", "--hidden", "8", *options]) == 0
    assert f" s; stopped, because {reason}\n" in capsys.readouterr().out


@pytest.mark.parametrize("rate", ["1e30", "1e8"])
def test_after_divergence_a_sensible_rate_is_suggested(folder: Path, capsys, rate: str) -> None:
    options = ["--solver", "sgd", "--activation", "identity", "--validation-fraction", "0"]
    arguments = ["train", "shop.csv", "--target", "weight", "--learning-rate", rate]
    assert run([*arguments, *options]) == 2
    told = capsys.readouterr().err
    assert "try --learning-rate 0.001, or --on-divergence restore\n" in told
    assert re.search(r"diverged in epoch \d+, batch \d+, layer \d+, most likely", told)


def test_a_rate_too_large_is_lowered_where_that_is_asked_for(folder: Path, capsys, result) -> None:
    options = ["--solver", "sgd", "--activation", "identity", "--validation-fraction", "0"]
    arguments = ["train", "shop.csv", "--target", "weight", "--learning-rate", "30", *options]
    assert run(arguments) == 2
    capsys.readouterr()
    told = result(*arguments, "--on-divergence", "restore")
    assert any("goes back to where it was well" in note for note in told["notes"])
    assert told["scores"]["network"]["held-out"]["r2"] > 0.8


def test_after_divergence_of_lbfgs_no_rate_is_suggested(folder: Path, capsys, monkeypatch) -> None:
    def fit(*given: object, **named: object) -> None:
        raise DivergenceError("what scikit-learn says", 1, layer=2)

    monkeypatch.setattr("rosenblatt.estimators.MLPRegressor.fit", fit)
    assert run(["train", "shop.csv", "--target", "weight", "--solver", "lbfgs"]) == 2
    told = capsys.readouterr().err
    assert "training diverged in epoch 1, layer 2: try --solver adam\n" in told


def test_what_a_person_sees(folder: Path, capsys) -> None:
    assert run(["train", "shop.csv", "--target", "bought", *QUICK]) == 0
    captured = capsys.readouterr()
    for word in ["shop.csv: 240 rows", "colour", "category", "balanced accuracy", "held-out"]:
        assert word in captured.out
    assert "saved shop.safetensors" in captured.out
    assert "rosenblatt predict shop.safetensors shop.csv --out shop.predictions.csv" in captured.out
    assert "note: " in captured.err
    assert run(["evaluate", "shop.safetensors", "shop.csv"]) == 0
    assert "ROC AUC" in capsys.readouterr().out
    assert run(["inspect", "shop.safetensors"]) == 0
    assert "sha256" in capsys.readouterr().out


def test_quiet_says_nothing(folder: Path, capsys) -> None:
    assert run(["train", "shop.csv", "--target", "bought", "--quiet", *QUICK]) == 0
    assert run(["predict", "shop.safetensors", "shop.csv", "--quiet", "--out", "p.csv"]) == 0
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_names_are_shown_as_they_are_and_cannot_command_the_terminal(folder, capsys) -> None:
    table = shop_table().rename(columns={"size": "[red]size[/red]", "weight": "w\x1b[2Jt\n2"})
    table.to_csv("shop.csv", index=False)
    assert run(["train", "shop.csv", "--target", "bought", *QUICK]) == 0
    captured = capsys.readouterr()
    assert "[red]size[/red]" in captured.out
    assert r"w\x1b[2Jt\n2" in captured.out
    assert "\x1b" not in captured.out + captured.err


def test_many_columns_are_shown_by_kind(folder: Path, capsys) -> None:
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 70))).add_prefix("x")
    wide.assign(target=["a", "b"] * 30).to_csv("wide.csv", index=False)
    assert run(["train", "wide.csv", *QUICK]) == 0
    assert "70 columns" in capsys.readouterr().out


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


def test_the_json_of_an_error(folder: Path, result) -> None:
    assert result("evaluate", "absent", "shop.csv", code=2) == {
        "error": "cannot load the model absent: there is no such file; check its name and folder"
    }


def test_a_fault_of_ours_is_exit_code_1(folder: Path, capsys, monkeypatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("rosenblatt.cli.train_and_save.prepare", broken)
    assert run(["train", "shop.csv"]) == 1
    assert "fault of rosenblatt" in capsys.readouterr().err


def test_an_interruption_before_the_training_says_that_nothing_was_saved(
    folder: Path, capsys, monkeypatch
) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rosenblatt.cli.train_and_save.prepare", interrupted)
    assert run(["train", "shop.csv"]) == 130
    assert "nothing was saved" in capsys.readouterr().err
    assert list(folder.iterdir()) == [folder / "shop.csv"]


def test_a_missing_extra_says_what_to_install(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "typer.exceptions", None)
    assert run(["--help"]) == 2
    assert install("typer") in capsys.readouterr().err


def test_inspect_shows_scores_that_it_does_not_know_and_goes_without(folder: Path, capsys) -> None:
    """A file may come from a later version, or from a stranger."""
    assert run(["train", "shop.csv", "--target", "bought", *QUICK, "--epochs", "2"]) == 0
    path = Path("shop.safetensors")

    def unknown(metadata, tensors):
        metadata["summary"]["scores"][0]["metric"] = "brier"

    rewrite(path, unknown)
    capsys.readouterr()
    assert run(["inspect", str(path)]) == 0
    assert "brier" in capsys.readouterr().out
    rewrite(path, lambda metadata, tensors: metadata["summary"]["scores"].clear())
    assert run(["inspect", str(path)]) == 0


def test_inspect_shows_dates_beyond_all_calendars(folder: Path, capsys) -> None:
    assert run(["train", "shop.csv", "--target", "bought", *QUICK, "--epochs", "2"]) == 0

    def far(metadata, tensors):
        for column in metadata["encoding"]["columns"]:
            if column["kind"] == "Date":
                column["scaling"]["center"] = 1e300

    rewrite(Path("shop.safetensors"), far)
    capsys.readouterr()
    assert run(["inspect", "shop.safetensors"]) == 0
    assert "median 1e+300 days from 1970" in capsys.readouterr().out


def test_the_same_command_twice_differs_in_its_time_alone(folder: Path, result) -> None:
    for name in ("one", "other"):
        result("train", "shop.csv", "--target", "bought", *QUICK, "--out", f"{name}.safetensors")
    one, other = (load_model(f"{name}.safetensors") for name in ("one", "other"))
    assert replace(other.summary, created=one.summary.created) == one.summary
    np.testing.assert_array_equal(one.model.parameters, other.model.parameters)
