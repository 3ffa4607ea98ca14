"""`rosenblatt train`: data, options, and what it reports."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.checkpoints import store
from rosenblatt.cli import training
from rosenblatt.cli.app import run
from rosenblatt.cli.stop_reason import INTERRUPTED
from rosenblatt.cli.tasks import EncodedRows
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import Quantile
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import load_model, save_model
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK


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
    one = ["--sample-weight", "size", "--target", "size", "--force"]
    assert run(["train", "shop.csv", *one]) == 2
    assert "cannot be target and sample weights" in capsys.readouterr().err
    assert run(["train", "shop.csv", "--sample-weight", "tims"]) == 2
    assert "'times'" in capsys.readouterr().err


def test_an_interrupted_training_scores_no_more_rows_than_a_second_takes(
    folder: Path, result, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, scores_by = [], training.scores_by

    def seen(kind: object, predictors: object, parts: dict[str, EncodedRows]) -> object:
        sizes.append({name: len(rows.y) for name, rows in parts.items()})
        return scores_by(kind, predictors, parts)

    monkeypatch.setattr(training, "scores_by", seen)
    monkeypatch.setattr(training, "training_stop_reason", lambda *_: INTERRUPTED)
    trained = result("train", "shop.csv", *QUICK)
    assert trained["stop_reason"] == "it was interrupted"
    monkeypatch.setattr(training, "rows_scored_soon", lambda n_parameters: 30)
    trained = result("train", "shop.csv", *QUICK)
    assert trained["stop_reason"].endswith("scores are those of 10 rows of a part at most")
    assert sum(sizes[0].values()) == len(shop_table())
    assert set(sizes[1].values()) == {10}


def test_labels_stay_as_written_beside_a_last_column_of_weights(folder: Path, result) -> None:
    table = shop_table()
    shelf = np.where(table["weight"] > 22, "007", "0110")
    table.assign(shelf=shelf, times=1).to_csv("shop.csv", index=False)
    trained = result("train", "shop.csv", "--sample-weight", "times", *QUICK)
    assert trained["target"] == "shelf"
    predicted = result("predict", "shop.safetensors", "shop.csv")
    assert {row["prediction"] for row in predicted["predictions"]} <= {"007", "0110"}


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ((1e60, 2e60), 0),
        ((1e-60, 2e-60), 0),
        ((5e-324, 1e-323), 0),
        ((1e308, 1.7e308), 0),
        ((1.0, 1e300), 2),
        ((1e-60, 1e60), 2),
        ((0.0, 1e60), 0),
    ],
)
def test_sample_weights_of_any_size(folder: Path, capsys, weights, code) -> None:
    """They count by their ratios, as far as numbers of 32 bits have them."""
    table = shop_table()
    table.assign(w=np.where(np.arange(240) % 2, *weights)).to_csv("shop.csv", index=False)
    assert run(["train", "shop.csv", "--target", "bought", "--sample-weight", "w", *QUICK]) == code
    error = capsys.readouterr().err
    assert ("further apart than numbers of 32 bits" in error) == (code == 2)


@pytest.mark.parametrize("option", ["--out", "--checkpoint"])
def test_a_dash_is_no_stream(folder: Path, capsys, option: str) -> None:
    assert run(["train", "shop.csv", "--target", "bought", option, "-"]) == 2
    assert "write ./- for it" in capsys.readouterr().err
    assert not Path("-").exists()


def test_a_checkpoint_that_is_never_written_is_said_even_quietly(
    folder: Path, capsys, monkeypatch, result
) -> None:
    """The model is there, and so the exit code is 0; who relies on the checkpoint hears of it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    written = store.write_snapshot
    monkeypatch.setattr("rosenblatt.checkpoints.store.write_snapshot", full)
    arguments = ["train", "shop.csv", "--target", "bought", *QUICK, "--checkpoint", "c"]
    assert run([*arguments, "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert all(line.startswith("warning: No checkpoint: cannot write") for line in lines)
    assert "The fit is over and whole, and there is none" in lines[-1]
    assert Path("shop.safetensors").exists()
    assert any(note.startswith("No checkpoint") for note in result(*arguments)["notes"])
    monkeypatch.setattr("rosenblatt.checkpoints.store.write_snapshot", written)
    assert run([*arguments, "--quiet"]) == 0
    assert capsys.readouterr().err == ""


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


def test_handled_columns_are_reported(folder: Path, result) -> None:
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
def test_stop_reason_names_the_options(
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
    assert any("goes back to the last good weights" in note for note in told["notes"])
    assert told["scores"]["network"]["held-out"]["r2"] > 0.8


def test_after_divergence_of_lbfgs_no_rate_is_suggested(folder: Path, capsys, monkeypatch) -> None:
    def fit(*given: object, **named: object) -> None:
        raise DivergenceError("what scikit-learn says", 1, layer=2)

    monkeypatch.setattr("rosenblatt.estimators.MLPRegressor.fit", fit)
    assert run(["train", "shop.csv", "--target", "weight", "--solver", "lbfgs"]) == 2
    told = capsys.readouterr().err
    assert "training diverged in epoch 1, layer 2: try --solver adam\n" in told
