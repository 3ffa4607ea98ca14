"""What a person reads, quiet runs, names that are data, and errors."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli.app import run
from rosenblatt.support.finite_json import finite_json
from rosenblatt.support.optional_dependencies import install_command
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK
from tests.support.model_files import rewrite


def test_train_prints_a_readable_report(folder: Path, capsys) -> None:
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


def test_the_json_of_an_error(folder: Path, result) -> None:
    assert result("evaluate", "absent", "shop.csv", code=2) == {
        "error": "cannot load the model absent: there is no such file; check its name and folder"
    }


def test_a_fault_of_ours_is_exit_code_1(folder: Path, capsys, monkeypatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("rosenblatt.cli.learn_command.prepare_rows", broken)
    assert run(["train", "shop.csv"]) == 1
    assert "bug in rosenblatt" in capsys.readouterr().err


def test_an_interruption_before_the_training_says_that_nothing_was_saved(
    folder: Path, capsys, monkeypatch
) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rosenblatt.cli.train_and_save.prepare", interrupted)
    monkeypatch.setattr("rosenblatt.cli.learn_command.prepare_rows", interrupted)
    for options in (QUICK, []):
        assert run(["train", "shop.csv", *options]) == 130
        assert "nothing was saved" in capsys.readouterr().err
    assert list(folder.iterdir()) == [folder / "shop.csv"]


def test_a_missing_extra_says_what_to_install(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "typer.exceptions", None)
    assert run(["--help"]) == 2
    assert install_command("typer") in capsys.readouterr().err


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


def test_json_has_null_for_numbers_that_are_not_finite() -> None:
    result = {"a": [1.5, float("inf")], "b": {"c": (float("nan"), -float("inf"))}, "d": "\x7f"}
    text = finite_json(result, indent=2)
    assert json.loads(text) == {"a": [1.5, None], "b": {"c": [None, None]}, "d": "\x7f"}
    assert "\x7f" not in text


LONG = "a" * 300  # longer than any system takes


@pytest.mark.parametrize(
    "arguments",
    [
        ["look", f"{LONG}.csv"],
        ["train", "shop.csv", "--target", "bought", "--out", LONG],
        ["train", "shop.csv", "--target", "bought", "--checkpoint", LONG],
        ["predict", LONG, "shop.csv"],
    ],
)
def test_an_error_of_the_system_names_the_file(folder: Path, capsys, arguments) -> None:
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert LONG in error
    assert os.strerror(errno.ENAMETOOLONG) in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "orc", "db", "jsonl"])
def test_a_file_that_may_not_be_read_is_not_called_damaged(
    folder: Path, capsys, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    Path(f"closed.{ending}").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: "closed" not in os.fspath(path))
    assert run(["look", f"closed.{ending}"]) == 2
    assert f"closed.{ending} may not be read" in capsys.readouterr().err
