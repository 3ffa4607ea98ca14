"""`train --decision`: classes by another rule than the most probable one, wherever they appear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from rosenblatt import TableClassifier, load
from rosenblatt.cli import learn_command
from rosenblatt.cli.app import run
from rosenblatt.cli.prediction import predict
from rosenblatt.persistence import load_model
from rosenblatt.table import table_of
from rosenblatt.tabular import MinimumRecall

FAST = ["--preset", "fast", "--target", "bought"]


@pytest.fixture
def visits(folder: Path) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(size=900), "x": rng.normal(size=900)})
    chance = 1 / (1 + np.exp(2.6 - 1.5 * frame["age"]))
    frame["bought"] = np.where(rng.random(900) < chance, "yes", "no")
    frame.to_csv("visits.csv", index=False)
    return frame


def test_it_is_that_of_the_estimator(visits: pd.DataFrame, result) -> None:
    trained = result("train", "visits.csv", *FAST, "--decision", "recall:0.9", "--seed", "3")
    fitted = TableClassifier("fast", decision=MinimumRecall(0.9), random_state=3)
    fitted.fit(pd.read_csv("visits.csv"), target="bought")
    again = load("visits.safetensors")
    assert again.threshold_ == fitted.threshold_ < 0.3
    assert again.get_params()["decision"] == MinimumRecall(0.9)
    network = trained["scores"]["network"]["validation"]
    assert network["accuracy"] == pytest.approx(fitted.validation_score_)
    assert {k: network[k] for k in fitted.decision_scores_} == pytest.approx(
        fitted.decision_scores_
    )
    assert not any("trivial" in note for note in trained["notes"])


def test_every_command_predicts_by_it(visits: pd.DataFrame, result) -> None:
    result("train", "visits.csv", *FAST, "--decision", "f1")
    fitted = load("visits.safetensors")
    wanted = fitted.predict(visits)
    result("predict", "visits.safetensors", "visits.csv", "--out", "p.csv")
    found = pd.read_csv("p.csv")
    assert found["prediction"].tolist() == wanted.tolist()
    assert (found["prediction"] == "yes").sum() > (found["probability_yes"] > 0.5).sum()
    scores = result("evaluate", "visits.safetensors", "visits.csv")["scores"]
    assert scores["f1"] == pytest.approx(f1_score(visits["bought"], wanted, pos_label="yes"))
    assert scores["recall"] == pytest.approx(
        recall_score(visits["bought"], wanted, pos_label="yes")
    )
    assert scores["accuracy"] == pytest.approx(accuracy_score(visits["bought"], wanted))
    # What a server answers.
    served = predict(load_model("visits.safetensors"), table_of(visits))
    assert served.columns["prediction"].tolist() == wanted.tolist()


def test_costs_come_from_a_file(visits: pd.DataFrame, result) -> None:
    Path("costs.csv").write_text(",no,yes\nno,0,1\nyes,9,0\n")
    trained = result("train", "visits.csv", *FAST, "--decision", "cost:costs.csv")
    Path("costs.csv").unlink()
    fitted = load("visits.safetensors")
    assert fitted.threshold_ == pytest.approx(0.1)
    assert "cost" in trained["scores"]["network"]["validation"]
    p = fitted.predict_proba(visits)[:, 1]
    assert ((fitted.predict(visits) == "yes") == (9 * p > 1 - p)).all()


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ("best", "'best' is no decision: say f1, balanced_accuracy"),
        ("recall:1.5", "the recall to reach must be above 0 and at most 1"),
        ("recall:0.9:maybe", "'maybe' is no class of the target"),
        ("cost:nowhere.csv", "cannot read the costs in nowhere.csv"),
        ("cost:visits.csv", "visits.csv holds no costs"),
        ("2", "a threshold must be between 0 and 1"),
    ],
)
def test_what_is_no_decision_is_refused(
    visits: pd.DataFrame, capsys: pytest.CaptureFixture[str], decision: str, message: str
) -> None:
    assert run(["train", "visits.csv", *FAST, "--decision", decision]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "costs", ["[1,", "[" * 100_000, "[[0, " + "1" * 5000 + "], [1, 0]]", "{}x"]
)
def test_costs_that_are_no_json(
    visits: pd.DataFrame, costs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", "visits.csv", *FAST, "--decision", f"cost:{costs}"]) == 2
    assert "the costs are no JSON" in capsys.readouterr().err


def test_costs_whose_sum_no_float_holds_are_refused_before_the_training(
    visits: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learn_command, "train_learner", None)
    Path("costs.csv").write_text("true,no,yes\nno,0,1e308\nyes,1e308,0\n")
    assert run(["train", "visits.csv", *FAST, "--decision", "cost:costs.csv"]) == 2
    assert "a cost of 1e+308: give costs up to 1e+100" in capsys.readouterr().err
    assert not Path("visits.safetensors").exists()


def test_numbers_are_not_decided(visits: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "visits.csv", "--target", "age", "--decision", "f1"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "--decision is for classes, and 'age' is taken for a number" in said
