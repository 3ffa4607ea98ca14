"""`rosenblatt search`: what it shows, chooses and saves, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from rosenblatt import StructureSearchCV
from rosenblatt.cli.app import run
from rosenblatt.cli.search_options import parse_time
from rosenblatt.errors import InputError
from rosenblatt.persistence import load_model
from rosenblatt.search import StructureSearchDisplay
from rosenblatt.support.optional_dependencies import install_command
from tests.support.cli_tables import shop_table

SEARCH = ["search", "shop.csv", "--target", "bought"]
QUICK = ["--epochs", "15", "--hidden", "none", "--hidden", "4", "--hidden", "8,4", "--folds", "3"]


def test_search_predict_inspect(folder: Path, result) -> None:
    made = result(*SEARCH, *QUICK)
    search = made["search"]
    assert [candidate["hidden"] for candidate in search["candidates"]] == [[], [4], [8, 4]]
    means = [candidate["validation"] for candidate in search["candidates"]]
    assert search["chosen"] == search["highest"]
    assert search["chosen"] == search["candidates"][int(np.argmax(means))]["hidden"]
    assert search["not_reached"] == []
    assert search["stop_reason"] == "every candidate was tried"
    assert (search["folds"], search["metric"]) == (3, "accuracy")
    assert made["model"] == "shop.safetensors"
    assert made["rows"] == {"train": 168, "validation": 24, "held-out": 48}
    assert set(made["scores"]) == {"network", "linear", "trivial"}

    picture = matplotlib.image.imread(made["plot"])
    assert made["plot"] == "shop-search.png"
    assert picture.shape[0] > 300
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 20

    result(*made["next"].split()[1:])
    assert len(pd.read_csv("shop.predictions.csv")) == 240
    inspected = result("inspect", "shop.safetensors")
    hidden = ",".join(map(str, search["chosen"])) or "none"
    assert inspected["options"]["hidden"] == hidden
    assert inspected["scores"] == made["scores"]


def test_the_model_is_the_one_that_train_makes_of_the_choice(folder: Path, result) -> None:
    made = result(*SEARCH, *QUICK)
    found = load_model(Path("shop.safetensors")).model.parameters
    hidden = ",".join(map(str, made["search"]["chosen"])) or "none"
    result("train", "shop.csv", "--target", "bought", "--epochs", "15", "--hidden", hidden)
    np.testing.assert_array_equal(load_model(Path("shop.safetensors")).model.parameters, found)


def test_folds_are_of_the_training_rows_alone(folder: Path, result, monkeypatch) -> None:
    """Neither the rows held out nor those for stopping are scored in the search."""
    seen: list[StructureSearchCV] = []
    fit = StructureSearchCV.fit

    def watched(self: Any, X: Any, y: Any, **params: Any) -> Any:
        assert len(X) == 168
        assert len(params["X_val"]) == 24
        seen.append(self)
        return fit(self, X, y, **params)

    monkeypatch.setattr(StructureSearchCV, "fit", watched)
    result(*SEARCH, *QUICK)
    tests = np.concatenate([test for _, test in seen[0].cv])
    assert sorted(tests) == list(range(168))


def test_without_candidates_a_ladder_is_tried(folder: Path, result) -> None:
    made = result(*SEARCH, "--epochs", "3", "--folds", "2")
    hidden = [candidate["hidden"] for candidate in made["search"]["candidates"]]
    assert hidden[0] == []
    assert [4] in hidden
    assert [16, 16] in hidden


def test_one_standard_error_takes_the_smaller_network(folder: Path, result) -> None:
    options = ["--hidden", "4", "--hidden", "64", "--epochs", "40", "--select"]
    best = result(*SEARCH, *options, "best")["search"]
    smaller = result(*SEARCH, *options, "one-standard-error")["search"]
    assert smaller["chosen"] == smaller["one_standard_error"] == best["one_standard_error"]
    by_size = {tuple(candidate["hidden"]): candidate for candidate in best["candidates"]}
    highest = by_size[tuple(best["highest"])]
    threshold = highest["validation"] - highest["standard_error"]
    within = [size for size in ((4,), (64,)) if by_size[size]["validation"] >= threshold]
    assert tuple(smaller["chosen"]) == within[0]


def test_halving_and_a_regression(folder: Path, result) -> None:
    sizes = [word for width in range(2, 12) for word in ("--hidden", str(width))]
    options = ["--strategy", "halving", "--epochs", "27", "--folds", "3", *sizes]
    made = result("search", "shop.csv", "--target", "weight", *options)
    assert made["task"] == "regression"
    search = made["search"]
    assert search["metric"] == "R²"
    assert "eliminated" in {candidate["status"] for candidate in search["candidates"]}
    assert min(candidate["epochs"] for candidate in search["candidates"]) == 1


def test_solvers_of_one_piece_and_no_validation_rows(folder: Path, result) -> None:
    made = result(*SEARCH, *QUICK, "--solver", "lbfgs")
    assert made["search"]["stop_reason"] == "every candidate was tried"
    made = result(*SEARCH, *QUICK, "--validation-fraction", "0", "--test-fraction", "0")
    assert made["rows"] == {"train": 240}


def test_the_same_seed_gives_the_same_search(folder: Path, result) -> None:
    def scores(*options: str) -> list[float]:
        made = result(*SEARCH, *QUICK, *options)
        return [candidate["validation"] for candidate in made["search"]["candidates"]]

    assert scores("--seed", "3", "--jobs", "1") == scores("--seed", "3")
    assert scores("--seed", "3") != scores("--seed", "4")


def test_sample_weights_count_in_the_search(folder: Path, result) -> None:
    table = shop_table()
    table["times"] = np.where(table["bought"] == "buys", 0.0, 1.0)
    table.to_csv("shop.csv", index=False)
    options = ["--sample-weight", "times", "--learning-rate", "0.1"]
    made = result(*SEARCH, *QUICK, *options)
    # Rows of weight 0 are not there: whatever says 'leaves' is always right.
    assert {candidate["validation"] for candidate in made["search"]["candidates"]} == {1.0}


def test_a_class_of_one_row_is_never_held_out(folder: Path, result) -> None:
    table = shop_table()
    table.loc[[3, 5], "bought"] = "returns"
    table.loc[7, "bought"] = "wonders"
    table.to_csv("shop.csv", index=False)
    made = result(*SEARCH, *QUICK)
    assert {candidate["status"] for candidate in made["search"]["candidates"]} == {"finished"}
    assert not any("n_splits" in note or "trains without" in note for note in made["notes"])


def test_train_prints_a_readable_report(folder: Path, capsys) -> None:
    assert run([*SEARCH, *QUICK]) == 0
    captured = capsys.readouterr()
    said = captured.out
    parts = [
        "shop.csv: 240 rows",
        "taken for",
        "3 candidates on 3 folds of 168 rows in ",
        "hidden  parameters",
        "◆ chosen",
        "chosen: ",
        "accuracy, mean over 3 folds",
        "parameters (logarithmic)",
        "drew shop-search.png",
        "balanced accuracy",
        "saved shop.safetensors",
        "next: rosenblatt predict shop.safetensors shop.csv --out shop.predictions.csv",
    ]
    found = [said.index(part) for part in parts]
    assert found == sorted(found)
    assert "fit " not in captured.err  # no bar where there is no terminal


@pytest.mark.parametrize("columns", ["0", "20"])
def test_a_narrow_terminal(folder: Path, capsys, monkeypatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run([*SEARCH, *QUICK]) == 0
    said = capsys.readouterr()
    assert "chosen" in said.out
    assert "Traceback" not in said.err


def test_time_limit_too_short_is_reported(folder: Path, result) -> None:
    sizes = [word for width in range(100, 130) for word in ("--hidden", str(width))]
    options = ["--time", "0.3s", "--epochs", "100000", "--validation-fraction", "0", *sizes]
    made = result(*SEARCH, *options, "--patience", "1000")
    search = made["search"]
    assert search["stop_reason"] == "--time was over"
    assert search["seconds"] < 30
    missed = [str(hidden[0]) for hidden in search["not_reached"]]
    assert missed[-1] == "129"
    (note,) = (note for note in made["notes"] if "not reached" in note)
    assert note.endswith(f"not reached: {'; '.join(missed)} (--strategy halving begins with all)")


@pytest.mark.parametrize(
    ("text", "seconds"), [("60", 60), ("60s", 60), ("1.5m", 90), ("5m", 300), ("1h", 3600)]
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "0", "0s", "-5s", "5d", "1h30m", "nan"])
def test_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--time 60s"):
        parse_time(text)


BAD = {
    "time": (["--time", "soon"], "--time 'soon'"),
    "strategy": (["--strategy", "halvin"], "(did you mean 'halving'?)"),
    "selection": (["--select", "worst"], "'best', 'one-standard-error'"),
    "one fold": (["--folds", "1"], "--folds is 1"),
    "a layer of 0": (["--hidden", "8", "--hidden", "4,0"], "--hidden has a layer of size 0"),
    "no sizes": (["--hidden", "wide"], "--hidden 64,32"),
    "halving in one piece": (["--strategy", "halving", "--solver", "lbfgs"], "--strategy all"),
    "a picture of no kind": (["--plot", "p.txt"], ".png, .svg, .pdf"),
    "a picture in no folder": (["--plot", "absent/p.png"], "does not exist"),
    "picture and model in one": (["--plot", "p.png", "--out", "p.png"], "--plot and --out"),
    "more folds than rows": (["--folds", "200"], "the largest class has"),
    "train's own": (["--epochs", "0"], "--epochs is 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_senseless_option_is_refused_in_one_sentence(folder: Path, capsys, case: str) -> None:
    options, named = BAD[case]
    assert run([*SEARCH, *options]) == 2
    *notes, error = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert named in error
    assert all(note.startswith("note: ") for note in notes)
    assert list(folder.iterdir()) == [folder / "shop.csv"]


def test_too_few_rows_of_numbers_for_the_folds(folder: Path, capsys) -> None:
    shop_table(12).to_csv("few.csv", index=False)
    assert run(["search", "few.csv", "--target", "weight", "--folds", "5"]) == 2
    assert "--folds 5 needs more rows, and there are 9 rows to train on" in capsys.readouterr().err


def test_a_rate_at_which_every_candidate_diverges(folder: Path, capsys) -> None:
    options = ["--solver", "sgd", "--activation", "identity", "--validation-fraction", "0"]
    options += ["--learning-rate", "1e30", "--hidden", "4", "--hidden", "8"]
    assert run(["search", "shop.csv", "--target", "weight", *options]) == 2
    *_, error = capsys.readouterr().err.splitlines()
    assert "All 2 candidates failed: hidden_layer_sizes=(4,): " in error
    assert "learning rate" in error
    assert list(folder.iterdir()) == [folder / "shop.csv"]


def test_optuna_is_asked_for(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("rosenblatt.cli.search_options.find_spec", lambda name: None)
    assert run([*SEARCH, "--strategy", "optuna"]) == 2
    assert install_command("optuna") in capsys.readouterr().err


def test_missing_matplotlib_is_reported_in_one_line(
    folder: Path, result, capsys, monkeypatch
) -> None:
    monkeypatch.setattr("rosenblatt.cli.plot_file.find_spec", lambda name: None)
    made = result(*SEARCH, *QUICK)
    assert made["plot"] is None
    assert f"no picture was drawn: {install_command('matplotlib')}" in made["notes"]
    assert not Path("shop-search.png").exists()
    assert run([*SEARCH, *QUICK, "--plot", "p.png"]) == 2
    assert "--plot needs matplotlib" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_costs_no_model(
    folder, result, monkeypatch, capsys
) -> None:
    def refused(*arguments: Any, **options: Any) -> None:
        raise InputError("cannot write p.svg: the disk is full")

    monkeypatch.setattr(StructureSearchDisplay, "plot", refused)
    made = result(*SEARCH, *QUICK, "--plot", "p.svg")
    assert "cannot write p.svg: the disk is full" in made["notes"]
    assert made["plot"] is None
    assert Path("shop.safetensors").exists()
    capsys.readouterr()
    assert run([*SEARCH, *QUICK, "--plot", "p.svg", "--quiet"]) == 0
    assert capsys.readouterr().err == "warning: cannot write p.svg: the disk is full\n"


def test_the_ending_decides_what_the_picture_is(folder: Path, result) -> None:
    assert result(*SEARCH, *QUICK, "--plot", "p.svg")["plot"] == "p.svg"
    assert "<svg" in Path("p.svg").read_text()


# As processes of their own.


def test_ctrl_c_ends_a_search_with_what_it_has_found(folder: Path) -> None:
    """Without a training of the choice, which would take hours, and beside an older model."""
    log, model = folder / "log", folder / "shop.safetensors"
    assert run(["train", *SEARCH[1:], "--hidden", "4", "--epochs", "2"]) == 0
    older = model.read_bytes()
    # The first candidate takes a moment, and the others would take hours.
    options = ["--epochs", "1000000", "--patience", "1000000", "--validation-fraction", "0"]
    options += ["--hidden", "none", "--hidden", "400,400", "--folds", "2", "--jobs", "2"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "rosenblatt", *SEARCH, *options, "--force"],
            stdout=output,
            stderr=output,
        )
        try:
            while "constant" not in log.read_text() and process.poll() is None:
                time.sleep(0.05)
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130, log.read_text()
        finally:
            process.kill()
    said = log.read_text()
    assert "ended, because it was interrupted" in said
    assert "The search was interrupted by the user" in said
    assert re.search(r"train shop.csv --hidden (none|400,400) does that", said)
    assert said.endswith("error: interrupted, and nothing was saved\n")
    assert model.read_bytes() == older
    assert not Path("shop-search.png").exists()


def test_a_terminal_gets_a_progress_bar(folder: Path) -> None:
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    finished = subprocess.run(
        [sys.executable, "-m", "rosenblatt", *SEARCH, *QUICK],
        stdout=subprocess.DEVNULL,
        stderr=child,
        check=False,
    )
    os.close(child)
    assert finished.returncode == 0
    said = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "fit 9/9 [" in said
    assert "epoch 15/15" in said


def test_a_terminal_without_utf_8_gets_ascii(folder: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "rosenblatt", *SEARCH, *QUICK],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0
    said = finished.stdout.decode("ascii")
    assert "* chosen" in said
    assert "o validation, best of its size" in said
    below = said[said.index("accuracy, mean over") : said.index("parameters (logarithmic)")]
    assert "?" not in below
